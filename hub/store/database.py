"""Opening the database file: durable for the one writer, read-only for everybody else, always at the newest schema."""

import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Final

BUSY_MS: Final = 1000
"""Nobody else writes the store; somebody with a database shell must not hold up a panic for long."""

# WAL + FULL lost no committed row in simulated power cuts; WAL + NORMAL lost rows in every one of them.
# Checkpoints are made by `checkpoint` in their own thread: a panic must not wait for one.
_WRITER_PRAGMAS: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 8388608;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
"""

MIGRATIONS: Final = (
    "schema.sql", "anchors.sql", "life.sql", "drills.sql", "links.sql", "work.sql", "notes.sql", "findings.sql",
)  # fmt: skip
"""Scripts in the order in which they are applied; PRAGMA user_version counts how many were."""


class NewerSchema(Exception):
    """The file was written by a newer version of the hub; nothing was changed."""


def open_writer(path: Path) -> sqlite3.Connection:
    """The core's connection: makes the file and its folder where there are none, and migrates it.

    Raises OSError or sqlite3.Error where the disk refuses, NewerSchema for a file from the future.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    connection.executescript(_WRITER_PRAGMAS)
    _migrate(connection)
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that can't change anything. Raises sqlite3.OperationalError while there is no file.

    Keep reads short: an open one holds the write-ahead log back from shrinking.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=2
    )
    connection.row_factory = sqlite3.Row
    return connection


def checkpoint(path: Path) -> None:
    """Moves what the write-ahead log holds into the database file, without holding up the writer."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()


def _migrate(connection: sqlite3.Connection) -> None:
    done: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(MIGRATIONS):
        raise NewerSchema(f"the store has schema {done}, this hub knows {len(MIGRATIONS)}: install the newer hub")
    for number, name in enumerate(MIGRATIONS[done:], start=done + 1):
        script = files("hub.store").joinpath(name).read_text(encoding="utf-8")
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
