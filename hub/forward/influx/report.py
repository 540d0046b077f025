"""What a feeder says about its database: in the store for the page, when it changes, and in the log."""

import logging
import sqlite3
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from hub.domain.now import Now
from hub.forward.influx.http import Down, Refused
from hub.store.store import DatabaseState, Quarantined, Upkeep

log = logging.getLogger(__name__)


class Report:
    """Nothing is written while nothing changes: an SD card counts every page."""

    def __init__(self, name: str, post: Callable[[Upkeep], None]) -> None:
        self._name, self._post = name, post
        self._state: DatabaseState | None = None
        self._written_at = self._lost = self._too_old = self._refused = 0
        self._told: set[str] = set()

    def load(self, reader: sqlite3.Connection) -> None:
        """Goes on from what was said before the start."""
        row = reader.execute("SELECT body FROM databases WHERE name = ?", (self._name,)).fetchone()
        if row is not None:
            self._state = msgspec.json.decode(row[0], type=DatabaseState)
            self._written_at, self._lost = self._state.last_write_at, self._state.lost
            self._too_old, self._refused = self._state.too_old, self._state.refused

    def up(self, now: Now) -> None:
        """A write succeeded."""
        self._written_at = now.wall
        if self._state is None or self._state.state != "up":
            log.info("%s: the database takes what is written", self._name)
            self._say(DatabaseState(self._name, "up", now.wall))
        elif (self._state.lost, self._state.too_old) != (self._lost, self._too_old):
            self._say(self._state)

    def down(self, down: Down, now: Now) -> None:
        """A write failed; told once for each different reason."""
        before = self._state
        detail = str(down)
        if before is not None and (before.state, before.outcome, before.detail) == ("down", down.outcome, detail):
            return
        log.warning("%s: the database is down: %s: %s", self._name, down.outcome, detail)
        since = before.since if before is not None and before.state == "down" else now.wall
        self._say(DatabaseState(self._name, "down", since, down.outcome, detail))

    def lost(self, count: int) -> None:
        """Readings were deleted for their age before they were written."""
        self._lost += count
        log.warning("%s: %d readings were deleted for their age before the database was back", self._name, count)
        if self._state is not None:
            self._say(self._state)

    def too_old(self, count: int) -> None:
        """The database keeps nothing as old as these."""
        self._too_old += count
        self._once("too_old", "%s: the database keeps nothing so old: points are left out", self._name)

    def quarantined(self, first: Quarantined, count: int) -> None:
        """The database would not take `count` points."""
        self._refused += count
        log.warning("%s: %d points refused, the first: %s: %s", self._name, count, first.reason, first.line)
        if self._state is not None:
            self._say(self._state)

    def figures_refused(self, refused: Refused) -> None:
        self._once("figures", "%s: the hub's own figures are refused: %s", self._name, refused)

    def unreadable(self, error: sqlite3.Error) -> None:
        """The store itself can't be read."""
        self._once(f"store {error}", "%s: the store can't be read: %s", self._name, error)

    def _once(self, topic: str, text: str, *values: object) -> None:
        if topic not in self._told and len(self._told) < 100:
            self._told.add(topic)
            log.warning(text, *values)

    def _say(self, state: DatabaseState) -> None:
        counts = {"lost": self._lost, "too_old": self._too_old, "refused": self._refused}
        self._state = replace(state, last_write_at=self._written_at, **counts)
        self._post(Upkeep(databases=(self._state,)))
