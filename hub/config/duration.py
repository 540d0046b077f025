"""Durations as people write them: a whole number and one unit, such as 90s or 25h."""

import re
from typing import Final

UNITS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST: Final = 3650 * UNITS["d"]
_FORM: Final = re.compile(r"([0-9]{1,12})(ms|s|m|h|d)")


def parse(text: str) -> int:
    """Milliseconds of `text`. Raises ValueError unless it is more than nothing and at most ten years."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("must be a whole number and a unit: ms, s, m, h or d, such as 90s, 5m or 25h")
    length = int(match[1]) * UNITS[match[2]]
    if not 0 < length <= LONGEST:
        raise ValueError("must be more than nothing and at most 3650d")
    return length
