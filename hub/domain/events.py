"""What can happen to the hub. Each event enters `decide`, together with the moment at which it did."""

from typing import Literal

import msgspec

from hub.domain.commands import Command
from hub.domain.decision import Anchor
from hub.domain.reports import Linked, Report
from hub.domain.work import PosterOutcome


class Tick(msgspec.Struct, frozen=True):
    """Time has passed: delays and silence are judged. A large school is judged in `parts`, so that a press waits for
    one part at the most: each judges every `parts`-th device, the first also what concerns the school as a whole."""

    part: int = 0
    parts: int = 1


class Started(msgspec.Struct, frozen=True):
    """The hub has built its state from the store and begins to listen."""


class Flooded(msgspec.Struct, frozen=True):
    """A device sends more messages than are let in: `rate` a second, 0 when it has calmed down. Messages of no
    device are the hub's: `hub`."""

    device: str
    rate: float


class Attempted(msgspec.Struct, frozen=True):
    """A channel tried to send one alert. `settled` is empty where the row is kept, then due again at `due_at`
    (UTC, ms). `line_ok` is whether the line itself works, whatever became of this alert; None where that can't be
    told from it."""

    channel: str
    event_id: str
    outcome: str
    detail: str
    attempts: int
    at: int
    settled: Literal["", "delivered", "accepted", "refused"]
    due_at: int
    line_ok: bool | None


class LineChecked(msgspec.Struct, frozen=True):
    """A heartbeat came back as a proof, or did not. `anchor` is what the proof says about the journal."""

    channel: str
    outcome: str
    detail: str
    at: int
    line_ok: bool
    anchor: Anchor | None = None


class StoreChecked(msgspec.Struct, frozen=True):
    """The store refused to keep something, for the reason in `problem`; empty: it keeps everything again."""

    problem: str


class DiskChecked(msgspec.Struct, frozen=True):
    """Bytes that are free, and all there are, where the store is. `ballast` is whether a reserve is put by there."""

    free: int
    total: int
    ballast: bool


class PosterChecked(msgspec.Struct, frozen=True):
    """The hub has looked where a poster's code leads, at `at` (UTC, ms)."""

    poster: str
    outcome: PosterOutcome
    detail: str
    at: int


Event = (
    Report
    | Linked
    | Tick
    | Started
    | Flooded
    | Command
    | Attempted
    | LineChecked
    | StoreChecked
    | DiskChecked
    | PosterChecked
)
