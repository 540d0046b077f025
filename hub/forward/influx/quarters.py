"""Occupancy by the quarter of an hour: the only form in which it leaves the hub.

For each quarter there is one value: whether it was occupied (or the door open) at any time within. It is told only when
the quarter is over, so that nobody can follow a person through a database. Pure.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from hub.domain.decision import Reading
from hub.domain.site import Site
from hub.forward.influx.points import coarse_line, field, is_coarse

QUARTER_MS: Final = 900_000
GRACE_MS: Final = 30_000
"""Readings are committed some seconds after they came."""
GOOD_FOR_MS: Final = 3_600_000
"""So long "occupied" goes on without being said again: a sensor that died must not hold a room occupied for ever."""

Key = tuple[str, str]


class _Known(msgspec.Struct):
    """One signal of one device: since `at` it has been `value`; `busy` is the unfinished quarter's answer, None where
    nothing was said in it yet."""

    at: int
    value: bool
    quarter: int
    busy: bool | None


class Quarters:
    """Takes readings in the order in which they came; gives the points of what is over."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[Key, _Known] = {}

    def take(self, reading: Reading) -> list[str]:
        """The points that this reading completes: those of the quarters before its own."""
        device = self._site.devices.get(reading.device)
        if device is None or reading.retained or not is_coarse(device, reading.signal):
            return []
        value = bool(field(reading.signal, reading.value))
        key, quarter = (reading.device, reading.signal), quarter_of(reading.at)
        known = self._known.get(key)
        if known is None or quarter < known.quarter - GOOD_FOR_MS:  # the second: the clock was wrong, and is set back
            self._known[key] = _Known(reading.at, value, quarter, value)
            return []
        if quarter < known.quarter:  # late, or the clock was set back: what was told may become true, never false
            return [self._line(key, True, quarter)] if value else []
        lines = list(self._close(key, known, quarter))
        known.busy = bool(known.busy) or value
        known.at, known.value = reading.at, value
        return lines

    def over(self, now: int) -> list[str]:
        """The points of all quarters that are over at `now` (UTC, ms)."""
        until = quarter_of(now - GRACE_MS)
        return [line for key, known in self._known.items() for line in self._close(key, known, until)]

    def _close(self, key: Key, known: _Known, until: int) -> Iterator[str]:
        """Finishes the quarters before `until`. What goes on being occupied is so in the next quarter too; of a
        quarter in which nothing was said and nobody is known to be there, nothing is told."""
        while known.quarter < until and (known.busy is not None or known.value):
            if known.busy is not None:
                yield self._line(key, known.busy, known.quarter)
            known.quarter += QUARTER_MS
            if known.value and known.quarter - known.at >= GOOD_FOR_MS:
                known.value = False
            known.busy = True if known.value else None
        known.quarter = max(known.quarter, until)

    def _line(self, key: Key, value: bool, quarter: int) -> str:
        device, signal = key
        return coarse_line(self._site, self._site.devices[device], signal, value, quarter)


def quarter_of(at: int) -> int:
    """The beginning of the quarter of an hour that `at` lies in, both UTC ms."""
    return at - at % QUARTER_MS
