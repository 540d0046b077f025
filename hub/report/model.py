"""The inspection report as data: what goes into report.json, the pages and the printed act. Times are UTC in ms,
durations in ms, shares from 0 to 1; None is "not known" and never "none"."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Figures = Mapping[str, float | int | None]


class Item(msgspec.Struct, frozen=True):
    """One device of the inventory. `installed` is when it was first heard; `last_test` a test or a drill. `model` is
    what it says itself, else what somebody noted; `replace_by` a day as in 2027-09-01, by which somebody noted that it
    has to be replaced."""

    device: str
    kind: str
    zone: str
    name: Mapping[str, str]
    dialect: str
    model: str | None
    firmware: str | None
    battery: float | None
    installed: int | None
    last_seen: int | None
    last_test: int | None
    replace_by: str | None = None


class Available(msgspec.Struct, frozen=True):
    """How long something was there in a period. `share` = (`whole` - `silent` - `unwatched`) / `whole`. `silent` is
    time in which it was known to be missing, `unwatched` time in which the hub itself did not run: nobody knows then,
    so it counts against it. None where it has never been heard."""

    share: float | None
    whole: int
    silent: int
    unwatched: int


class Availability(msgspec.Struct, frozen=True):
    """One device, zone, the whole `site`, the `hub` itself, or the `hq_line`; `kind` is a device's, else empty."""

    scope: Literal["device", "zone", "site", "hub", "hq_line"]
    id: str
    kind: str
    days_30: Available
    days_365: Available


class Step(msgspec.Struct, frozen=True):
    """One rung of an alarm's proof ladder."""

    step: Literal["received", "stored", "sent", "receipt", "acknowledged"]
    at: int
    channel: str = ""
    by: str = ""
    attempts: int = 0
    reason: str = ""


class AlarmRow(msgspec.Struct, frozen=True):
    """An alarm of the period with its ladder. `receipt_ms` and `response_ms` count from the press, of an
    exercise that was made real from that moment."""

    id: int
    device: str
    zone: str
    alarm: str
    priority: str
    status: str
    state: str
    raised_at: int
    cleared_at: int | None
    count: int
    clock: str
    reset_as: str
    receipt_ms: int | None
    response_ms: int | None
    steps: tuple[Step, ...]


class Spread(msgspec.Struct, frozen=True):
    """Of `count` durations the median and the 95th percentile (nearest rank), None of nothing."""

    count: int
    median: int | None
    p95: int | None


class Response(msgspec.Struct, frozen=True):
    """Actual alarms of one priority; `unanswered` were ended or are open without anybody's acknowledgement."""

    priority: str
    alarms: int
    unanswered: int
    receipt: Spread
    response: Spread


class Delivery(msgspec.Struct, frozen=True):
    """One channel's messages of the period: `delivered` are proven, `accepted` can't be, `waiting` are still tried.
    `time` is from the decision to the proof."""

    channel: str
    messages: int
    delivered: int
    accepted: int
    refused: int
    waiting: int
    attempts: int
    time: Spread


class Button(msgspec.Struct, frozen=True):
    """A panic button and its tests in the period; `overdue` where the last is too long ago."""

    device: str
    zone: str
    tests: int
    last_test: int | None
    overdue: bool


class Trial(msgspec.Struct, frozen=True):
    """One test or drill. `how`: `test_press`, `exercise` (a drill that was announced), `drill` (reset as one)."""

    device: str
    at: int
    how: Literal["test_press", "exercise", "drill"]
    alarm: int | None = None


class DrillPress(msgspec.Struct, frozen=True):
    """One button of a drill: its first press in it, the exercise that came of it, and how long headquarters' receipt
    took from the press. `result`: `received` by headquarters, `pressed` without a receipt, `missed`, or `awaited`
    where the drill is not over."""

    device: str
    result: Literal["received", "pressed", "missed", "awaited"]
    pressed_at: int | None = None
    alarm: int | None = None
    receipt_ms: int | None = None


class DrillRow(msgspec.Struct, frozen=True):
    """A drill that `by` ordered. `ended_by` is empty where its time was simply over."""

    id: int
    by: str
    from_at: int
    until_at: int
    ended_at: int | None
    ended_by: str
    presses: tuple[DrillPress, ...]


class RoundItem(msgspec.Struct, frozen=True):
    """One thing of a round's checklist. `by` is empty where the hub itself saw it; `fine` None where it was left."""

    kind: Literal["button", "exit", "poster"]
    target: str
    at: int | None = None
    fine: bool | None = None
    by: str = ""
    note: str = ""


class RoundRow(msgspec.Struct, frozen=True):
    """A round through the school."""

    id: int
    started_at: int
    started_by: str
    finished_at: int | None
    finished_by: str
    note: str
    items: tuple[RoundItem, ...]


class FindingRow(msgspec.Struct, frozen=True):
    """What an inspector found. `target` is `device:<id>`, `zone:<id>` or empty for the whole school; `due` a day;
    `overdue` where that day is past and it is open. It is closed on `evidence` only; `photos` are SHA-256
    of the pictures that show it, in hex."""

    id: int
    text: str
    target: str
    assignee: str
    due: str
    overdue: bool
    raised_at: int
    raised_by: str
    closed_at: int | None
    closed_by: str
    evidence: str
    photos: tuple[str, ...] = ()

    @property
    def photo_files(self) -> dict[str, str]:
        """Their names in a pack, with the SHA-256 of each."""
        return {f"finding-{self.id}-photo-{n}.jpg": photo for n, photo in enumerate(self.photos, start=1)}


class Day(msgspec.Struct, frozen=True):
    """Actual alarms raised on one day of the school's time zone."""

    day: str
    critical: int
    high: int
    medium: int


class Proof(msgspec.Struct, frozen=True):
    """The journal and how far others have proven it."""

    records: int
    head: str
    anchors: int
    anchored_no: int | None
    anchored_at: int | None


class Last(msgspec.Struct, frozen=True):
    """The last inspection, with its headline figures."""

    at: int
    by: str
    digest: str
    figures: Figures


class Report(msgspec.Struct, frozen=True):
    """Everything an inspector takes away."""

    site: str
    name: Mapping[str, str]
    timezone: str
    version: str
    generated_at: int
    since: int
    days: int
    headline: Figures
    last: Last | None
    inventory: tuple[Item, ...]
    availability: tuple[Availability, ...]
    alarms: tuple[AlarmRow, ...]
    responses: tuple[Response, ...]
    deliveries: tuple[Delivery, ...]
    buttons: tuple[Button, ...]
    tests: tuple[Trial, ...]
    drills: tuple[DrillRow, ...]
    rounds: tuple[RoundRow, ...]
    findings: tuple[FindingRow, ...]
    per_day: tuple[Day, ...]
    proof: Proof
