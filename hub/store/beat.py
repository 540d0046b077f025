"""The core's sign of life, readable even when the database is not: a locked file beside it, rewritten each second.

The lock says that the core's process lives, the time in the file that it still works. The file is never synced, so
it costs the card next to nothing. On a disk that takes no writes the core beats in a second place, in memory.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import Final, Literal

import msgspec

from hub.domain.alarms import Alarm

STALE_MS: Final = 10_000
"""A core that has not beaten for this long hangs; it beats once a second."""
_LOCK_SECONDS: Final = 0.2
"""Who feels the pulse holds the lock for a moment: only one that stays is another core's."""
CALLS_AT_MOST: Final = 8
_LIMIT: Final = 65_536
_RUNTIME: Final = Path("/run/school-hub")
"""What systemd makes for the service, see `RuntimeDirectory=` in its unit."""


class AlreadyRunning(Exception):
    """Another core holds this store."""


class Beat(msgspec.Struct, frozen=True):
    """How the core is. Times are UTC in ms. `store` is "failing" while alarms are handed on from memory alone:
    `unsaved` decisions wait for it, `lost` readings and `unrecorded` entries of the journal had to be dropped since the
    start. `excess` messages of flooding devices were not let in. `calls` are the open panic and help of a core whose
    store fails, the newest first, so that they stand on the page all the same."""

    pid: int
    started_at: int
    at: int
    broker: Literal["connected", "connecting", "down"] = "connecting"
    store: Literal["ok", "failing"] = "ok"
    clock: Literal["trusted", "untrusted"] = "trusted"
    unsaved: int = 0
    lost: int = 0
    unrecorded: int = 0
    excess: int = 0
    detail: str = ""
    calls: tuple[Alarm, ...] = ()


def beat_path(store: Path) -> Path:
    """The file that belongs to the database `store`."""
    return store.with_name(store.name + ".core")


def spare_path(store: Path) -> Path:
    """Where the core beats when it can't write there."""
    folder = _RUNTIME if _RUNTIME.is_dir() else Path(tempfile.gettempdir())
    mark = hashlib.sha256(str(store.absolute()).encode()).hexdigest()[:16]
    return folder / f"school-hub-{mark}.core"


class Heart:
    """The core's side: holds the lock from `start` to `stop`."""

    def __init__(self, store: Path) -> None:
        self._path, self._spare_path = beat_path(store), spare_path(store)
        self._file = self._spare = -1
        self._size = 512

    def start(self) -> None:
        """Raises AlreadyRunning where another core lives, OSError where no file can be made in either place."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = _locked(self._path)
        if self._file < 0:
            self._spare = _locked(self._spare_path)
        if self._file < 0 and self._spare < 0:
            raise OSError(f"neither {self._path} nor {self._spare_path} can be made")

    def beat(self, beat: Beat) -> None:
        """Says how the core is. A disk that is full does not stop it: the file keeps its size."""
        text = msgspec.json.encode(beat).ljust(self._size)
        self._size = len(text)  # the longest one so far: nothing of it stays behind a shorter one
        try:
            _write(self._file, text)
        except OSError:
            with contextlib.suppress(OSError, AlreadyRunning):
                self._spare = self._spare if self._spare >= 0 else _locked(self._spare_path)
                _write(self._spare, text)

    def stop(self) -> None:
        for file in (self._file, self._spare):
            if file >= 0:
                os.close(file)
        self._file = self._spare = -1


class Pulse(msgspec.Struct, frozen=True):
    """What the page sees: whether the core runs, and if not, since when (UTC, ms; 0 where it never ran)."""

    running: bool
    down_since: int
    beat: Beat | None


def read_pulse(store: Path, now: int | None = None) -> Pulse:
    """Feels the core's pulse; never raises for a file that is missing or torn."""
    found = [_look(path) for path in (beat_path(store), spare_path(store))]
    alive, beat = max(found, key=lambda one: (one[0], one[1].at if one[1] is not None else 0))
    at = beat.at if beat is not None else 0
    fresh = (time.time_ns() // 1_000_000 if now is None else now) - at < STALE_MS
    return Pulse(alive and fresh, 0 if alive and fresh else at, beat)


def _locked(path: Path) -> int:
    """A descriptor that holds the lock on the file; where the disk takes no writes, on the file as it is. -1 where
    there is none, or it is somebody else's. Raises AlreadyRunning."""
    file = -1
    for how in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        with contextlib.suppress(OSError):
            file = os.open(path, how | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            break
    if file < 0:
        return -1
    if not _is_ours(file, path.parent):
        os.close(file)
        return -1
    deadline = time.monotonic() + _LOCK_SECONDS
    while not _locks(file):
        if time.monotonic() > deadline:
            os.close(file)
            raise AlreadyRunning(f"another hub is running on {path}")
        time.sleep(0.01)
    return file


def _write(file: int, text: bytes) -> None:
    """Raises OSError, also where the disk takes a part only."""
    if os.pwrite(file, text, 0) < len(text):
        raise OSError(errno.ENOSPC, "the disk is full")


def _locks(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_ours(file: int, folder: Path) -> bool:
    """Whether nobody else can have laid it there: folders for everybody's temporary files are shared."""
    return os.fstat(file).st_uid in (os.geteuid(), folder.stat().st_uid)


def _look(path: Path) -> tuple[bool, Beat | None]:
    """Whether somebody holds the lock, and the last beat."""
    try:
        with path.open("rb") as file:
            if not _is_ours(file.fileno(), path.parent):
                return False, None
            beat = msgspec.json.decode(file.read(_LIMIT).strip() or b"null", type=Beat | None)
            return _is_locked(file.fileno()), beat
    except (OSError, msgspec.DecodeError):
        return False, None


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
