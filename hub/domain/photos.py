"""Photographs that show a repair: the journal has the SHA-256 of each, the page keeps the pictures."""

import re
from collections.abc import Sequence
from typing import Final

PHOTOS_AT_MOST: Final = 6
"""Of one task, and on which one finding is closed."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def fault_of_photos(photos: Sequence[str]) -> str:
    """`too_many_photos` or `bad_photo`, empty where they are SHA-256 in hex and few enough."""
    if len(photos) > PHOTOS_AT_MOST:
        return "too_many_photos"
    return "" if all(_SHA256.fullmatch(photo) for photo in photos) else "bad_photo"
