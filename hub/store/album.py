"""Photographs as files beside the store. Each is named by its SHA-256, which the journal also keeps."""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

QUOTA: Final = 300 * 1_048_576
"""Bytes of all kept photographs: some two thousand. When it is reached no more are taken; evidence isn't deleted."""
FREE_AT_LEAST: Final = 512 * 1_048_576
"""Photographs must not take the place of alarms on the disk."""


class NoRoom(Exception):
    """The album or the disk is full, or the disk refuses."""


class Album:
    """The folder `<store>-photos`."""

    def __init__(self, store: Path) -> None:
        self.folder = store.with_name(f"{store.stem}-photos")

    def keep(self, content: bytes) -> str:
        """Puts a JPEG down durably; returns its name. One caller at a time. Raises NoRoom."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.exists():
            return name
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if self._used() + len(content) > QUOTA or _free(self.folder) < FREE_AT_LEAST:
                raise NoRoom
            _write(path, content)
        except OSError:
            raise NoRoom from None
        return name

    def read(self, name: str) -> bytes | None:
        """The JPEG, None where there is none of this name or the file is no longer what it was."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            return None
        try:
            content = self._path(name).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.jpg"

    def _used(self) -> int:
        return sum(entry.stat().st_size for entry in os.scandir(self.folder))


def _free(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also over a power cut."""
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
