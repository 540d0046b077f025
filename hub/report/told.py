"""What the journal says that people did: tasks, findings, rounds, drills, notes, devices put on the plan. It is held
against the store's tables, and against a report."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

import msgspec

from hub.domain.state import DeviceNote, Drill
from hub.domain.work import Finding, Mark, Round, Task
from hub.report.chain import Line
from hub.report.deeds import finding_row, round_row
from hub.report.model import DrillRow, Report, RoundRow

Key = TypeVar("Key", int, str)
Row = TypeVar("Row")
Said = TypeVar("Said")
_MOST: Final = 20
"""Disagreements of a kind that are named."""


class _FindingBody(msgspec.Struct, frozen=True):
    finding: Finding


class _TaskBody(msgspec.Struct, frozen=True):
    task: Task


class _RoundBody(msgspec.Struct, frozen=True):
    change: str
    round: int
    by: str
    item: str = ""
    fine: bool = False
    note: str = ""
    record: Round | None = None


class _DrillBody(msgspec.Struct, frozen=True):
    change: str
    drill: int
    by: str
    devices: tuple[str, ...]
    from_: int = msgspec.field(name="from")
    until: int = 0
    presses: Mapping[str, int] = {}
    pressed_at: Mapping[str, int] = {}


class _NoteBody(msgspec.Struct, frozen=True):
    device: str
    note: str
    model: str
    replace_by: str
    by: str


class _PlanBody(msgspec.Struct, frozen=True):
    places: Mapping[str, tuple[int, int] | None]


class ToldDrill(msgspec.Struct):
    """A drill as the journal has it; `ended_at` is 0 where its end is not in it, `by` empty where its order is not."""

    devices: tuple[str, ...]
    from_at: int
    until_at: int
    by: str = ""
    ended_at: int = 0
    ended_by: str = ""
    presses: Mapping[str, int] = {}
    pressed_at: Mapping[str, int] = {}


class ToldRound(msgspec.Struct):
    """A round as the journal has it: its start (0 where that is not in it), what was ticked, and the record that its
    end brought."""

    started_at: int = 0
    started_by: str = ""
    ticks: dict[str, Mark] = {}
    record: Round | None = None


class Told:
    """`take` each record of the journal or of a part of it, in its order."""

    def __init__(self) -> None:
        self.tasks: dict[int, Task] = {}
        self.findings: dict[int, Finding] = {}
        self.rounds: dict[int, ToldRound] = {}
        self.drills: dict[int, ToldDrill] = {}
        self.notes: dict[str, DeviceNote] = {}
        self.places: dict[str, tuple[int, int]] = {}
        self._takes: dict[str, Callable[[Line], None]] = {
            "task": self._task,
            "finding": self._finding,
            "round": self._round,
            "drill": self._drill,
            "note": self._note,
            "plan": self._plan,
        }

    def take(self, line: Line) -> None:
        """One more record. A body that this version can't read says nothing."""
        if line.kind in self._takes:
            try:
                self._takes[line.kind](line)
            except msgspec.DecodeError:
                return

    def _task(self, line: Line) -> None:
        task = msgspec.json.decode(line.body, type=_TaskBody).task
        self.tasks[task.alarm] = task

    def _finding(self, line: Line) -> None:
        finding = msgspec.json.decode(line.body, type=_FindingBody).finding
        self.findings[finding.id] = finding

    def _round(self, line: Line) -> None:
        body = msgspec.json.decode(line.body, type=_RoundBody)
        told = self.rounds.setdefault(body.round, ToldRound())
        if body.change == "started":
            told.started_at, told.started_by = line.at, body.by
        elif body.change == "finished":
            told.record = body.record
        else:
            told.ticks[body.item] = Mark(line.at, body.fine, body.by, body.note)

    def _drill(self, line: Line) -> None:
        body = msgspec.json.decode(line.body, type=_DrillBody)
        told = self.drills.setdefault(body.drill, ToldDrill(body.devices, body.from_, body.until))
        if body.change == "ordered":
            told.by = body.by
        else:
            told.ended_at, told.ended_by = line.at, body.by
            told.presses, told.pressed_at = body.presses, body.pressed_at

    def _note(self, line: Line) -> None:
        said = msgspec.json.decode(line.body, type=_NoteBody)
        self.notes[said.device] = DeviceNote(said.device, said.note, said.model, said.replace_by, line.at, said.by)

    def _plan(self, line: Line) -> None:
        for device, place in msgspec.json.decode(line.body, type=_PlanBody).places.items():
            self.places.pop(device, None)
            if place is not None:
                self.places[device] = place

    def photographs(self) -> Iterator[tuple[str, str]]:
        """What each photograph is of, and its SHA-256 in hex."""
        for task in self.tasks.values():
            yield from ((f"the task of alarm {task.alarm}", photo) for photo in task.photos)
        for finding in self.findings.values():
            yield from ((f"finding {finding.id}", photo) for photo in finding.photos)

    def against_tables(self, connection: sqlite3.Connection) -> Iterator[str]:
        """Each row of the whole journal's store that it says otherwise of, or that is missing on either side."""
        tasks = {row.alarm: row for row in _rows(connection, "tasks", Task)}
        findings = {row.id: row for row in _rows(connection, "findings", Finding)}
        rounds = {row.id: row for row in _rows(connection, "rounds", Round)}
        drills = {row.id: row for row in _rows(connection, "drills", Drill)}
        notes = {row.device: row for row in _rows(connection, "device_notes", DeviceNote)}
        yield from _compared("the task of alarm", tasks, self.tasks, lambda row, told: row == told)
        yield from _compared("finding", findings, self.findings, lambda row, told: row == told)
        yield from _compared("round", rounds, self.rounds, _is_round)
        yield from _compared("drill", drills, self.drills, _is_drill)
        yield from _compared("the note about", notes, self.notes, lambda row, told: row == told)
        yield from _compared("the place of", _places(connection), self.places, lambda row, told: row == told)

    def against_report(self, report: Report, name: str) -> Iterator[str]:
        """The same of the report in the file `name`, where the journal is that of its period. What was raised before
        it and not touched in it can't be in that journal."""
        yield from self._findings_against(report, name)
        yield from self._rounds_against(report, name)
        yield from self._drills_against(report, name)
        for item in report.inventory:
            if item.device in self.notes and (self.notes[item.device].replace_by or None) != item.replace_by:
                yield f"the day of replacement of {item.device} in {name} is not what the journal says"

    def _findings_against(self, report: Report, name: str) -> Iterator[str]:
        rows = {row.id: row for row in report.findings}
        for number, row in rows.items():
            told = self.findings.get(number)
            if told is None and (row.raised_at >= report.since or row.closed_at):
                yield f"finding {number} is in {name}, but not in the journal"
            elif told is not None and msgspec.structs.replace(row, overdue=False) != finding_row(told, ""):
                yield f"finding {number} in {name} is not what the journal says"
        of_period = {key for key, told in self.findings.items() if not 0 < told.closed_at < report.since}
        yield from _left_out("finding", of_period - rows.keys(), name)

    def _rounds_against(self, report: Report, name: str) -> Iterator[str]:
        rows = {row.id: row for row in report.rounds}
        for number, row in rows.items():
            if not _is_told_round(row, self.rounds.get(number), report.since):
                yield f"round {number} in {name} is not what the journal says"
        records = {key: told.record for key, told in self.rounds.items()}
        of_period = {key for key, one in records.items() if one is None or one.finished_at >= report.since}
        yield from _left_out("round", of_period - rows.keys(), name)

    def _drills_against(self, report: Report, name: str) -> Iterator[str]:
        rows = {row.id: row for row in report.drills}
        for number, row in rows.items():
            if not _is_told_drill(row, self.drills.get(number), report.since):
                yield f"drill {number} in {name} is not what the journal says"
        of_period = {key for key, told in self.drills.items() if not 0 < told.ended_at < report.since}
        yield from _left_out("drill", of_period - rows.keys(), name)


