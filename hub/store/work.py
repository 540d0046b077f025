"""What people do, as the page reads it from the store: drills, tasks, findings, rounds, notes, posters, and where they
put devices on the plan.

Each call is one short read on a reader's connection. All of it raises sqlite3.Error where the store can't be read.
"""

import sqlite3

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.state import DeviceNote, Drill
from hub.domain.work import Finding, PosterState, Round, Task
from hub.store.queries import PAGE, Kept


def drills(db: sqlite3.Connection, limit: int = PAGE) -> tuple[Drill, ...]:
    """Drills that go on or are yet to come, and the last ones, newest first."""
    rows = db.execute("SELECT body FROM drills ORDER BY id DESC LIMIT ?", (limit,))
    return tuple(msgspec.json.decode(body, type=Drill) for (body,) in rows)


def open_tasks(db: sqlite3.Connection) -> dict[int, Task]:
    """Tasks that somebody has done something about and whose alarm is open, by its number."""
    rows = db.execute("SELECT alarm, body FROM tasks WHERE open = 1")
    return {number: msgspec.json.decode(body, type=Task) for number, body in rows}


def task(db: sqlite3.Connection, alarm: int) -> Task | None:
    """What became of an alarm's task, None where nobody has touched it."""
    row = db.execute("SELECT body FROM tasks WHERE alarm = ?", (alarm,)).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Task)


def closed_tasks(db: sqlite3.Connection, limit: int = PAGE) -> tuple[tuple[Kept, Task], ...]:
    """The last tasks whose alarm is over, with it, newest first."""
    rows = db.execute(
        "SELECT a.body, a.stored_at, t.body FROM tasks t JOIN alarms a ON a.id = t.alarm WHERE t.open = 0"
        " ORDER BY t.alarm DESC LIMIT ?",
        (limit,),
    )
    return tuple(
        (Kept(msgspec.json.decode(alarm, type=Alarm), stored_at), msgspec.json.decode(body, type=Task))
        for alarm, stored_at, body in rows
    )


def findings(db: sqlite3.Connection) -> tuple[Finding, ...]:
    """All findings, open ones first, then the newest."""
    rows = db.execute("SELECT body FROM findings ORDER BY open DESC, id DESC LIMIT 1000")
    return tuple(msgspec.json.decode(body, type=Finding) for (body,) in rows)


def rounds(db: sqlite3.Connection, limit: int = PAGE) -> tuple[Round, ...]:
    """The round that goes on and the last ones, newest first."""
    rows = db.execute("SELECT body FROM rounds ORDER BY id DESC LIMIT ?", (limit,))
    return tuple(msgspec.json.decode(body, type=Round) for (body,) in rows)


def round_(db: sqlite3.Connection, number: int) -> Round | None:
    """One round, None where there never was one with this number."""
    row = db.execute("SELECT body FROM rounds WHERE id = ?", (number,)).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Round)


def last_round(db: sqlite3.Connection) -> tuple[int, bool]:
    """When the last round was finished (UTC, ms), the journal's first moment where none was, 0 for an empty one; and
    whether one goes on."""
    row = db.execute(
        "SELECT coalesce((SELECT json_extract(body, '$.finished_at') FROM rounds WHERE open = 0 ORDER BY id DESC"
        " LIMIT 1), (SELECT at FROM journal ORDER BY no LIMIT 1), 0), EXISTS (SELECT 1 FROM rounds WHERE open = 1)"
    ).fetchone()
    return int(row[0]), bool(row[1])


def posters(db: sqlite3.Connection) -> dict[str, PosterState]:
    """What is known of each poster that was ever checked or scanned."""
    rows = db.execute("SELECT id, body FROM posters")
    return {name: msgspec.json.decode(body, type=PosterState) for name, body in rows}


def positions(db: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Where devices are on the plan of their floor, in thousandths of its width and height."""
    return {device: (x, y) for device, x, y in db.execute("SELECT device, x, y FROM positions")}


def note_of_device(db: sqlite3.Connection, device: str) -> DeviceNote | None:
    """What was last written about the device."""
    row = db.execute("SELECT body FROM device_notes WHERE device = ?", (device,)).fetchone()
    return msgspec.json.decode(row[0], type=DeviceNote) if row else None


def notes_with_a_day(db: sqlite3.Connection) -> tuple[DeviceNote, ...]:
    """The notes of devices that have to be replaced by some day."""
    rows = db.execute("SELECT body FROM device_notes WHERE json_extract(body, '$.replace_by') != ''")
    return tuple(msgspec.json.decode(body, type=DeviceNote) for (body,) in rows)
