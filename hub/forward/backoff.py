"""How long to wait before trying again."""

import random
from typing import Final

FIRST_MS: Final = 1000
LONGEST_MS: Final = 15_000
"""A line that comes back is noticed within this, so that all that waited is out within a minute of its return."""
ROW_LONGEST_MS: Final = 900_000


def pause(failures: int, longest: int = LONGEST_MS) -> int:
    """Milliseconds to wait after `failures` failures in a row: doubling, with jitter, so that the hubs of a whole
    region don't come back at once."""
    return int(min(longest, FIRST_MS * 2 ** min(failures - 1, 20)) * random.uniform(0.5, 1.0))
