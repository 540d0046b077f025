"""Figures about the alarms themselves: how many a day, which devices give most of them, what headquarters is told of.

EEMUA 191 and IEC 62682 watch the same ones: an alarm that comes too often or stays too long is soon nobody's alarm.
"""

import sqlite3

import msgspec

from hub.domain.schedule import school_time
from hub.domain.site import Hours


class Day(msgspec.Struct, frozen=True):
    """Alarms raised on one day of the school (`date`: 2026-11-24), without exercises."""

    date: str
    alarms: int
    critical: int
    high: int
    medium: int


class Often(msgspec.Struct, frozen=True):
    """A device that gave `alarms` alarms of one type, with `returns` comings of their cause in them."""

    device: str
    type: str
    alarms: int
    returns: int


def alarms_per_day(db: sqlite3.Connection, hours: Hours, since: int) -> tuple[Day, ...]:
    """Each day since `since` (UTC, ms) on which there were any, oldest first."""
    days: dict[str, dict[str, int]] = {}
    rows = db.execute(
        "SELECT raised_at, json_extract(body, '$.priority') FROM alarms"
        " WHERE raised_at >= ? AND json_extract(body, '$.status') = 'actual' ORDER BY id",
        (since,),
    )
    for raised_at, priority in rows:
        day = days.setdefault(school_time(hours, raised_at).date().isoformat(), {"critical": 0, "high": 0, "medium": 0})
        day[priority] += 1
    return tuple(Day(date, sum(day.values()), **day) for date, day in sorted(days.items()))


def most_often(db: sqlite3.Connection, since: int, limit: int = 10) -> tuple[Often, ...]:
    """The devices and types behind most alarms raised since `since` (UTC, ms), the busiest first."""
    rows = db.execute(
        "SELECT device, type, count(*), sum(json_extract(body, '$.count')) AS returns FROM alarms"
        " WHERE raised_at >= ? GROUP BY device, type ORDER BY returns DESC, device LIMIT ?",
        (since, limit),
    )
    return tuple(Often(*row) for row in rows)


def to_headquarters_per_day(
    db: sqlite3.Connection, hours: Hours, channels: frozenset[str], since: int
) -> dict[str, int]:
    """How many alarms each day headquarters' channels were told of, each alarm once: what its budget is spent on."""
    rows = db.execute(
        "SELECT min(created_at) FROM outbox WHERE created_at >= ? AND alarm > 0"
        " AND channel IN (SELECT value FROM json_each(?)) GROUP BY alarm",
        (since, msgspec.json.encode(sorted(channels)).decode()),
    )
    days: dict[str, int] = {}
    for (at,) in rows:
        date = school_time(hours, at).date().isoformat()
        days[date] = days.get(date, 0) + 1
    return dict(sorted(days.items()))
