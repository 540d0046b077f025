"""Opening the database file: durable for the one writer, read-only for everybody else, always at the newest schema."""

import os
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


class NewerSchema(sqlite3.DatabaseError):
    """The file was written by a newer version of the hub; nothing was changed."""


class _Still(sqlite3.Connection):
    """Was opened while the disk took no writes. It may never see what a writer changes, and while it is open SQLite
    lets nobody of this process write."""


def open_writer(path: Path) -> sqlite3.Connection:
    """The core's connection: makes the file and its folder where there are none, and migrates it.

    Raises sqlite3.Error where the disk refuses, of which NewerSchema is for a file from the future.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise sqlite3.OperationalError(f"{path.parent} can't be made: {error.strerror}") from None
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    try:
        connection.executescript(_WRITER_PRAGMAS)
        _migrate(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that can't change anything. Raises sqlite3.Error while there is no file that can be read.

    Keep reads short: an open one holds the write-ahead log back from shrinking. On a disk that takes no writes SQLite
    can't make the index of a log; where there is no log, it need not.
    """
    try:
        return _read_only(path, "mode=ro", sqlite3.Connection if os.access(path, os.W_OK) else _Still)
    except sqlite3.OperationalError:
        if not path.exists() or _has_log(path):
            raise
    return _read_only(path, "mode=ro&immutable=1", _Still)


def is_still(reader: sqlite3.Connection) -> bool:
    """Whether it was opened while the disk took no writes: not to be kept open longer than for one look, or until
    the file's `condition` changes."""
    return isinstance(reader, _Still)


def condition(path: Path) -> tuple[bool, bool]:
    """What of the file changes when a disk takes writes again."""
    return os.access(path, os.W_OK), _has_log(path)


def _has_log(path: Path) -> bool:
    """Whether something is in the write-ahead log beside the database file."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False


def _read_only(path: Path, how: str, factory: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, check_same_thread=False, timeout=2,
        factory=factory,
    )  # fmt: skip
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
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
