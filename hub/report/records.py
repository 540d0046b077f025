"""What a report is made of, read from a store in one go: rows as they are, no judgement yet."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import Head
from hub.domain.links import BROKER
from hub.domain.signals import Value
from hub.domain.state import DeviceNote, Drill
from hub.domain.work import Finding, Round
from hub.store.journal import read_head
from hub.store.readings import Fold

T = TypeVar("T")
_LONGEST_WORK: Final = 31 * 86_400_000


class Kept(msgspec.Struct, frozen=True):
    """An alarm and when it was first committed (UTC, ms)."""

    alarm: Alarm
    stored_at: int


class Message(msgspec.Struct, frozen=True):
    """One row of the outbox. Times are UTC in ms."""

    channel: str
    event_id: str
    alarm: int
    reason: str
    created_at: int
    attempts: int
    sent_at: int | None
    outcome: str
    settled: str | None
    settled_at: int | None


class Trouble(msgspec.Struct, frozen=True):
    """A time in which the cause of an alarm held, by the journal. `end` is None while it still does."""

    device: str
    type: str
    start: int
    end: int | None


class Work(msgspec.Struct, frozen=True):
    """A time in which a device's absence would not have been told: maintenance, or what it is heard through was gone.
    `target` is `device:<id>`, `zone:<id>` or, for the broker, `all`. `end` is None while it goes on."""

    target: str
    start: int
    end: int | None


class PressedTest(msgspec.Struct, frozen=True):
    """A test press."""

    device: str
    at: int


class Inspection(msgspec.Struct, frozen=True):
    """The last inspection pack, as the journal has it."""

    at: int
    by: str
    digest: str
    figures: Mapping[str, float | int | None]


class Records(msgspec.Struct, frozen=True):
    """All of it. `gaps` are the times in which the core did not run; `begun` is the journal's first moment; `known`
    are the last values by device and signal."""

    begun: int
    head: Head | None
    alarms: tuple[Kept, ...]
    messages: tuple[Message, ...]
    troubles: tuple[Trouble, ...]
    works: tuple[Work, ...]
    gaps: tuple[tuple[int, int], ...]
    tests: tuple[PressedTest, ...]
    first_seen: Mapping[str, int]
    seen: Mapping[str, int]
    known: Mapping[str, Mapping[str, Value]]
    anchors: int = 0
    anchored_at: int = 0
    anchored_no: int = 0
    last: Inspection | None = None
    notes: Mapping[str, DeviceNote] = {}
    drills: tuple[Drill, ...] = ()
    rounds: tuple[Round, ...] = ()
    findings: tuple[Finding, ...] = ()


class _AlarmEntry(msgspec.Struct, frozen=True):
    alarm: Alarm


class _StartEntry(msgspec.Struct, frozen=True):
    down_since: int = 0


class _WorkEntry(msgspec.Struct, frozen=True):
    target: str
    change: str


class _LinkEntry(msgspec.Struct, frozen=True):
    link: str
    up: bool
    devices: tuple[str, ...] = ()


class _InspectionEntry(msgspec.Struct, frozen=True):
    by: str = ""
    digest: str = ""
    figures: Mapping[str, float | int | None] = {}


def read_records(connection: sqlite3.Connection, since: int, down_since: int = 0) -> Records:
    """Everything from `since` on (UTC, ms), and what was still going on then. `down_since` is set while the core does
    not run. Reads in one transaction, so that the figures are of one moment."""
    connection.execute("BEGIN")
    try:
        return _read(connection, since, down_since)
    finally:
        connection.execute("ROLLBACK")


def _read(connection: sqlite3.Connection, since: int, down_since: int) -> Records:
    fold = Fold()
    fold.load(connection)
    known: dict[str, dict[str, Value]] = {}
    for (device, signal), last in fold.latest.items():
        known.setdefault(device, {})[signal] = last.value
    first_seen = dict(
        connection.execute("SELECT d.id, f.at FROM first_seen f JOIN devices d ON d.no = f.device").fetchall()
    )
    count, anchored_at, anchored_no = connection.execute("SELECT count(*), max(at), max(no) FROM anchors").fetchone()
    first = connection.execute("SELECT at FROM journal ORDER BY no LIMIT 1").fetchone()
    alarms = tuple(_alarms(connection, since))
    history = _history(connection, _oldest(alarms, since))
    return Records(
        begun=int(first[0]) if first is not None else 0,
        head=read_head(connection),
        alarms=alarms,
        messages=tuple(_messages(connection, since)),
        troubles=history.troubles,
        works=history.works,
        gaps=(*history.gaps, (down_since, 1 << 62)) if down_since else tuple(history.gaps),
        tests=tuple(_tests(connection)),
        first_seen={**fold.seen, **first_seen},
        seen=dict(fold.seen),
        known=known,
        anchors=int(count),
        anchored_at=int(anchored_at or 0),
        anchored_no=int(anchored_no or 0),
        last=_last_inspection(connection),
        notes={note.device: note for note in _bodies(connection, "device_notes ORDER BY device", DeviceNote)},
        drills=_bodies(connection, "drills ORDER BY id", Drill),
        rounds=_bodies(connection, "rounds ORDER BY id", Round),
        findings=_bodies(connection, "findings ORDER BY id", Finding),
    )


def _bodies(connection: sqlite3.Connection, of: str, type_: type[T]) -> tuple[T, ...]:
    """What people did is little: all of it is read."""
    rows = connection.execute(f"SELECT body FROM {of}")
    return tuple(msgspec.json.decode(body, type=type_) for (body,) in rows)


def _alarms(connection: sqlite3.Connection, since: int) -> Iterator[Kept]:
    rows = connection.execute(
        "SELECT body, stored_at FROM alarms WHERE raised_at >= ?1 OR open = 1"
        " OR json_extract(body, '$.cleared_at') >= ?1 ORDER BY id",
        (since,),
    )
    return (Kept(msgspec.json.decode(body, type=Alarm), stored_at) for body, stored_at in rows)


def _oldest(alarms: tuple[Kept, ...], since: int) -> int:
    """What the journal must be read from, so that no trouble and no maintenance is missed that began before."""
    return min([since - _LONGEST_WORK, *(kept.alarm.raised_at for kept in alarms)])


def _messages(connection: sqlite3.Connection, since: int) -> Iterator[Message]:
    rows = connection.execute(
        "SELECT channel, event_id, alarm, reason, created_at, attempts, sent_at, outcome, settled, settled_at"
        " FROM outbox WHERE created_at >= ? OR settled IS NULL ORDER BY id",
        (since,),
    )
    return (Message(*row) for row in rows)


def _tests(connection: sqlite3.Connection) -> Iterator[PressedTest]:
    rows = connection.execute("SELECT device, at FROM presses WHERE event = 'test_press' ORDER BY id")
    return (PressedTest(*row) for row in rows)


def _last_inspection(connection: sqlite3.Connection) -> Inspection | None:
    row = connection.execute(
        "SELECT at, body FROM journal WHERE kind = 'inspection' AND kind IN ('config', 'inspection')"
        " ORDER BY no DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    body = msgspec.json.decode(row[1], type=_InspectionEntry)
    return Inspection(int(row[0]), body.by, body.digest, body.figures)


class _History:
    """The times of each alarm's cause, of maintenance and of the core's gaps, from the journal's entries."""

    def __init__(self) -> None:
        self._troubles: dict[int, Trouble] = {}
        self._works: dict[str, list[Work]] = {}
        self._done: list[Trouble] = []
        self._worked: list[Work] = []
        self.gaps: list[tuple[int, int]] = []

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        return (*self._done, *self._troubles.values())

    @property
    def works(self) -> tuple[Work, ...]:
        return (*self._worked, *(work for works in self._works.values() for work in works))

    def take(self, at: int, kind: str, body: str) -> None:
        if kind == "start":
            down = msgspec.json.decode(body, type=_StartEntry).down_since
            if 0 < down < at:
                self.gaps.append((down, at))
        elif kind == "alarm":
            self._take_alarm(at, msgspec.json.decode(body, type=_AlarmEntry).alarm)
        elif kind == "link":
            said = msgspec.json.decode(body, type=_LinkEntry)
            targets = ("all",) if said.link == BROKER else tuple(f"device:{device}" for device in said.devices)
            self._take_work(at, said.link, targets, begun=not said.up)
        else:
            work = msgspec.json.decode(body, type=_WorkEntry)
            self._take_work(at, f"work:{work.target}", (work.target,), begun=work.change == "begun")

    def _take_alarm(self, at: int, alarm: Alarm) -> None:
        if alarm.open and not alarm.is_over:
            self._troubles.setdefault(alarm.id, Trouble(alarm.device, alarm.type, at, None))
        elif alarm.id in self._troubles:
            self._done.append(msgspec.structs.replace(self._troubles.pop(alarm.id), end=at))

    def _take_work(self, at: int, name: str, targets: tuple[str, ...], *, begun: bool) -> None:
        if begun:
            self._works.setdefault(name, [Work(target, at, None) for target in targets])
        else:
            self._worked += [msgspec.structs.replace(work, end=at) for work in self._works.pop(name, ())]


def _history(connection: sqlite3.Connection, since: int) -> _History:
    history = _History()
    rows = connection.execute(
        "SELECT at, kind, body FROM journal WHERE at >= ? AND kind IN ('alarm', 'start', 'maintenance', 'link')"
        " ORDER BY no",
        (since,),
    )
    for at, kind, body in rows:
        history.take(at, kind, body)
    return history