def _is_round(row: Round, told: ToldRound) -> bool:
    if row.finished_at or told.record is not None:
        return row == told.record
    return (row.started_at, row.started_by, dict(row.ticks)) == (told.started_at, told.started_by, told.ticks)


def _is_drill(row: Drill, told: ToldDrill) -> bool:
    said = (row.devices, row.from_at, row.until_at, row.by, row.ended_at, row.ended_by)
    if said != (told.devices, told.from_at, told.until_at, told.by, told.ended_at, told.ended_by):
        return False
    if not row.ended_at:
        return True  # its presses are told when it ends; each is a press and an alarm of the journal anyway
    return _pressed(told) == {device: (alarm, at) for device, (alarm, at) in row.presses.items()}


def _pressed(told: ToldDrill) -> dict[str, tuple[int, int]]:
    return {device: (alarm, told.pressed_at.get(device, 0)) for device, alarm in told.presses.items()}


def _is_told_round(row: RoundRow, told: ToldRound | None, since: int) -> bool:
    if told is None:
        return row.finished_at is None and row.started_at < since
    if told.record is not None:
        return row == round_row(told.record)
    if row.finished_at is not None:
        return False
    if told.started_at and (row.started_at, row.started_by) != (told.started_at, told.started_by):
        return False
    ticked = {f"{item.kind}:{item.target}": Mark(item.at or 0, bool(item.fine), item.by, item.note)
              for item in row.items if item.at is not None and item.at >= since}  # fmt: skip
    return ticked == {key: mark for key, mark in told.ticks.items() if mark.at >= since}


