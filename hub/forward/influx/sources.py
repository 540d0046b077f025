"""What a database is fed from: each source reads on behind its own cursor, oldest first, a bounded part at a time."""

import sqlite3
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.decision import Reading
from hub.domain.now import Now
from hub.domain.site import Site
from hub.forward.influx.lines import Line
from hub.forward.influx.points import COARSE_SIGNALS, alarm_line, reading_line
from hub.forward.influx.quarters import GRACE_MS, Quarters, quarter_of
from hub.store.readings import read_after

BATCH: Final = 1000
"""Readings in one request: some 80 KB."""
_READ_AT_ONCE: Final = 20_000


class Part(msgspec.Struct, frozen=True):
    """Lines to be written; when all of them are settled the cursor moves to `end`. `lost` readings were deleted by
    the store before anybody read them here."""

    lines: tuple[Line, ...]
    end: int
    lost: int = 0


class Source(Protocol):
    """One stream with a cursor of its own."""

    suffix: str
    """What its cursor's name has behind the database's."""

    def after(self, reader: sqlite3.Connection, position: int, now: Now) -> Part:
        """What comes behind `position`; without lines and with `end` = `position` where there is nothing."""
        ...


class Readings:
    """All readings but those that leave the hub by the quarter of an hour."""

    suffix = ""

    def __init__(self, site: Site) -> None:
        self._site = site

    def after(self, reader: sqlite3.Connection, position: int, now: Now) -> Part:
        rows = read_after(reader, position, BATCH)
        if not rows:
            return Part((), min(position, newest_reading(reader)))
        # Numbers are given without gaps, so a gap behind the cursor is what the store did not keep long enough. A new
        # database gets what there is, and has lost nothing.
        lost = rows[0][0] - position - 1 if position else 0
        lines = [
            Line(number, text) for number, reading in rows if (text := reading_line(self._site, reading)) is not None
        ]
        return Part(tuple(lines), rows[-1][0], lost)


class Alarms:
    """Every change of an alarm, out of the journal."""

    suffix = ":alarms"

    def __init__(self, site: Site) -> None:
        self._site = site

    def after(self, reader: sqlite3.Connection, position: int, now: Now) -> Part:
        query = "SELECT no, at, kind, body FROM journal WHERE no > ? ORDER BY no LIMIT ?"
        rows = reader.execute(query, (position, BATCH)).fetchall()
        lines = [Line(no, alarm_line(self._site, _alarm(body), at)) for no, at, kind, body in rows if kind == "alarm"]
        return Part(tuple(lines), rows[-1][0] if rows else position)


class Occupancy:
    """Quarters of an hour, each told when it is over.

    The cursor stays before the first reading of the unfinished quarter, which is put together again after a restart.
    """

    suffix = ":quarters"

    def __init__(self, site: Site) -> None:
        self._site = site
        self._quarters: Quarters | None = None
        self._told = 0

    def after(self, reader: sqlite3.Connection, position: int, now: Now) -> Part:
        begun = quarter_of(now.wall - GRACE_MS)
        if begun == self._told:
            return Part((), position)
        if self._quarters is None:
            self._quarters = self._remembered(reader, position)
        newest = newest_reading(reader)
        end = min(newest, position + _READ_AT_ONCE)
        texts: list[str] = []
        for number, reading in _coarse(reader, position, end):
            if begun <= reading.at <= now.wall:
                newest = end = number - 1
                break
            texts += self._quarters.take(reading)
        if end >= newest:
            texts += self._quarters.over(now.wall)
            self._told = begun
        return Part(tuple(Line(end, text) for text in texts), end)

    def _remembered(self, reader: sqlite3.Connection, position: int) -> Quarters:
        """With who was there when the cursor was written; what that tells has been told."""
        quarters = Quarters(self._site)
        for _, reading in _coarse(reader, position - _READ_AT_ONCE, position):
            quarters.take(reading)
        return quarters


SOURCES: Final[tuple[Callable[[Site], Source], ...]] = (Alarms, Readings, Occupancy)
"""In the order in which they are asked: what is rare and grave first."""


def newest_reading(reader: sqlite3.Connection) -> int:
    """The number of the last reading, 0 where there is none."""
    return int(reader.execute("SELECT coalesce(max(id), 0) FROM readings").fetchone()[0])


def _coarse(reader: sqlite3.Connection, after: int, end: int) -> list[tuple[int, Reading]]:
    rows = reader.execute(
        "SELECT r.id, d.id, s.id, r.at, r.value, r.retained FROM readings r"
        " JOIN devices d ON d.no = r.device JOIN signals s ON s.no = r.signal"
        " WHERE r.id > ? AND r.id <= ? AND s.id IN (?, ?, ?) ORDER BY r.id",
        (after, end, *COARSE_SIGNALS),
    ).fetchall()
    return [
        (number, Reading(device, signal, at, value if isinstance(value, str) else bool(value), bool(retained)))
        for number, device, signal, at, value, retained in rows
    ]


def _alarm(body: str) -> Alarm:
    return msgspec.json.decode(body, type=_Change).alarm


class _Change(msgspec.Struct):
    alarm: Alarm
