"""What the page, the reports and the metrics read from the store of alarms, channels and readings. Each call is one
short read on a reader's connection.

All of it raises sqlite3.Error where the store can't be read, and tells nothing that isn't committed.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.state import ChannelState, Link, Maintenance, Probe, Trend
from hub.store.store import DatabaseState

LARGEST: Final = 2**62
"""No number of the store comes near; SQLite takes none beyond 2**63."""
PAGE: Final = 50
"""Alarms in one answer, where the caller names no other number."""


class Kept(msgspec.Struct, frozen=True):
    """An alarm and when it was first committed (UTC, ms); 0 for one that is in the core's memory alone."""

    alarm: Alarm
    stored_at: int


class Delivery(msgspec.Struct, frozen=True):
    """One message about an alarm on its way through one channel. Times are UTC in ms, 0 where it has not happened.
    `settled` is empty while it is still tried, next at `due_at`."""

    alarm: int
    channel: str
    event_id: str
    type: str
    reason: str
    created_at: int
    due_at: int
    attempts: int
    sent_at: int
    outcome: str
    detail: str
    settled: Literal["", "delivered", "accepted", "refused"]
    settled_at: int


class Written(msgspec.Struct, frozen=True):
    """How far a database has been written: the last reading's number, and when that was noted (UTC, ms; 0 where it was
    not). `said` is what its feeder last said about it, None before the first attempt."""

    reading: int
    at: int
    said: DatabaseState | None = None


class PressRow(msgspec.Struct, frozen=True):
    """A press or test press of a device. `alarm` is 0 for a test."""

    device: str
    event: str
    at: int
    alarm: int


_ALARM: Final = "SELECT body, stored_at FROM alarms"


def open_alarms(db: sqlite3.Connection) -> tuple[Kept, ...]:
    """All that somebody or something still has to end, newest first."""
    return _kept(db.execute(f"{_ALARM} WHERE open = 1 ORDER BY id DESC"))


def alarms_before(db: sqlite3.Connection, before: int | None = None, limit: int = PAGE) -> tuple[Kept, ...]:
    """Alarms with a smaller number than `before` (None: from the newest), newest first."""
    top = LARGEST if before is None else max(0, min(before, LARGEST))
    return _kept(db.execute(f"{_ALARM} WHERE id < ? ORDER BY id DESC LIMIT ?", (top, limit)))


def alarms_of_device(db: sqlite3.Connection, device: str, limit: int = PAGE) -> tuple[Kept, ...]:
    """The device's alarms, newest first."""
    return _kept(db.execute(f"{_ALARM} WHERE device = ? ORDER BY id DESC LIMIT ?", (device, limit)))


def alarm(db: sqlite3.Connection, number: int) -> Kept | None:
    """One alarm, None where there never was one with this number."""
    return next(iter(_kept(db.execute(f"{_ALARM} WHERE id = ?", (min(number, LARGEST),)))), None)


def _kept(rows: Iterable[tuple[str, int]]) -> tuple[Kept, ...]:
    return tuple(Kept(msgspec.json.decode(body, type=Alarm), stored_at) for body, stored_at in rows)


def deliveries(db: sqlite3.Connection, alarms: Iterable[int]) -> dict[int, tuple[Delivery, ...]]:
    """The messages about each of these alarms, in the order in which they were made, and those that told of it together
    with others."""
    numbers = list(alarms)
    grouped = _grouped(db, numbers)
    rows = db.execute(
        "SELECT alarm, channel, event_id, coalesce(json_extract(body, '$.type'), ''), reason, created_at, due_at,"
        " attempts, coalesce(sent_at, 0), outcome, detail, coalesce(settled, ''), coalesce(settled_at, 0)"
        " FROM outbox WHERE alarm IN (SELECT value FROM json_each(?)) ORDER BY id",
        (_numbers([*numbers, *grouped.values()]),),
    )
    found: defaultdict[int, list[Delivery]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Delivery(*row))
    for (number, event), leader in grouped.items():
        found[number] = [*(one for one in found[leader] if one.event_id == event), *found[number]]
    return {number: tuple(found[number]) for number in numbers if number in found}


def _grouped(db: sqlite3.Connection, numbers: list[int]) -> dict[tuple[int, str], int]:
    """For each of these alarms that was told in a message of another, that message's event id and alarm."""
    rows = db.execute(
        "SELECT id, json_extract(body, '$.grouped_in') AS events FROM alarms"
        " WHERE id IN (SELECT value FROM json_each(?)) AND events != ''",
        (_numbers(numbers),),
    )
    return {(number, event): int(event.rsplit("-", 2)[1]) for number, events in rows for event in events.split()}


def _numbers(numbers: Iterable[int]) -> str:
    return msgspec.json.encode(list(numbers)).decode()


def probes(db: sqlite3.Connection, limit: int = PAGE) -> tuple[Probe, ...]:
    """The runs of the daily probe, newest first. One without `ended_at` is on its way or was cut off by a restart."""
    rows = db.execute("SELECT body FROM probes ORDER BY id DESC LIMIT ?", (limit,))
    return tuple(msgspec.json.decode(body, type=Probe) for (body,) in rows)


