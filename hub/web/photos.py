"""Photographs of repairs: made small, and without what the telephone wrote into them, before they are kept."""

import io
import threading
from collections.abc import Sequence
from typing import IO, Final, Literal

from hub.domain.photos import PHOTOS_AT_MOST
from hub.store.album import Album, NoRoom

UPLOAD_LIMIT: Final = 40 * 1_048_576
"""Bytes of a form with photographs: a telephone's picture has up to 12 MB, and three go at once."""
LONGEST_SIDE: Final = 1600
PIXELS_AT_MOST: Final = 50_000_000
PNG_PIXELS_AT_MOST: Final = 12_000_000
"""A JPEG is made small while it is read; anything else is held in memory as a whole."""

Refusal = Literal["photo_not_understood", "no_room_for_photos", "too_many_photos"]

_one_at_a_time: Final = threading.Lock()


class Refused(Exception):
    """The pictures are not kept; `word` names why."""

    def __init__(self, word: Refusal) -> None:
        super().__init__(word)
        self.word = word


def keep(uploads: Sequence[IO[bytes]], album: Album) -> tuple[str, ...]:
    """The names under which the album has the pictures from now on. Raises Refused."""
    if len(uploads) > PHOTOS_AT_MOST:
        raise Refused("too_many_photos")
    return tuple(_kept(upload, album) for upload in uploads)


def _kept(upload: IO[bytes], album: Album) -> str:
    with _one_at_a_time:
        try:
            return album.keep(made_small(upload))
        except NoRoom:
            raise Refused("no_room_for_photos") from None


def made_small(upload: IO[bytes]) -> bytes:
    """The picture as a JPEG of at most 1600 × 1600 pixels. Raises Refused for no picture, or too large a one."""
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
