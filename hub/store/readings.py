"""Readings on disk and their fold: what is known now is the last snapshot plus the readings after it.

The core rebuilds its state with this at start; the page follows the readings with it, so that live values cost no
writes of their own.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from hub.domain.decision import Reading
from hub.domain.signals import EVENTS, SIGNALS, Value

_BATCH: Final = 2_000


class Last(msgspec.Struct, frozen=True, gc=False):
    """The last value of a signal: when it was said and since when it has been so (UTC, ms). `retained`: it is the
    broker's memory of it."""

    value: Value
    at: int
    since: int
    retained: bool


class Numbers:
    """The short numbers under which devices or signals stand in readings, as the table holds them now."""

    def __init__(self, connection: sqlite3.Connection, table: Literal["devices", "signals"]) -> None:
        self._table = table
        self.names: dict[int, str] = dict(connection.execute(f"SELECT no, id FROM {table}"))
        self._numbers = {name: number for number, name in self.names.items()}

    def number(self, connection: sqlite3.Connection, name: str) -> int:
        """The number of `name`, given to it now where it has none, inside the caller's transaction. After a rollback
        these numbers are to be read anew."""
        known = self._numbers.get(name)
        if known is None:
            cursor = connection.execute(f"INSERT INTO {self._table} (id) VALUES (?)", (name,))
            known = self._numbers[name] = int(cursor.lastrowid or 0)
            self.names[known] = name
        return known


class Fold:
    """What is known by now of every device's signals. `position` is the last reading it contains."""

    def __init__(self) -> None:
        self.position = 0
        self.latest: dict[tuple[str, str], Last] = {}
        self.seen: dict[str, int] = {}

    def load(self, connection: sqlite3.Connection) -> None:
        """Starts from the snapshot and follows the readings after it to the end."""
        devices, signals = Numbers(connection, "devices"), Numbers(connection, "signals")
        row = connection.execute("SELECT value FROM meta WHERE key = 'snapshot'").fetchone()
        self.position = int(row[0]) if row else 0
        query = "SELECT device, signal, value, at, since, retained FROM latest"
        for device, signal, value, at, since, retained in connection.execute(query):
            name = signals.names[signal]
            self.latest[devices.names[device], name] = Last(_typed(name, value), at, since, bool(retained))
        self.seen = {devices.names[device]: at for device, at in connection.execute("SELECT device, at FROM seen")}
        self.follow(connection)

    def follow(self, connection: sqlite3.Connection) -> bool:
        """Takes over the readings that have come since; True where there were any."""
        start = self.position
        while rows := read_after(connection, self.position, _BATCH):
            for position, reading in rows:
                self.take(reading)
                self.position = position
        return self.position > start

    def copy(self) -> "Fold":
        """One that stays as this one is now, for another thread."""
        twin = Fold()
        twin.position, twin.latest, twin.seen = self.position, dict(self.latest), dict(self.seen)
        return twin

    def take(self, reading: Reading) -> None:
        """One more reading, in the order in which they came."""
        key = (reading.device, reading.signal)
        last = self.latest.get(key)
        since = last.since if last is not None and last.value == reading.value else reading.at
        self.latest[key] = Last(reading.value, reading.at, since, reading.retained)
        if is_life(reading):
            self.seen[reading.device] = reading.at


def is_life(reading: Reading) -> bool:
    """Whether the device itself spoke: a retained value and "offline" are the broker's words."""
    return not reading.retained and not (reading.signal == "reachable" and reading.value is False)


def read_after(connection: sqlite3.Connection, position: int, limit: int) -> list[tuple[int, Reading]]:
    """The next readings after `position`, oldest first, at most `limit`, each with its own position."""
    rows = connection.execute(
        "SELECT r.id, d.id, s.id, r.at, r.value, r.retained FROM readings r"
        " JOIN devices d ON d.no = r.device JOIN signals s ON s.no = r.signal"
        " WHERE r.id > ? ORDER BY r.id LIMIT ?",
        (position, limit),
    ).fetchall()
    return [
        (number, Reading(device, signal, at, _typed(signal, value), bool(retained)))
        for number, device, signal, at, value, retained in rows
    ]


def write_snapshot(connection: sqlite3.Connection, fold: Fold) -> None:
    """Replaces the snapshot, inside the caller's transaction. All devices of the fold have numbers already."""
    devices, signals = Numbers(connection, "devices"), Numbers(connection, "signals")
    rows = [
        (devices.number(connection, device), signals.number(connection, signal), last.at, last.since, last.value,
         last.retained)
        for (device, signal), last in fold.latest.items()
    ]  # fmt: skip
    connection.execute("DELETE FROM latest")
    connection.executemany("INSERT INTO latest (device, signal, at, since, value, retained) VALUES (?,?,?,?,?,?)", rows)
    seen: Iterable[tuple[int, int]] = ((devices.number(connection, device), at) for device, at in fold.seen.items())
    connection.executemany("INSERT OR REPLACE INTO seen (device, at) VALUES (?,?)", list(seen))
    connection.execute("INSERT OR IGNORE INTO first_seen (device, at) SELECT device, at FROM seen")
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('snapshot', ?)", (str(fold.position),))


def _typed(signal: str, value: object) -> Value:
    """SQLite keeps flags as 0 and 1; only the signal's name tells them from figures."""
    form = SIGNALS[signal].form if signal in SIGNALS else "flag"
    if signal in EVENTS or form == "flag":
        return bool(value)
    if isinstance(value, int | float | str):
        return value
    raise TypeError(f"{signal} holds {type(value).__name__}")
