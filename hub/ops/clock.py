"""The hub's two clocks, and whether the wall clock can be trusted."""

import ctypes
import time
from typing import Final

from hub.domain.now import Now

_TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised
_ASK_EVERY_MS: Final = 1000


class Clock:
    """Reads the moment. The kernel is asked once a second whether a time server keeps its clock right: a Raspberry Pi
    has no battery clock and starts wherever it stopped."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timex = ctypes.create_string_buffer(512)  # struct timex is 208 bytes; modes 0 only reads
        self._trusted = False
        self._asked = -_ASK_EVERY_MS

    def now(self) -> Now:
        """The present moment."""
        mono = time.monotonic_ns() // 1_000_000
        if mono - self._asked >= _ASK_EVERY_MS:
            self._trusted, self._asked = self._libc.adjtimex(self._timex) != _TIME_ERROR, mono
        return Now(time.time_ns() // 1_000_000, mono, self._trusted)
