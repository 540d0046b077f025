"""What is told to others about an alarm: the body that every channel makes its own message of."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from hub.domain.alarms import Alarm, AlarmState, Status, Verdict
from hub.domain.headings import MARKS, heading, marked
from hub.domain.now import Now
from hub.domain.site import HUB, LANGUAGES, Kind, Language, Priority, Site, in_language
from hub.domain.wording import announcement, number_of, place, probe_text, together, told

AlertType = Literal["alarm.raised", "alarm.updated", "alarm.cleared", "heartbeat", "test"]


class Head(msgspec.Struct, frozen=True):
    """The journal's last entry: its number and its hash, which covers every entry before it."""

    no: int
    hash: str


class Earlier(msgspec.Struct, frozen=True):
    """A message that went to the same channel about the same alarm before: its number there, and its `at`."""

    change: int
    at: int


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """The contract's webhook body without `attempt`, which belongs to the sending. `event_id` stays the same
    however often it is sent and through whichever channel. `raised_at` and `at`, the moment of the change that this
    message tells, are UTC in ms, and so is `pressed_at`, which is not 0 where a button's press came late.
    `device_no` is the device's place in hub.yaml, from 1; 0 is the hub. `school`, `place` and `what` are by language;
    `earlier` is the oldest first. `journal` is the journal's head at the moment of sending, in heartbeats alone.
    `members` are the numbers of all alarms that one message tells of, none where it tells of one."""

    event_id: str
    type: AlertType
    status: Status
    site: str
    device: str = ""
    device_no: int = 0
    zone: str = ""
    kind: Kind | Literal[""] = ""
    alarm: str = ""
    priority: Priority | Literal[""] = ""
    raised_at: int = 0
    pressed_at: int = 0
    clock: Literal["trusted", "untrusted"] = "trusted"
    text: dict[str, str] = {}
    alarm_id: int = 0
    state: AlarmState | None = None
    count: int = 0
    acknowledged_by: str = ""
    reset_as: Verdict | Literal[""] = ""
    journal: Head | None = None
    at: int = 0
    school: dict[str, str] = {}
    place: dict[str, str] = {}
    what: dict[str, str] = {}
    earlier: tuple[Earlier, ...] = ()
    members: tuple[int, ...] = ()


def alert_of(site: Site, alarm: Alarm, type_: AlertType, epoch: str) -> Alert:
    """The message about `alarm` as it is now; `alarm.changes` numbers it, and `alarm.notified_at` is its moment."""
    return Alert(
        event_id=event_id(site.id, epoch, alarm.id, alarm.changes),
        type=type_,
        status=alarm.status,
        site=site.id,
        device=alarm.device,
        device_no=site.number_of(alarm.device),
        zone=alarm.zone,
        kind=alarm.kind,
        alarm=alarm.type,
        priority=alarm.priority,
        raised_at=alarm.raised_at,
        pressed_at=alarm.pressed_at,
        clock=alarm.clock,
        text={code: announcement(site, alarm, code) for code in LANGUAGES},
        alarm_id=alarm.id,
        state=alarm.state,
        count=alarm.count,
        acknowledged_by="" if alarm.state is AlarmState.UNACKNOWLEDGED else alarm.acknowledged_by,
        reset_as=alarm.reset_as,
        at=alarm.notified_at,
        school={code: in_language(site.name, code) for code in LANGUAGES},
        place={code: place(site, alarm.device, code) for code in LANGUAGES},
        what={code: told(site, alarm, code) for code in LANGUAGES},
    )


def subject_of(alert: Alert, language: Language) -> str:
    """A line above the text: what kind of message this is, and a drill's or test's mark before it."""
    if alert.type == "test" and alert.status == "test":
        return MARKS["test"][LANGUAGES.index(language)]
    words = heading(alert.type, alert.priority, alert.state, alert.acknowledged_by, language)
    return marked(alert.status, words, language)


def headline_of(alert: Alert, language: Language) -> str:
    """The line above the text with school and what happened: `ALARM. School No. 1: water is leaking`."""
    words = (alert.school.get(language, alert.site), alert.what.get(language, ""))
    return f"{subject_of(alert, language)}. {': '.join(word for word in words if word)}"


def text_of(alert: Alert, language: Language) -> str:
    """The sentence for people. A message about the line itself has none: then the school's name, marked."""
    name = alert.school.get(language, alert.site)
    return alert.text.get(language) or marked(alert.status, f"{name}.", language)


def alert_of_several(site: Site, alarms: Sequence[Alarm], epoch: str) -> Alert:
    """One message about several new alarms, numbered as the first one's."""
    return msgspec.structs.replace(
        alert_of(site, alarms[0], "alarm.raised", epoch),
        text={code: f"{in_language(site.name, code)}. {together(site, alarms, code)}" for code in LANGUAGES},
        what={code: number_of(alarms, code) for code in LANGUAGES},
        members=tuple(alarm.id for alarm in alarms),
    )


def probe_of(site: Site, epoch: str, number: int, started: Now) -> Alert:
    """The message of the daily probe: a test, marked as such."""
    return Alert(
        event_id=f"{site.id}-{epoch}-probe-{number}",
        type="test",
        status="test",
        site=site.id,
        device=HUB.id,
        kind=HUB.kind,
        raised_at=started.wall,
        clock=_clock(started),
        text={code: marked("test", f"{in_language(site.name, code)}. {probe_text(code)}", code) for code in LANGUAGES},
        at=started.wall,
        school={code: in_language(site.name, code) for code in LANGUAGES},
    )


def event_id(site: str, epoch: str, alarm: int, change: int) -> str:
    """`<site>-<epoch>-<alarm>-<change>`: readable, and unique as long as epochs are."""
    return f"{site}-{epoch}-{alarm}-{change}"


def heartbeat_of(site: str, epoch: str, now: Now, head: Head | None) -> Alert:
    """A sign of life that carries the journal's head. Its id holds the head too, so that a signed receipt, which
    names the id, is at once headquarters' signature under the journal."""
    anchor = f"-{head.no}-{head.hash}" if head is not None else ""
    return Alert(
        event_id=f"{site}-{epoch}-heartbeat-{now.wall}{anchor}",
        type="heartbeat",
        status="actual",
        site=site,
        clock=_clock(now),
        at=now.wall,
        journal=head,
    )


def _clock(now: Now) -> Literal["trusted", "untrusted"]:
    return "trusted" if now.trusted else "untrusted"


def alarm_of(event: str, site: str, epoch: str) -> int | None:
    """The alarm's number in an event id of this store, None for anybody else's."""
    prefix = f"{site}-{epoch}-"
    number, _, change = event.removeprefix(prefix).partition("-")
    ours = event.startswith(prefix) and number.isascii() and number.isdecimal() and change.isascii()
    return int(number) if ours and change.isdecimal() and len(number) < 16 else None
