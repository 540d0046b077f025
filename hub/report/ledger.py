"""What the journal says about alarms, presses, deliveries and probes, held against the tables that people read."""

import sqlite3
from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from hub.report.chain import Line
from hub.report.told import Told
from hub.store.album import Album

_Row = tuple[object, ...]
_MOST: Final = 20
"""Disagreements of a kind that are named; a store with more is beyond doubt."""


class _AlarmBody(msgspec.Struct, frozen=True):
    alarm: msgspec.Raw
    told: tuple[str, ...] | None = None


class _Numbers(msgspec.Struct, frozen=True):
    id: int
    changes: int


class _Press(msgspec.Struct, frozen=True):
    device: str
    boot: int | None = None
    seq: int | None = None
    event: str = "test_press"
    alarm: int = 0


class _Delivery(msgspec.Struct, frozen=True):
    channel: str
    event_id: str
    settled: str
    attempts: Annotated[int, msgspec.Meta(ge=0)]


class _Probe(msgspec.Struct, frozen=True):
    probe: int
    latency: int | None
    failed: str
    receipts: dict[str, int]


class Ledger:
    """`take` each record of the journal, in its order; then `disagreements` with the tables of the same moment."""

    def __init__(self) -> None:
        self.alarms: dict[int, tuple[int, bytes]] = {}
        self._presses: dict[_Row, list[int]] = {}
        self._settled: dict[tuple[str, str], tuple[int, _Row]] = {}
        self._probes: dict[int, tuple[int, _Probe]] = {}
        self._deeds = Told()
        self._told: dict[tuple[str, int, int], int] = {}

    def take(self, line: Line) -> None:
        """One more record. A body that this version can't read says nothing about the tables."""
        self._deeds.take(line)
        try:
            if line.kind == "alarm":
                self._take_alarm(line)
            elif line.kind in ("press", "test_press"):
                press = msgspec.json.decode(line.body, type=_Press)
                key = (press.device, press.event, line.at, press.boot, press.seq, press.alarm)
                self._presses.setdefault(key, []).append(line.no)
            elif line.kind == "delivery":
                said = msgspec.json.decode(line.body, type=_Delivery)
                message = (said.channel, said.event_id)
                self._settled.setdefault(message, (line.no, (said.settled, said.attempts, line.at)))
            elif line.kind == "probe":
                probe = msgspec.json.decode(line.body, type=_Probe)
                self._probes[probe.probe] = (line.no, probe)
        except msgspec.DecodeError:
            return

    def _take_alarm(self, line: Line) -> None:
        body = msgspec.json.decode(line.body, type=_AlarmBody)
        numbers = msgspec.json.decode(body.alarm, type=_Numbers)
        self.alarms[numbers.id] = (line.no, bytes(body.alarm))
        for channel in body.told or ():
            self._told[(channel, numbers.id, numbers.changes)] = line.no

    def disagreements(self, connection: sqlite3.Connection) -> Iterator[str]:
        """Each row that the journal says otherwise of, in words; at most a score of each kind."""
        for check in (self._of_alarms, self._of_presses, self._of_outbox, self._of_probes):
            for count, text in enumerate(check(connection)):
                if count == _MOST:
                    yield "and more of the kind"
                    break
                yield text
        yield from self._deeds.against_tables(connection)

    def against_album(self, album: Album) -> Iterator[str]:
        """Each photograph that is not there any more as the journal has it."""
        for of, photo in self._deeds.photographs():
            if album.read(photo) is None:
                yield f"a photograph of {of} is missing or was exchanged: {photo}.jpg"

    def _of_alarms(self, connection: sqlite3.Connection) -> Iterator[str]:
        left = dict(self.alarms)
        for number, open_, device, type_, raised_at, body in connection.execute(
            "SELECT id, open, device, type, raised_at, body FROM alarms ORDER BY id"
        ):
            if number not in left:
                yield f"alarm {number} is in the table, but not in the journal"
                continue
            record, last = left.pop(number)
            said = msgspec.json.decode(last)
            columns = (bool(open_), device, type_, raised_at)
            if _decoded(body) != said or columns != _columns(said):
                yield f"alarm {number} was altered: the journal's last word about it is record {record}"
        for number, (record, _body) in left.items():
            yield f"alarm {number} is missing from the table: the journal has it in record {record}"

    def _of_presses(self, connection: sqlite3.Connection) -> Iterator[str]:
        left = {key: list(records) for key, records in self._presses.items()}
        for row in connection.execute("SELECT device, event, at, boot, seq, alarm FROM presses ORDER BY id"):
            if records := left.get(tuple(row)):
                records.pop()
            else:
                yield f"a press of {row[0]} ({_numbers(row[3], row[4])}) is in the table, but not so in the journal"
        for key, records in left.items():
            for record in records:
                press = f"a press of {key[0]} ({_numbers(key[3], key[4])})"
                yield f"{press} is missing: the journal has it in record {record}"

    def _of_probes(self, connection: sqlite3.Connection) -> Iterator[str]:
        left = dict(self._probes)
        try:
            rows = connection.execute("SELECT id, latency, body FROM probes WHERE ended_at IS NOT NULL").fetchall()
        except sqlite3.OperationalError:  # an older store has no such table
            return
        for number, latency, body in rows:
            if number not in left:
                yield f"probe {number} is in the table, but not in the journal"
                continue
            record, said = left.pop(number)
            if latency != said.latency or not _is_probe(body, said):
                yield f"probe {number} was altered: the journal's word about it is record {record}"
        for number, (record, _said) in left.items():
            yield f"probe {number} is missing from the table: the journal has it in record {record}"

    def _of_outbox(self, connection: sqlite3.Connection) -> Iterator[str]:
        settled, told = dict(self._settled), dict(self._told)
        for channel, event_id, alarm, outcome, attempts, at in connection.execute(
            "SELECT channel, event_id, alarm, settled, attempts, settled_at FROM outbox ORDER BY id"
        ):
            record, said = settled.pop((channel, event_id), (0, (None, None, None)))
            if outcome is not None and (outcome, attempts, at) != said:
                where = f"record {record} says otherwise" if record else "the journal knows nothing of it"
                yield f"message {event_id} through {channel} is {outcome}: {where}"
            elif outcome is None and record:
                yield f"message {event_id} through {channel} waits: record {record} says that it was settled"
            if alarm and alarm in self.alarms:
                told.pop((channel, alarm, _change(event_id)), None)
        for (channel, event_id), (record, _said) in settled.items():
            yield f"message {event_id} through {channel} is missing: the journal settled it in record {record}"
        for (channel, alarm, change), record in told.items():
            if not any(key[0] == channel and key[1].endswith(f"-{alarm}-{change}") for key in settled):
                yield f"message {change} of alarm {alarm} through {channel} is missing: record {record} sent it"


def _columns(alarm: dict[str, object]) -> tuple[object, ...]:
    return alarm.get("state") != "normal", alarm.get("device"), alarm.get("type"), alarm.get("raised_at")


def _is_probe(body: str, said: _Probe) -> bool:
    row = _decoded(body)
    found = (row.get("latency"), row.get("failed"), row.get("receipts")) if isinstance(row, dict) else ()
    return found == (said.latency, said.failed, said.receipts)


def _decoded(body: str) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _numbers(boot: object, seq: object) -> str:
    return "not numbered" if boot is None else f"boot {boot}, number {seq}"


def _change(event_id: str) -> int:
    last = event_id.rsplit("-", 1)[-1]
    return int(last) if last.isascii() and last.isdecimal() else 0