def _is_told_drill(row: DrillRow, told: ToldDrill | None, since: int) -> bool:
    if told is None:
        return row.ended_at is None and row.from_at < since
    devices = tuple(press.device for press in row.presses)
    if (devices, row.from_at, row.until_at) != (told.devices, told.from_at, told.until_at):
        return False
    if (row.ended_at or 0, row.ended_by) != (told.ended_at, told.ended_by) or (told.by and told.by != row.by):
        return False
    pressed = {press.device: (press.alarm, press.pressed_at) for press in row.presses if press.alarm is not None}
    return row.ended_at is None or pressed == _pressed(told)


def _left_out(what: str, numbers: set[int], name: str) -> Iterator[str]:
    for number in sorted(numbers):
        yield f"{what} {number} is in the journal, but not in {name}"


def _compared(
    what: str, rows: Mapping[Key, Row], told: Mapping[Key, Said], same: Callable[[Row, Said], bool]
) -> Iterator[str]:
    found = [f"{what} {key} is missing from its table: the journal has it" for key in told.keys() - rows.keys()]
    for key, row in rows.items():
        if key not in told:
            found.append(f"{what} {key} is in its table, but not in the journal")
        elif not same(row, told[key]):
            found.append(f"{what} {key} was altered: the journal says otherwise")
    yield from found[:_MOST]
    if len(found) > _MOST:
        yield "and more of the kind"


def _places(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Of devices on their floors' plans; none where an older store has no such table."""
    try:
        return {device: (x, y) for device, x, y in connection.execute("SELECT device, x, y FROM positions")}
    except sqlite3.OperationalError:
        return {}


def _rows(connection: sqlite3.Connection, table: str, type_: type[Row]) -> Iterator[Row]:
    """What the table has; nothing where an older store has no such table, or where a body can't be read."""
    try:
        rows = connection.execute(f"SELECT body FROM {table}").fetchall()
    except sqlite3.OperationalError:
        return
    for (body,) in rows:
        try:
            yield msgspec.json.decode(body, type=type_)
        except msgspec.DecodeError:
            continue
