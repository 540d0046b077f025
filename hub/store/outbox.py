"""What waits for a channel, read by its worker. Rows are written and settled by the store's one writer."""

import sqlite3
from collections.abc import Collection

import msgspec

from hub.domain.alerts import Alert


class Waiting(msgspec.Struct, frozen=True):
    """One row that is neither delivered nor refused. `attempts` counts those already made."""

    alert: Alert
    attempts: int
    rank: int


def next_due(connection: sqlite3.Connection, channel: str, wall: int, apart: Collection[str]) -> Waiting | None:
    """The row to send now, leaving out the events in `apart`: what became of them is not on the disk yet.

    The most urgent priority comes first, in it the newest alarm, so that a fresh critical alarm never waits behind
    old ones; within one alarm the order in which things happened.
    """
    row = connection.execute(
        "SELECT body, attempts, rank FROM outbox WHERE channel = ? AND settled IS NULL AND due_at <= ?"
        " AND event_id NOT IN (SELECT value FROM json_each(?)) ORDER BY rank, alarm DESC, id LIMIT 1",
        (channel, wall, msgspec.json.encode(list(apart)).decode()),
    ).fetchone()
    return Waiting(msgspec.json.decode(row[0], type=Alert), row[1], row[2]) if row else None
