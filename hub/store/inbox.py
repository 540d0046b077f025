"""What people order on the page, on its way to the core: a small database of its own.

The page never writes the store: it could hold up a panic, and nobody could trust figures that a page can change.
A command stays here until the core has carried it out, also across restarts.
"""

import sqlite3
import time
from pathlib import Path
from typing import Final

import msgspec

from hub.domain.commands import (
    AcceptTask,
    Acknowledge,
    Adopt,
    CloseFinding,
    Command,
    EndDrill,
    EndMaintenance,
    FinishRound,
    FinishTask,
    GiveBackTask,
    Inspected,
    Maintain,
    MoveFinding,
    PlaceDevices,
    Promote,
    RaiseFinding,
    Reset,
    RunProbe,
    Shelve,
    Signed,
    StartDrill,
    StartRound,
    TakeTask,
    TickRound,
    Unshelve,
    WriteNote,
)

KINDS: Final[dict[str, type[Command]]] = {
    "acknowledge": Acknowledge,
    "reset": Reset,
    "shelve": Shelve,
    "unshelve": Unshelve,
    "maintain": Maintain,
    "end_maintenance": EndMaintenance,
    "start_drill": StartDrill,
    "end_drill": EndDrill,
    "promote": Promote,
    "write_note": WriteNote,
    "run_probe": RunProbe,
    "inspected": Inspected,
    "adopt": Adopt,
    "take_task": TakeTask,
    "give_back_task": GiveBackTask,
    "finish_task": FinishTask,
    "accept_task": AcceptTask,
    "start_round": StartRound,
    "tick_round": TickRound,
    "finish_round": FinishRound,
    "place_devices": PlaceDevices,
    "signed": Signed,
    "raise_finding": RaiseFinding,
    "move_finding": MoveFinding,
    "close_finding": CloseFinding,
}

_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS commands (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS commands_open ON commands (id) WHERE answer IS NULL;
"""
_KEPT: Final = 1000


class Order(msgspec.Struct, frozen=True):
    """A command that waits for the core."""

    id: int
    command: Command


class Inbox:
    """Both sides open it: the page gives orders, the core takes them and answers. One thread at a time each."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.stem + "-commands.db")
        self.is_open = False

    def open(self) -> None:
        """Raises OSError or sqlite3.Error where the disk refuses."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=2)
        try:
            self._db.executescript(_SCHEMA)
        except sqlite3.Error:
            self._db.close()
            raise
        self._version = 0
        self.is_open = True

    def close(self) -> None:
        if self.is_open:
            self._db.close()
            self.is_open = False

    def give(self, command: Command) -> int:
        """Puts a command down durably; returns its number."""
        kind = next(kind for kind, type_ in KINDS.items() if isinstance(command, type_))
        cursor = self._db.execute(
            "INSERT INTO commands (at, kind, body) VALUES (?,?,?)",
            (time.time_ns() // 1_000_000, kind, msgspec.json.encode(command).decode()),
        )
        return int(cursor.lastrowid or 0)

    def answer_to(self, number: int) -> str | None:
        """What the core answered, None while it has not."""
        row = self._db.execute("SELECT answer FROM commands WHERE id = ?", (number,)).fetchone()
        return None if row is None else row[0]

    def changed(self) -> bool:
        """Whether the other side has written since the last call: cheap enough to ask several times a second."""
        version = int(self._db.execute("PRAGMA data_version").fetchone()[0])
        changed, self._version = version != self._version, version
        return changed

    def waiting(self) -> list[Order]:
        """Commands without an answer, oldest first."""
        rows = self._db.execute("SELECT id, kind, body FROM commands WHERE answer IS NULL ORDER BY id LIMIT 100")
        orders = []
        for number, kind, body in rows.fetchall():
            try:
                orders.append(Order(number, msgspec.json.decode(body, type=KINDS[kind])))
            except (KeyError, msgspec.DecodeError):
                self.answer(number, "not_understood")  # one bad order must not hold up those behind it
        return orders

    def answer(self, number: int, answer: str) -> None:
        """Closes a command, after what it caused was committed."""
        self._db.execute("UPDATE commands SET answer = ? WHERE id = ?", (answer, number))
        self._db.execute("DELETE FROM commands WHERE answer IS NOT NULL AND id <= ?", (number - _KEPT,))
