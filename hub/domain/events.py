"""What can happen to the hub. Each event enters `decide`, together with the moment at which it did."""

from typing import Literal

import msgspec

from hub.domain.alarms import Verdict
from hub.domain.reports import Report


class Tick(msgspec.Struct, frozen=True):
    """A second has passed: delays and silence are judged."""


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


class Attempted(msgspec.Struct, frozen=True):
    """A channel tried to send one alert. `settled` is empty where the row is kept, then due again at `due_at`
    (UTC, ms). `line_ok` is whether the line itself works, whatever became of this alert."""

    channel: str
    event_id: str
    outcome: str
    detail: str
    attempts: int
    at: int
    settled: Literal["", "delivered", "accepted", "refused"]
    due_at: int
    line_ok: bool


class LineChecked(msgspec.Struct, frozen=True):
    """A heartbeat came back as a proof, or did not."""

    channel: str
    outcome: str
    detail: str
    at: int
    line_ok: bool


Event = Report | Tick | Acknowledge | Reset | Attempted | LineChecked
