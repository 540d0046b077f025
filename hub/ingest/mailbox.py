"""Where other threads leave events for the core, whose one thread sleeps in poll()."""

import collections
import contextlib
import os
import threading

from hub.domain.events import Event
from hub.store.store import Rejected, Upkeep

Letter = Event | Upkeep | Rejected


class Mailbox:
    """Any thread posts; the core takes. `fileno` becomes readable when something is in. Threads that could fill it
    look at `waiting` first: how many letters are in."""

    def __init__(self) -> None:
        self._letters: collections.deque[Letter] = collections.deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()

    def fileno(self) -> int:
        return self._wake

    @property
    def waiting(self) -> int:
        return len(self._letters)

    def post(self, content: Letter) -> None:
        """Leaves something and wakes the core."""
        with self._lock:
            self._letters.append(content)
            os.eventfd_write(self._wake, 1)

    def wake(self) -> None:
        """Wakes the core without a letter; safe in a signal handler."""
        os.eventfd_write(self._wake, 1)

    def take(self) -> list[Letter]:
        """All that is in, oldest first."""
        with self._lock:
            with contextlib.suppress(BlockingIOError):  # taken without having been woken
                os.eventfd_read(self._wake)
            letters = list(self._letters)
            self._letters.clear()
        return letters
