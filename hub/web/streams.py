"""How many streams are open: each holds a thread, so they are never given all of them."""

import threading


class Streams:
    """Counts streams up to `limit`."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Takes a place; False where all are taken."""
        with self._lock:
            if self.open >= self.limit:
                return False
            self.open += 1
            return True

    def leave(self) -> None:
        """Gives the place back."""
        with self._lock:
            self.open -= 1
