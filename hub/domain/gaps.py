"""Times in which nobody watched: what is different afterwards was found so, nobody saw it come.

A gap ends when the hub starts, or when a broker, bridge or serial port is back.
"""

from typing import Final

import msgspec

from hub.domain.now import Now

SHORTEST: Final = 10_000
"""ms below which a gap is of no account: what comes after it came in it, as good as at once."""
SETTLING: Final = 5_000
"""ms after a gap in which the broker hands over what it kept for the hub; until that is in, nothing is judged."""
LONGEST_SEARCH: Final = 600_000
"""ms after a gap in which a device's first words tell what was found. Later ones are news."""

UNKNOWN: Final = -1


class Gap(msgspec.Struct, frozen=True):
    """Nobody watched for `ms` until `until`; `UNKNOWN` where the clock can't tell for how long."""

    until: Now
    ms: int


def gap_between(last: int, started: Now) -> Gap | None:
    """The gap from the last sign of life (UTC, ms; 0 for none ever) to a start; None where there was none.

    A clock that is not trusted may have stood still in between: it proves no length.
    """
    ms = started.wall - last
    if not last or 0 <= ms < SHORTEST:
        return None
    return Gap(started, ms if started.trusted and ms > 0 else UNKNOWN)


def longer(gap: Gap | None, since: Now, until: Now) -> Gap | None:
    """The gap of a device that could not be heard from `since` to `until`, where one before it may not be over yet."""
    if gap is None:
        ms = until.ms_since(since)
        return Gap(until, ms) if ms >= SHORTEST else None
    return Gap(until, gap.ms if gap.ms == UNKNOWN else gap.ms + until.ms_since(gap.until))


def is_heard(gap: Gap, seen: Now | None) -> bool:
    """Whether the device has spoken since."""
    return seen is not None and seen.mono >= gap.until.mono


def is_settling(gap: Gap, seen: Now | None, grace: int, now: Now) -> bool:
    """Whether it is too early to judge: a device that has not spoken yet gets `grace` ms."""
    return now.ms_since(gap.until) < (SETTLING if is_heard(gap, seen) else max(SETTLING, grace))


def is_over(gap: Gap, seen: Now | None, now: Now) -> bool:
    """Whether this judgement is the last one that finds instead of seeing."""
    return is_heard(gap, seen) or now.ms_since(gap.until) >= LONGEST_SEARCH
