"""The store's one writer: whatever was decided is on the disk when `commit` returns, or nothing of it is."""

import contextlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from hub.domain.decision import Decision, Reading
from hub.domain.rules.battery import KEPT_DAYS, TELLING
from hub.store.database import open_writer
from hub.store.decided import Decided
from hub.store.readings import Fold, Numbers, write_snapshot

REJECTED_KEPT: Final = 1000
QUARANTINED_KEPT: Final = 1000
PAYLOAD_KEPT: Final = 512
"""Bytes of a refused message that are kept: enough to see what it was."""


class Rejected(msgspec.Struct, frozen=True):
    """A refused message as it is kept."""

    at: int
    topic: str
    device: str
    reason: str
    detail: str
    payload: bytes


class Quarantined(msgspec.Struct, frozen=True):
    """A point that a database would not take."""

    name: str
    reading: int
    at: int
    line: str
    reason: str


class DatabaseState(msgspec.Struct, frozen=True):
    """How it stands with one database since `since` (UTC, ms). `outcome` is one of hub.forward.channel.Outcome, empty
    while up; `last_write_at` is the last success before this state. Counted since the store was made: `lost` readings
    were deleted for their age before they could be written, `too_old` points were older than the database keeps
    anything, `refused` ones it did not take for another reason."""

    name: str
    state: Literal["up", "down"]
    since: int
    outcome: str = ""
    detail: str = ""
    last_write_at: int = 0
    lost: int = 0
    too_old: int = 0
    refused: int = 0


