"""Figures about the alarms themselves: how many a day, which devices give most of them, what headquarters is told of.

EEMUA 191 and IEC 62682 watch the same ones: an alarm that comes too often or stays too long is soon nobody's alarm.
"""

import sqlite3
from datetime import timedelta
from typing import Final

import msgspec

from hub.domain.schedule import school_time
from hub.domain.site import Hours
from hub.store.queries import open_alarms

DAYS: Final = 30
OFTEN: Final = 3
_DAY: Final = 86_400_000


class Often(msgspec.Struct, frozen=True):
    """A device that gave alarms of one type, whose cause came `times` times."""

    device: str
    type: str
    times: int


class Burden(msgspec.Struct, frozen=True):
    """How much the alarms ask of people: how many were raised on each of the school's last days, today the last,
    without drills and tests; of how many headquarters was told in that time; numbers of the open ones of chattering
    devices, of those open for more than a day, and of those that headquarters is still owed; what comes most often,
    more than once, the busiest first."""

    days: tuple[int, ...]
    headquarters: int
    chattering: tuple[int, ...]
    stale: tuple[int, ...]
    owed: tuple[int, ...]
    often: tuple[Often, ...]


def burden(db: sqlite3.Connection, hours: Hours, hq: frozenset[str], now: int) -> Burden:
    """The figures of the last DAYS days at `now` (UTC, ms); `hq` are headquarters' channels."""
    since = now - DAYS * _DAY
    alarms = [kept.alarm for kept in open_alarms(db)]
    return Burden(
        days=_by_day(db, hours, now),
        headquarters=_told(db, hq, since),
        chattering=tuple(alarm.id for alarm in alarms if alarm.type == "flood"),
        stale=tuple(alarm.id for alarm in alarms if now - alarm.raised_at > _DAY),
        owed=tuple(alarm.id for alarm in alarms if alarm.owed),
        often=_most_often(db, since),
    )


def _by_day(db: sqlite3.Connection, hours: Hours, now: int) -> tuple[int, ...]:
    today = school_time(hours, now).date()
    counts = {today - timedelta(days=ago): 0 for ago in reversed(range(DAYS))}
    query = "SELECT raised_at FROM alarms WHERE raised_at >= ? AND json_extract(body, '$.status') = 'actual'"
    for (raised_at,) in db.execute(query, (now - DAYS * _DAY,)):
        day = school_time(hours, raised_at).date()
        if day in counts:
            counts[day] += 1
    return tuple(counts.values())


def _most_often(db: sqlite3.Connection, since: int) -> tuple[Often, ...]:
    rows = db.execute(
        "SELECT device, type, sum(json_extract(body, '$.count')) AS times FROM alarms"
        " WHERE raised_at >= ? AND json_extract(body, '$.status') = 'actual'"
        " GROUP BY device, type HAVING times > 1 ORDER BY times DESC, device LIMIT ?",
        (since, OFTEN),
    )
    return tuple(Often(*row) for row in rows)


def _told(db: sqlite3.Connection, channels: frozenset[str], since: int) -> int:
    """Each alarm once, however many messages and channels told of it: what headquarters' budget is spent on."""
    query = (
        "SELECT count(DISTINCT alarm) FROM outbox WHERE created_at >= ? AND alarm > 0"
        " AND channel IN (SELECT value FROM json_each(?))"
    )
    return int(db.execute(query, (since, msgspec.json.encode(sorted(channels)).decode())).fetchone()[0])


def told_headquarters(db: sqlite3.Connection, channels: frozenset[str], since: int) -> list[int]:
    """When headquarters was told of an alarm below critical since `since` (UTC, ms), oldest first: each alert once,
    through however many of its `channels` it went. What its budget is counted by."""
    rows = db.execute(
        "SELECT min(created_at) FROM outbox WHERE created_at >= ? AND alarm > 0 AND rank > 0"
        " AND json_extract(body, '$.type') = 'alarm.raised' AND channel IN (SELECT value FROM json_each(?))"
        " GROUP BY event_id ORDER BY 1",
        (since, msgspec.json.encode(sorted(channels)).decode()),
    )
    return [int(at) for (at,) in rows]
