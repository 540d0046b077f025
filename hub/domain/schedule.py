"""Opening hours and holidays, in the school's own time zone."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from hub.domain.site import Hours

EARLIEST: Final = 1_767_225_600_000
"""2026-01-01. A Raspberry Pi without a battery clock starts long before, until a time server is reached: what time of
the day it is can't be known then."""


def is_known(wall: int) -> bool:
    """Whether `wall` can be the time at all."""
    return wall >= EARLIEST


def school_time(hours: Hours, wall: int) -> datetime:
    """The school's local time at `wall` (UTC, ms); in the demonstration, its accelerated one."""
    shown = hours.anchor + (wall - hours.anchor) * hours.speed if hours.speed != 1 else wall
    return datetime.fromtimestamp(shown / 1000, UTC).astimezone(_zone(hours.timezone))


def is_open(hours: Hours, wall: int) -> bool:
    """Whether the school is open at `wall`. The minute of opening counts as open, the minute of closing as closed."""
    shown = hours.anchor + (wall - hours.anchor) * hours.speed if hours.speed != 1 else wall
    return _is_open_in(hours, shown // 60_000)


@lru_cache(maxsize=64)  # asked with every reading, and the same for a minute
def _is_open_in(hours: Hours, minute: int) -> bool:
    local = datetime.fromtimestamp(minute * 60, _zone(hours.timezone))
    if local.weekday() not in hours.weekdays or local.date() in hours.holidays:
        return False
    return hours.open <= local.hour * 60 + local.minute < hours.close


def is_quiet(hours: Hours, quiet: tuple[int, int], wall: int) -> bool:
    """Whether `wall` lies between the two minutes of the school's day; the span may go over midnight."""
    start, end = quiet
    local = school_time(hours, wall)
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


def quiet_end(hours: Hours, quiet: tuple[int, int], wall: int) -> int:
    """The moment (UTC, ms) at which the span that `wall` lies in ends."""
    local = school_time(hours, wall)
    end = local.replace(hour=quiet[1] // 60 % 24, minute=quiet[1] % 60, second=0, microsecond=0, fold=0)
    if end <= local:
        end += timedelta(days=1)
    return wall + round((end.timestamp() - local.timestamp()) * 1000) // hours.speed


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