class Upkeep(msgspec.Struct, frozen=True):
    """What rides along with the next batch: cursors of databases, how they are, points they refused, the snapshot of
    readings, and the age (UTC, ms) before which readings are no longer kept. None of it is urgent; a database's new
    state is seen within seconds."""

    cursors: tuple[tuple[str, int], ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    snapshot: Fold | None = None
    keep_readings_from: int = 0
    databases: tuple[DatabaseState, ...] = ()


TakeOver = Callable[[sqlite3.Connection, Sequence[Decision]], Sequence[Decision]]


class Store:
    """Opened, it holds the only writing connection; all methods are called from one thread. One that could not be
    opened is tried again with each commit; `take_over` then sees what is in it before anything is written: it says
    what is to be, or refuses by raising sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_open = False
        self.take_over: TakeOver = lambda found, decisions: decisions

    def open(self) -> None:
        """Raises sqlite3.Error where the disk refuses, of which NewerSchema is for a file from the future."""
        self._db = open_writer(self.path)
        try:
            self._begin()
        except sqlite3.Error:
            self._db.close()
            raise
        self.is_open = True

    def _begin(self) -> None:
        self._decided = Decided(self._db)
        with self._transaction():
            # Part of every event id: a store that is made anew must never use an old one's ids again.
            self._db.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('epoch', ?)", (secrets.token_hex(4),))
            self._db.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('rejected', '0')")
        self._read_numbers()

    def close(self) -> None:
        if self.is_open:
            self._db.close()
            self.is_open = False

    @property
    def connection(self) -> sqlite3.Connection:
        """For reading at start, in the writer's own thread."""
        return self._db

    def commit(
        self,
        decisions: Sequence[Decision],
        rejected: Sequence[Rejected] = (),
        upkeep: Sequence[Upkeep] = (),
        *,
        sparing: bool = False,
    ) -> None:
        """One transaction for all of it; `sparing` keeps alarms alone, on a disk that is full but for its reserve.
        Raises sqlite3.Error where the disk refuses; nothing was changed then."""
        late = not self.is_open
        if late:
            self.open()
        if sparing:
            rejected, upkeep = (), ()
        try:
            with self._transaction():
                if late:
                    decisions = self.take_over(self._db, decisions)
                if not sparing:
                    self._write_readings([reading for decision in decisions for reading in decision.readings])
                for decision in decisions:
                    if decision.urgent:
                        self._decided.write(decision)
                self._write_rejected(rejected)
                for work in upkeep:
                    self._write_upkeep(work)
        except sqlite3.Error:
            if late:  # what is in it is to be looked at again: the decisions were not yet fitted to it
                self.close()
            else:
                self._read_numbers()
                self._decided.read_head()
            raise

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:  # whatever ended it: no transaction may stay open
            with contextlib.suppress(sqlite3.Error):  # the first error is the one to be told
                self._db.execute("ROLLBACK")
            raise

    def _read_numbers(self) -> None:
        self._devices, self._signals = Numbers(self._db, "devices"), Numbers(self._db, "signals")
        self._trend_days: dict[tuple[str, str], int] = {}
        self._rejected = int(self._db.execute("SELECT value FROM meta WHERE key = 'rejected'").fetchone()[0])

    def _write_readings(self, readings: Sequence[Reading]) -> None:
        device, signal, db = self._devices.number, self._signals.number, self._db
        self._db.executemany(
            "INSERT INTO readings (device, signal, at, value, retained) VALUES (?,?,?,?,?)",
            [(device(db, r.device), signal(db, r.signal), r.at, r.value, r.retained) for r in readings],
        )
        self._write_trends(readings)

    def _write_trends(self, readings: Sequence[Reading]) -> None:
        """One value a day of each battery; those of before the last months are let go with the new one."""
        for r in readings:
            day = r.at // 86_400_000
            key = (r.device, r.signal)
            if r.signal not in TELLING or r.retained or self._trend_days.get(key) == day:
                continue
            self._db.execute("INSERT OR IGNORE INTO trends (device, signal, day, value) VALUES (?,?,?,?)",
                             (*key, day, r.value))  # fmt: skip
            self._db.execute("DELETE FROM trends WHERE device = ? AND signal = ? AND day <= ?",
                             (*key, day - KEPT_DAYS))  # fmt: skip
            self._trend_days[key] = day

    def _write_rejected(self, rejected: Sequence[Rejected]) -> None:
        if not rejected:
            return
        for number, r in enumerate(rejected, start=self._rejected):
            self._db.execute(
                "INSERT OR REPLACE INTO rejected (slot, at, topic, device, reason, detail, payload)"
                " VALUES (?,?,?,?,?,?,?)",
                (number % REJECTED_KEPT, r.at, r.topic, r.device, r.reason, r.detail, r.payload[:PAYLOAD_KEPT]),
            )
            self._db.execute(
                "INSERT INTO rejected_counts (reason, count) VALUES (?, 1)"
                " ON CONFLICT (reason) DO UPDATE SET count = count + 1",
                (r.reason,),
            )
        self._rejected += len(rejected)
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'rejected'", (str(self._rejected),))

    def _write_upkeep(self, work: Upkeep) -> None:
        for name, reading in work.cursors:
            self._db.execute(
                "INSERT OR REPLACE INTO cursors (name, reading, at) VALUES (?,?,?)",
                (name, reading, time.time_ns() // 1_000_000),
            )
        for database in work.databases:
            self._db.execute(
                "INSERT OR REPLACE INTO databases (name, body) VALUES (?,?)",
                (database.name, msgspec.json.encode(database).decode()),
            )
        for q in work.quarantined:
            self._db.execute(
                "INSERT INTO quarantined (name, reading, at, line, reason) VALUES (?,?,?,?,?)",
                (q.name, q.reading, q.at, q.line, q.reason),
            )
        if work.quarantined:
            self._db.execute(
                "DELETE FROM quarantined WHERE id <= (SELECT max(id) FROM quarantined) - ?", (QUARANTINED_KEPT,)
            )
        if work.snapshot is not None:
            write_snapshot(self._db, work.snapshot)
        if work.keep_readings_from:
            self._db.execute(
                "DELETE FROM readings WHERE id IN"
                " (SELECT id FROM (SELECT id, at FROM readings ORDER BY id LIMIT 500) WHERE at < ?)",
                (work.keep_readings_from,),
            )
