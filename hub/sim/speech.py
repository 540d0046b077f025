"""When a device says what: a flag as soon as it changes, figures at an interval, everything after a reconnection."""

from collections.abc import Mapping
from random import Random

from hub.domain.signals import SIGNALS, Value
from hub.sim.day import Signals

REPORT_EVERY = 10.0
"""Seconds between two reports of figures."""


class Speech:
    """What one device has said last. Times are seconds of a monotonic clock."""

    def __init__(self, device: str) -> None:
        self._said: Signals = {}
        self._due = 0.0
        self._offset = Random(device).uniform(0, REPORT_EVERY)

    def forget(self) -> None:
        """Nothing is said any more: the connection is new."""
        self._said, self._due = {}, 0.0

    def changed(self, signals: Mapping[str, Value], now: float) -> Signals:
        """What is to be said now; it counts as said."""
        news = {signal: value for signal, value in signals.items() if self._is_news(signal, value)}
        if now >= self._due:
            # The first interval is cut short by an amount of the device's own: sixty devices don't speak at once.
            self._due = now + (REPORT_EVERY if self._said else self._offset)
            news |= {signal: value for signal, value in signals.items() if SIGNALS[signal].form == "figure"}
        self._said |= news
        return news

    def _is_news(self, signal: str, value: Value) -> bool:
        known = self._said.get(signal)
        return known is None or (SIGNALS[signal].form != "figure" and known != value)
