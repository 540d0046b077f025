"""What waits for a channel, read by its worker. Rows are written and settled by the store's one writer."""

import sqlite3

import msgspec

from hub.domain.alerts import Alert


class Waiting(msgspec.Struct, frozen=True):
    """One row that is neither delivered nor refused. `attempts` counts those already made."""

    alert: Alert
    attempts: int
    rank: int


def next_due(connection: sqlite3.Connection, channel: str, wall: int) -> Waiting | None:
    """The row to send now: the most urgent priority first, its newest alarm first, so that a fresh critical alarm
    never waits behind old ones; within one alarm in the order in which things happened."""
    row = connection.execute(
        "SELECT body, attempts, rank FROM outbox WHERE channel = ? AND settled IS NULL AND due_at <= ?"
        " ORDER BY rank, alarm DESC, id LIMIT 1",
        (channel, wall),
    ).fetchone()
    return Waiting(msgspec.json.decode(row[0], type=Alert), row[1], row[2]) if row else None


def next_due_at(connection: sqlite3.Connection, channel: str) -> int | None:
    """When the next row falls due (UTC, ms), None where nothing waits."""
    query = "SELECT min(due_at) FROM outbox WHERE channel = ? AND settled IS NULL"
    due: int | None = connection.execute(query, (channel,)).fetchone()[0]
    return due
