"""The core's sign of life, readable even when the database is not: a locked file beside it, rewritten each second.

The lock says that the core's process lives, the time in the file that it still works. The file is never synced, so
it costs the card next to nothing.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import Final, Literal

import msgspec

STALE_MS: Final = 10_000
"""A core that has not beaten for this long hangs; it beats once a second."""
_LOCK_SECONDS: Final = 0.2
"""Who feels the pulse holds the lock for a moment: only one that stays is another core's."""


class AlreadyRunning(Exception):
    """Another core holds this store."""


class Beat(msgspec.Struct, frozen=True):
    """How the core is. Times are UTC in ms. `store` is "failing" while alarms are handed on from memory alone:
    `unsaved` decisions wait for it, `lost` readings had to be dropped. `excess` messages of flooding devices were not
    let in."""

    pid: int
    started_at: int
    at: int
    broker: Literal["connected", "connecting", "down"] = "connecting"
    store: Literal["ok", "failing"] = "ok"
    clock: Literal["trusted", "untrusted"] = "trusted"
    unsaved: int = 0
    lost: int = 0
    excess: int = 0
    detail: str = ""


def beat_path(store: Path) -> Path:
    """The file that belongs to the database `store`."""
    return store.with_name(store.name + ".core")


class Heart:
    """The core's side: holds the lock from `start` to `stop`."""

    def __init__(self, store: Path) -> None:
        self._path = beat_path(store)
        self._file = -1

    def start(self) -> None:
        """Raises AlreadyRunning where another core lives, OSError where the file can't be made."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + _LOCK_SECONDS
        while not self._locked():
            if time.monotonic() > deadline:
                os.close(self._file)
                raise AlreadyRunning(f"another hub is running on {self._path}")
            time.sleep(0.01)

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def beat(self, beat: Beat) -> None:
        """Says how the core is. A disk that is full does not stop it: the file keeps its size. One that takes no
        writes at all leaves the last beat standing, which the page soon shows as a core that hangs."""
        with contextlib.suppress(OSError):
            os.pwrite(self._file, msgspec.json.encode(beat).ljust(512), 0)

    def stop(self) -> None:
        os.close(self._file)


class Pulse(msgspec.Struct, frozen=True):
    """What the page sees: whether the core runs, and if not, since when (UTC, ms; 0 where it never ran)."""

    running: bool
    down_since: int
    beat: Beat | None


def read_pulse(store: Path, now: int | None = None) -> Pulse:
    """Feels the core's pulse; never raises for a file that is missing or torn."""
    try:
        with beat_path(store).open("rb") as file:
            beat = msgspec.json.decode(file.read(4096).strip() or b"null", type=Beat | None)
            alive = _is_locked(file.fileno())
    except (OSError, msgspec.DecodeError):
        return Pulse(False, 0, None)
    at = beat.at if beat is not None else 0
    fresh = (time.time_ns() // 1_000_000 if now is None else now) - at < STALE_MS
    return Pulse(alive and fresh, 0 if alive and fresh else at, beat)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
