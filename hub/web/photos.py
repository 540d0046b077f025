"""Photographs of repairs: made small and without what the telephone wrote into them, kept as files beside the store."""

import contextlib
import hashlib
import io
import os
import threading
from pathlib import Path
from typing import IO, Final, Literal

UPLOAD_LIMIT: Final = 40 * 1_048_576
"""Bytes of a form with photographs: a telephone's picture has up to 12 MB, and three go at once."""
QUOTA: Final = 300 * 1_048_576
"""Bytes of all kept photographs: some two thousand. When it is reached no more are taken; evidence isn't deleted."""
FREE_AT_LEAST: Final = 512 * 1_048_576
"""Photographs must not take the place of alarms on the disk."""
LONGEST_SIDE: Final = 1600
PIXELS_AT_MOST: Final = 50_000_000
PNG_PIXELS_AT_MOST: Final = 12_000_000
"""A JPEG is made small while it is read; anything else is held in memory as a whole."""

Refusal = Literal["photo_not_understood", "no_room_for_photos"]

_one_at_a_time: Final = threading.Lock()


class Refused(Exception):
    """The picture is not kept; `word` names why."""

    def __init__(self, word: Refusal) -> None:
        super().__init__(word)
        self.word = word


class Photos:
    """The folder `<store>-photos`. A photograph is named by the SHA-256 of its file, which the journal also keeps."""

    def __init__(self, store: Path) -> None:
        self._folder = store.with_name(f"{store.stem}-photos")

    def keep(self, upload: IO[bytes]) -> str:
        """The name under which the picture is kept from now on. Raises Refused."""
        with _one_at_a_time:
            content = _made_small(upload)
            name = hashlib.sha256(content).hexdigest()
            path = self._folder / f"{name}.jpg"
            if path.exists():
                return name
            try:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                if self._used() + len(content) > QUOTA or _free(self._folder) < FREE_AT_LEAST:
                    raise Refused("no_room_for_photos")
                _write(path, content)
            except OSError:
                raise Refused("no_room_for_photos") from None
            return name

    def read(self, name: str) -> bytes | None:
        """The JPEG, None where there is none of this name or the file is no longer what it was."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            return None
        try:
            content = (self._folder / f"{name}.jpg").read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def _used(self) -> int:
        return sum(entry.stat().st_size for entry in os.scandir(self._folder))


def _made_small(upload: IO[bytes]) -> bytes:
    from PIL import Image, ImageOps  # 8 MB of memory: only where a photograph comes

    try:
        with Image.open(upload, formats=("JPEG", "PNG", "WEBP")) as image:
            width, height = image.size
            if width * height > (PIXELS_AT_MOST if image.format == "JPEG" else PNG_PIXELS_AT_MOST):
                raise Refused("photo_not_understood")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            turned = ImageOps.exif_transpose(image).convert("RGB")
            turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = Image.frombytes("RGB", turned.size, turned.tobytes())  # pixels alone: no place, no name, no date
            small = io.BytesIO()
            clean.save(small, "JPEG", quality=80, optimize=True)
            return small.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError, MemoryError, KeyError, TypeError):
        raise Refused("photo_not_understood") from None


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
