"""What can happen to the hub. Each event enters `decide`, together with the moment at which it did."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from hub.domain.alarms import Verdict
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


class Acknowledge(msgspec.Struct, frozen=True):
    """Somebody has got it: `through` is a channel's name, or "page"."""

    alarm: int
    by: str
    through: str
    reason: str = ""


class Reset(msgspec.Struct, frozen=True):
    """Somebody ends a latched alarm."""

    alarm: int
    by: str
    verdict: Verdict
    reason: str = ""


class Adopt(msgspec.Struct, frozen=True):
    """Somebody gives a new device, `candidate` (`<dialect> <topic>`), a room. Empty: as it was proposed."""

    candidate: str
    zone: str
    by: str
    kind: str = ""
    id: str = ""
    name: str = ""


class Inspected(msgspec.Struct, frozen=True):
    """An inspection pack was made: `digest` is the SHA-256 of its manifest, `key` the fingerprint of the key that
    signed it, `figures` its headline figures, with which the next inspection compares."""

    by: str
    digest: str
    key: str
    figures: Mapping[str, float | int | None] = {}


class RaiseFinding(msgspec.Struct, frozen=True):
    """An inspector found something wrong: see `hub.domain.work.Finding`."""

    text: str
    target: str
    assignee: str
    due: str
    by: str


class MoveFinding(msgspec.Struct, frozen=True):
    """It is given to somebody else, or until another day."""

    finding: int
    assignee: str
    due: str
    by: str


class CloseFinding(msgspec.Struct, frozen=True):
    """It is put right, as `evidence` says and the photograph shows."""

    finding: int
    evidence: str
    photo: str
    by: str


class Signed(msgspec.Struct, frozen=True):
    """Somebody signed in on the page or out of it (`ended_all`: on all devices, by `ended_by`), or was locked out after
    too many attempts from `address`: then nobody knows who. `at` is UTC in ms, since the core may be told later."""

    by: str
    change: Literal["in", "out", "ended_all", "locked_out"]
    at: int
    role: str = ""
    address: str = ""
    ended_by: str = ""


class Shelve(msgspec.Struct, frozen=True):
    """Somebody puts an alarm aside until `until` (UTC, ms)."""

    alarm: int
    until: int
    by: str
    reason: str


class Unshelve(msgspec.Struct, frozen=True):
    """Somebody takes it back before its time."""

    alarm: int
    by: str


class Maintain(msgspec.Struct, frozen=True):
    """Somebody works on `target`, `device:<id>` or `zone:<id>`, until `until` (UTC, ms)."""

    target: str
    until: int
    by: str
    reason: str


class EndMaintenance(msgspec.Struct, frozen=True):
    """The work is done before its time."""

    target: str
    by: str


class StartDrill(msgspec.Struct, frozen=True):
    """Somebody has the buttons `devices` pressed as an exercise, from `from_at` (0: now) until `until` (UTC, ms)."""

    devices: tuple[str, ...]
    until: int
    by: str
    from_at: int = 0


class EndDrill(msgspec.Struct, frozen=True):
    """The drill is over before its time."""

    drill: int
    by: str


class WriteNote(msgspec.Struct, frozen=True):
    """Somebody writes down what is known of a device. `replace_by` is a day as in 2027-09-01, or empty."""

    device: str
    by: str
    note: str = ""
    model: str = ""
    replace_by: str = ""


class Promote(msgspec.Struct, frozen=True):
    """An exercise is real: `through` is a channel's name, or "page"."""

    alarm: int
    by: str
    through: str


class RunProbe(msgspec.Struct, frozen=True):
    """Somebody wants to see now that an alarm would reach headquarters."""

    by: str


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


class TakeTask(msgspec.Struct, frozen=True):
    """Somebody will do what the medium alarm asks for."""

    alarm: int
    by: str


class GiveBackTask(msgspec.Struct, frozen=True):
    """It waits for somebody else."""

    alarm: int
    by: str


class FinishTask(msgspec.Struct, frozen=True):
    """Somebody says that it is done; `photos` are SHA-256 of kept pictures, in hex."""

    alarm: int
    by: str
    note: str = ""
    photos: tuple[str, ...] = ()


class AcceptTask(msgspec.Struct, frozen=True):
    """An inspector accepts why it is not done, until `until` (UTC, ms)."""

    alarm: int
    until: int
    by: str
    reason: str


class StartRound(msgspec.Struct, frozen=True):
    """Somebody sets out on the monthly round."""

    by: str


class TickRound(msgspec.Struct, frozen=True):
    """A person ends an item of the round, by its key: `fine`, or not, with what went wrong."""

    round: int
    item: str
    by: str
    fine: bool
    note: str = ""


class FinishRound(msgspec.Struct, frozen=True):
    """The round is over."""

    round: int
    by: str
    note: str = ""


class PlaceDevices(msgspec.Struct, frozen=True):
    """Devices are at (x, y) on their floor's plan, in thousandths of its width and height; None takes one off."""

    places: Mapping[str, tuple[int, int] | None]
    by: str


class PosterChecked(msgspec.Struct, frozen=True):
    """The hub has looked where a poster's code leads, at `at` (UTC, ms)."""

    poster: str
    outcome: PosterOutcome
    detail: str
    at: int


Command = (
    Adopt
    | Acknowledge
    | Reset
    | Shelve
    | Unshelve
    | Maintain
    | EndMaintenance
    | StartDrill
    | EndDrill
    | Promote
    | WriteNote
    | RunProbe
    | Inspected
    | TakeTask
    | GiveBackTask
    | FinishTask
    | AcceptTask
    | StartRound
    | TickRound
    | FinishRound
    | PlaceDevices
    | Signed
    | RaiseFinding
    | MoveFinding
    | CloseFinding
)
"""What people order through the inbox."""

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
