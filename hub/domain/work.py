"""What people do for the school, as the store keeps it: tasks, rounds, and what is known of the posters."""

from collections.abc import Mapping
from typing import Literal

import msgspec

TaskState = Literal["open", "taken", "said_done", "accepted", "closed"]
ItemKind = Literal["button", "exit", "poster"]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """The repair that the medium alarm `alarm` asks for. Times are UTC in ms, 0 where it has not happened.

    `said_done` waits for the sensor; only the end of the alarm makes it `closed`, or an inspector's word `accepted`,
    which holds while the alarm is put aside. `photos` are SHA-256 of the pictures, in hex; `closed_by` is "sensor",
    or "inspector" where the cause had been accepted until the end.
    """

    alarm: int
    state: TaskState = "open"
    taken_by: str = ""
    taken_at: int = 0
    done_by: str = ""
    done_at: int = 0
    note: str = ""
    photos: tuple[str, ...] = ()
    accepted_by: str = ""
    accepted_at: int = 0
    accept_reason: str = ""
    closed_at: int = 0
    closed_by: Literal["", "sensor", "inspector"] = ""


class Item(msgspec.Struct, frozen=True):
    """One thing to do on a round: press a button, open an emergency exit, scan a poster. `target` is its id."""

    kind: ItemKind
    target: str

    @property
    def key(self) -> str:
        """`button:panic-hall`."""
        return f"{self.kind}:{self.target}"


class Mark(msgspec.Struct, frozen=True):
    """How an item ended at `at` (UTC, ms): `fine` or not, by whom (empty: the hub itself saw it), and a note."""

    at: int
    fine: bool
    by: str = ""
    note: str = ""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A round through the school. `ticks` are by the items' keys. `finished_at` is 0 while it goes on."""

    id: int
    started_at: int
    started_by: str
    items: tuple[Item, ...]
    ticks: Mapping[str, Mark] = {}
    finished_at: int = 0
    finished_by: str = ""
    note: str = ""

    @property
    def done(self) -> int:
        """How many items have an end, good or bad."""
        return len(self.ticks)


PosterOutcome = Literal[
    "fine", "not_checked", "no_address", "no_connection", "not_secure", "not_found", "broken", "moved"
]  # fmt: skip


class PosterState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a poster: of its target by the hub's own daily look (`outcome`), and of the printed code by the
    caretaker's last scan (`scan_fine`, None while it was never scanned). Children's scans never touch the hub."""

    id: str
    outcome: PosterOutcome = "not_checked"
    detail: str = ""
    checked_at: int = 0
    scanned_at: int = 0
    scanned_by: str = ""
    scan_fine: bool | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What an inspector found wrong. `target` is `device:<id>`, `zone:<id>` or empty for the whole school, `due` a
    date. `closed_at` is 0 while it is open; `photos` are SHA-256 of the pictures that show the repair, in hex."""

    id: int
    text: str
    target: str
    assignee: str
    due: str
    raised_at: int
    raised_by: str
    closed_at: int = 0
    closed_by: str = ""
    evidence: str = ""
    photos: tuple[str, ...] = ()