def channel_states(db: sqlite3.Connection) -> dict[str, ChannelState]:
    """What is known of each channel that ever tried something."""
    rows = db.execute("SELECT name, body FROM channels")
    return {name: msgspec.json.decode(body, type=ChannelState) for name, body in rows}


def queued(db: sqlite3.Connection) -> dict[str, int]:
    """How many messages wait for each channel; channels without any are left out."""
    rows = db.execute("SELECT channel, count(*) FROM outbox WHERE settled IS NULL GROUP BY channel")
    return dict(rows)


def databases(db: sqlite3.Connection) -> dict[str, Written]:
    """How far each database has been written, and how it stands with it."""
    rows = db.execute(
        "SELECT n.name, coalesce(c.reading, 0), coalesce(c.at, 0), d.body"
        " FROM (SELECT name FROM cursors UNION SELECT name FROM databases) n"
        " LEFT JOIN cursors c ON c.name = n.name LEFT JOIN databases d ON d.name = n.name"
    )
    return {
        name: Written(reading, at, msgspec.json.decode(body, type=DatabaseState) if body else None)
        for name, reading, at, body in rows
    }


def maintenance(db: sqlite3.Connection) -> dict[str, Maintenance]:
    """Work that goes on, by target: `device:<id>` or `zone:<id>`."""
    rows = db.execute("SELECT target, body FROM maintenance")
    return {target: msgspec.json.decode(body, type=Maintenance) for target, body in rows}


def links(db: sqlite3.Connection) -> dict[str, Link]:
    """What devices are heard through, by its name in the store; `since.wall` is UTC in ms."""
    return {name: msgspec.json.decode(body, type=Link) for name, body in db.execute("SELECT name, body FROM links")}


def installed(db: sqlite3.Connection, device: str) -> int:
    """When the device was first heard live (UTC, ms), 0 where it never was."""
    query = "SELECT f.at FROM first_seen f JOIN devices d ON d.no = f.device WHERE d.id = ?"
    row = db.execute(query, (device,)).fetchone()
    return int(row[0]) if row else 0


def trend_of_device(db: sqlite3.Connection, device: str, signal: str) -> Trend:
    """One value a day of the last month, oldest first."""
    query = "SELECT day, value FROM trends WHERE device = ? AND signal = ? ORDER BY day"
    return tuple((day, value) for day, value in db.execute(query, (device, signal)))


def first_and_last_reading(db: sqlite3.Connection) -> tuple[int, int]:
    """Numbers of the oldest and the newest reading that are kept, (0, 0) where there is none."""
    row = db.execute(
        "SELECT coalesce((SELECT min(id) FROM readings), 0), coalesce((SELECT max(id) FROM readings), 0)"
    ).fetchone()
    return int(row[0]), int(row[1])


def presses_of_device(db: sqlite3.Connection, device: str, limit: int = PAGE) -> tuple[PressRow, ...]:
    """The device's presses and tests, newest first."""
    query = "SELECT device, event, at, alarm FROM presses WHERE device = ? ORDER BY at DESC LIMIT ?"
    return tuple(PressRow(*row) for row in db.execute(query, (device, limit)))


def pressed_devices(db: sqlite3.Connection) -> frozenset[str]:
    """Devices that were ever pressed, or called for help."""
    return frozenset(device for (device,) in db.execute("SELECT DISTINCT device FROM presses"))


def rejected_counts(db: sqlite3.Connection) -> Mapping[str, int]:
    """How many messages were refused, by reason, since the store was made."""
    return dict(db.execute("SELECT reason, count FROM rejected_counts"))


def readings_between(
    db: sqlite3.Connection, device: str, after: int, upto: int
) -> list[tuple[str, int, int | float | str]]:
    """What the device said in the readings numbered `after` < n <= `upto`: signal, when (UTC, ms) and value, flags as 0
    and 1, oldest first. Readings have no index by device: keep the range short."""
    rows = db.execute(
        "SELECT s.id, r.at, r.value FROM readings r JOIN signals s ON s.no = r.signal"
        " WHERE r.id > ? AND r.id <= ? AND r.device = (SELECT no FROM devices WHERE id = ?) ORDER BY r.id",
        (after, upto, device),
    )
    return [(signal, at, value) for signal, at, value in rows]


def time_of_reading(db: sqlite3.Connection, number: int) -> int:
    """When the first reading from `number` on was taken (UTC, ms), 0 where there is none."""
    row = db.execute("SELECT at FROM readings WHERE id >= ? ORDER BY id LIMIT 1", (number,)).fetchone()
    return int(row[0]) if row else 0


def unknown_topics(db: sqlite3.Connection) -> list[tuple[str, str, int, int]]:
    """Topics of devices that nobody registered, of the last refused messages: (topic, detail, first, last)."""
    rows = db.execute(
        "SELECT min(topic), detail, min(at), max(at) FROM rejected WHERE reason = 'unknown_device'"
        " GROUP BY detail ORDER BY max(at) DESC LIMIT 100"
    )
    return [tuple(row) for row in rows]
