"""What the core needs to hear of a device that is asked every second: changes at once, the rest now and then."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from hub.domain.events import Flooded
from hub.domain.now import Now
from hub.domain.reports import Report
from hub.domain.signals import SIGNALS, Value
from hub.domain.site import Device

LIFE_EVERY: Final = 30_000
"""ms after which the same is said again, as a sign of life; a third of `silent_after` where that is less."""
FIGURE_EVERY: Final = 10_000
"""ms between two values of a figure: an analog input is never the same twice, and every value costs the card."""
RATE: Final = 20
BURST: Final = 100
"""Changes of one device that are let through in a second, and at once: a contact that flutters is no news."""
CALM_MS: Final = 60_000
"""A flood is over when nothing was too much for so long."""


class Sieve:
    """One device's. Presses always pass."""

    def __init__(self, device: Device) -> None:
        self._life = min(LIFE_EVERY, device.silent_after // 3)
        self._said: dict[str, tuple[object, int]] = {}
        self._last: int | None = None

    def sifted(self, report: Report, now: Now) -> Report | None:
        """What of the report is to be told; None where nothing is."""
        due = self._last is None or now.mono - self._last >= self._life
        signals = tuple((name, value) for name, value in report.signals if due or self._is_news(name, value, now))
        held = tuple((name, level) for name, level in report.held if due or self._is_news(name, level, now))
        if not (due or signals or held or report.presses):
            return None
        if due:
            self._last = now.mono
        for name, value in (*signals, *held):
            self._said[name] = (value, now.mono)
        return msgspec.structs.replace(report, signals=signals, held=held)

    def forget(self) -> None:
        """The next report is told whole: the device was away."""
        self._said.clear()
        self._last = None

    def _is_news(self, name: str, value: Value, now: Now) -> bool:
        known = self._said.get(name)
        if known is None:
            return True
        if name in SIGNALS and SIGNALS[name].form == "figure" and now.mono - known[1] < FIGURE_EVERY:
            return False
        return known[0] != value


class Sieves:
    """Those of all devices behind a port; what passes is posted, as long as it isn't a flood."""

    def __init__(self, devices: Iterable[Device], post: Callable[[Report | Flooded], None]) -> None:
        self._sieves, self._post = {device.id: Sieve(device) for device in devices}, post
        self._full_at: dict[str, int] = {}
        self._excess: dict[str, int] = {}
        self._flooding: dict[str, int] = {}
        self._looked_at = 0

    def tell(self, report: Report, now: Now) -> None:
        """A device said something. What is too much is dropped and counted, but never a press; the state after it is
        told whole."""
        sieve = self._sieves[report.device]
        sifted = sieve.sifted(report, now)
        if sifted is None:
            return
        if report.presses or any(level for _, level in report.held) or self._has_room(report.device, now):
            self._post(sifted)
        else:
            sieve.forget()
            self._excess[report.device] = self._excess.get(report.device, 0) + 1

    def tend(self, now: Now) -> None:
        """Tells of floods and of their end; to be called about once a second or more often."""
        passed = now.mono - self._looked_at
        if passed < 1000:
            return
        self._looked_at = now.mono
        for device, excess in self._excess.items():
            if device not in self._flooding:
                self._post(Flooded(device, float(RATE + round(excess * 1000 / min(passed, 2000)))))
            self._flooding[device] = now.mono
        self._excess.clear()
        for device in [name for name, last in self._flooding.items() if now.mono - last >= CALM_MS]:
            del self._flooding[device]
            self._post(Flooded(device, 0))

    def back(self, device: str) -> None:
        """A device that was lost answers again."""
        self._post(Report(device, (("reachable", True),)))

    def lost(self, device: str) -> None:
        """A device doesn't answer any more; what it says when it is back is told whole."""
        self._sieves[device].forget()
        self._post(Report(device, (("reachable", False),)))

    def forget(self) -> None:
        """The port was away, so all of them were."""
        for sieve in self._sieves.values():
            sieve.forget()

    def _has_room(self, device: str, now: Now) -> bool:
        """A token bucket, kept as the moment at which it is full again."""
        full_at = max(self._full_at.get(device, 0), now.mono) + 1000 // RATE
        if full_at - now.mono > BURST * 1000 // RATE:
            return False
        self._full_at[device] = full_at
        return True
