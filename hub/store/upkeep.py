"""The store's housekeeping, outside the core's thread: a press must not wait for a checkpoint."""

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hub.domain.events import DiskChecked
from hub.domain.now import Now
from hub.store.ballast import Ballast
from hub.store.database import checkpoint, open_reader
from hub.store.readings import Fold
from hub.store.store import Upkeep

log = logging.getLogger(__name__)

CHECKPOINT_BYTES: Final = 4_194_304
SNAPSHOT_MS: Final = 300_000
SNAPSHOT_READINGS: Final = 100_000
_LOOK_MS: Final = 5000


class Upkeeper:
    """Moves the write-ahead log into the database, folds readings into a snapshot, lets old readings go, measures the
    disk and keeps a reserve on it."""

    def __init__(self, path: Path, keep_readings: int, post: Callable[[Upkeep | DiskChecked], None]) -> None:
        self._path, self._keep, self._post = path, keep_readings, post
        self._ballast = Ballast(path)
        self._snapshot_at = 0
        self._fold: Fold | None = None

    def step(self, now: Now) -> int:
        """Does what is due; returns for how many ms that is enough."""
        self._measure()
        try:
            self._checkpoint()
            self._snapshot(now)
        except sqlite3.Error as error:
            log.warning("housekeeping of the store waits: %s", error)
        return _LOOK_MS

    def close(self) -> None:
        """Leaves a short log behind; what is committed is safe in either file."""
        try:
            checkpoint(self._path)
        except sqlite3.Error as error:
            log.warning("the log stays as it is: %s", error)

    def _measure(self) -> None:
        try:
            disk = os.statvfs(self._path.parent)
        except OSError as error:
            log.warning("the disk can't be measured: %s", error)
            return
        free = disk.f_bavail * disk.f_frsize
        self._post(DiskChecked(free, disk.f_blocks * disk.f_frsize, self._ballast.put_by(free)))

    def _checkpoint(self) -> None:
        log_file = self._path.with_name(self._path.name + "-wal")
        if log_file.exists() and log_file.stat().st_size > CHECKPOINT_BYTES:
            checkpoint(self._path)

    def _snapshot(self, now: Now) -> None:
        self._snapshot_at = self._snapshot_at or now.mono
        reader = open_reader(self._path)
        try:
            if self._fold is None:
                self._fold = Fold()
                self._fold.load(reader)
                self._written = self._fold.position
            self._fold.follow(reader)
        finally:
            reader.close()
        news = self._fold.position - self._written
        if news and (now.mono - self._snapshot_at >= SNAPSHOT_MS or news >= SNAPSHOT_READINGS):
            self._snapshot_at, self._written = now.mono, self._fold.position
            self._post(Upkeep(snapshot=self._fold.copy(), keep_readings_from=now.wall - self._keep))
