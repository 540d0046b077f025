"""What people order, on the page or through a channel. Each is an event, and enters `decide` as such."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from hub.domain.alarms import Verdict


class Acknowledge(msgspec.Struct, frozen=True):
    """Somebody has got it: `through` is a channel's name, or "page". `event` is the message that headquarters answers:
    where that told of several alarms, it has all of them."""

    alarm: int
    by: str
    through: str
    reason: str = ""
    event: str = ""


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
    """It is put right, as `evidence` says and the pictures show; `photos` are SHA-256 of kept ones, in hex."""

    finding: int
    evidence: str
    by: str
    photos: tuple[str, ...] = ()


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
