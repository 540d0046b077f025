"""What is told to others about an alarm: the body that every channel makes its own message of."""

from typing import Literal

import msgspec

from hub.domain.alarms import Alarm, AlarmState, Status
from hub.domain.site import Kind, Priority, Site
from hub.domain.wording import sentence

AlertType = Literal["alarm.raised", "alarm.updated", "alarm.cleared", "heartbeat", "test"]


class Head(msgspec.Struct, frozen=True):
    """The journal's last entry: its number and its hash, which covers every entry before it."""

    no: int
    hash: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """The contract's webhook body without `attempt`, which belongs to the sending. `event_id` stays the same however
    often it is sent and through whichever channel. `raised_at` is UTC in ms.
    `journal` is the journal's head at the moment of sending, in heartbeats alone."""

    event_id: str
    type: AlertType
    status: Status
    site: str
    device: str = ""
    zone: str = ""
    kind: Kind | Literal[""] = ""
    alarm: str = ""
    priority: Priority | Literal[""] = ""
    raised_at: int = 0
    clock: Literal["trusted", "untrusted"] = "trusted"
    text: dict[str, str] = {}
    alarm_id: int = 0
    state: AlarmState | None = None
    count: int = 0
    acknowledged_by: str = ""
    journal: Head | None = None


def alert_of(site: Site, alarm: Alarm, type_: AlertType, epoch: str) -> Alert:
    """The message about `alarm` as it is now; `alarm.changes` numbers it."""
    return Alert(
        event_id=event_id(site.id, epoch, alarm.id, alarm.changes),
        type=type_,
        status=alarm.status,
        site=site.id,
        device=alarm.device,
        zone=alarm.zone,
        kind=alarm.kind,
        alarm=alarm.type,
        priority=alarm.priority,
        raised_at=alarm.raised_at,
        clock=alarm.clock,
        text={code: sentence(site, alarm, code) for code in ("kk", "ru", "en")},
        alarm_id=alarm.id,
        state=alarm.state,
        count=alarm.count,
        acknowledged_by=alarm.acknowledged_by,
    )


def event_id(site: str, epoch: str, alarm: int, change: int) -> str:
    """`<site>-<epoch>-<alarm>-<change>`: readable, and unique as long as epochs are."""
    return f"{site}-{epoch}-{alarm}-{change}"


def heartbeat_of(site: str, epoch: str, wall: int, head: Head | None) -> Alert:
    """A sign of life that carries the journal's head. Its id holds the head too, so that a signed receipt, which
    names the id, is at once headquarters' signature under the journal."""
    anchor = f"-{head.no}-{head.hash}" if head is not None else ""
    return Alert(
        event_id=f"{site}-{epoch}-heartbeat-{wall}{anchor}", type="heartbeat", status="actual", site=site, journal=head
    )


def alarm_of(event: str, site: str, epoch: str) -> int | None:
    """The alarm's number in an event id of this store, None for anybody else's."""
    prefix = f"{site}-{epoch}-"
    number, _, change = event.removeprefix(prefix).partition("-")
    ours = event.startswith(prefix) and number.isascii() and number.isdecimal() and change.isascii()
    return int(number) if ours and change.isdecimal() and len(number) < 16 else None
