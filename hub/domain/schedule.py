"""Opening hours and holidays, in the school's own time zone."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from hub.domain.site import Hours


def school_time(hours: Hours, wall: int) -> datetime:
    """The school's local time at `wall` (UTC, ms); in the demonstration, its accelerated one."""
    shown = hours.anchor + (wall - hours.anchor) * hours.speed if hours.speed != 1 else wall
    return datetime.fromtimestamp(shown / 1000, UTC).astimezone(_zone(hours.timezone))


def is_open(hours: Hours, wall: int) -> bool:
    """Whether the school is open at `wall`. The minute of opening counts as open, the minute of closing as closed."""
    local = school_time(hours, wall)
    if local.weekday() not in hours.weekdays or local.date() in hours.holidays:
        return False
    return hours.open <= local.hour * 60 + local.minute < hours.close


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
