"""Whose turn it is on a bus. Pure: the steady clock comes in, in ms."""

from collections.abc import Mapping
from typing import Final

DEAD_AFTER: Final = 3
"""Questions in a row without an answer: then a device is taken for gone and asked more rarely."""
LONGEST: Final = 30_000
"""ms: one that comes back is noticed within this."""


class Turns:
    """`every` is how often each device is asked, in ms. A dead one is asked more and more rarely, so that waiting for
    it costs the others next to nothing."""

    def __init__(self, every: Mapping[str, int]) -> None:
        self._every = every
        self._due = dict.fromkeys(every, 0)
        self._missed = dict.fromkeys(every, 0)

    def next(self, mono: int) -> tuple[str, int]:
        """The device that waits longest, and for how many ms there is nothing to ask it."""
        device = min(self._due, key=lambda name: self._due[name])
        return device, max(0, self._due[device] - mono)

    def answered(self, device: str, mono: int) -> bool:
        """It did; True where it was dead before."""
        came_back = self._missed[device] >= DEAD_AFTER
        self._missed[device] = 0
        self._due[device] = mono + self._every[device]
        return came_back

    def missed(self, device: str, mono: int) -> bool:
        """It did not; True where it is dead from now on."""
        self._missed[device] += 1
        beyond = max(0, self._missed[device] - DEAD_AFTER + 1)
        pause = (
            self._every[device] if not beyond else min(LONGEST, max(1000, self._every[device]) * 2 ** min(beyond, 9))
        )
        self._due[device] = mono + pause
        return self._missed[device] == DEAD_AFTER
