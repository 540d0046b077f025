"""The journal: an append-only chain in which each entry's hash covers the one before it."""

import hashlib
import sqlite3
from typing import Final, Literal

import msgspec

from hub.domain.alerts import Head
from hub.domain.decision import Entry

GENESIS: Final = "0" * 64


class Journal:
    """Appends inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.read_head()

    def read_head(self) -> None:
        """Takes the last entry from the file: at start, and after a transaction that was rolled back."""
        head = read_head(self._db)
        self.no, self.head = (head.no, head.hash) if head is not None else (0, GENESIS)

    def append(self, entry: Entry) -> None:
        """Adds `entry` behind the last one."""
        body = msgspec.json.encode(entry.body, order="deterministic").decode()
        number = self.no + 1
        digest = link(self.head, number, entry.at, entry.kind, body)
        self._db.execute(
            "INSERT INTO journal (no, at, kind, body, hash) VALUES (?,?,?,?,?)",
            (number, entry.at, entry.kind, body, digest),
        )
        self.no, self.head = number, digest


def read_head(connection: sqlite3.Connection) -> Head | None:
    """The last entry, None while the journal is empty."""
    row = connection.execute("SELECT no, hash FROM journal ORDER BY no DESC LIMIT 1").fetchone()
    return Head(int(row[0]), str(row[1])) if row else None


def last_body(connection: sqlite3.Connection, kind: Literal["config", "inspection"]) -> str | None:
    """The JSON body of the last entry of a rare kind, None where there is none. These kinds have an index."""
    row = connection.execute(
        "SELECT body FROM journal WHERE kind = ? AND kind IN ('config', 'inspection') ORDER BY no DESC LIMIT 1", (kind,)
    ).fetchone()
    return None if row is None else str(row[0])


def link(previous: str, number: int, at: int, kind: str, body: str) -> str:
    """SHA-256, in hex, over the entry before and this one: `previous|number|at|kind|body` in UTF-8."""
    return hashlib.sha256(f"{previous}|{number}|{at}|{kind}|{body}".encode()).hexdigest()
