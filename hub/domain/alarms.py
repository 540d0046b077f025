"""The life of an alarm: one transition table in the terms of IEC 62682. Nothing else changes an alarm's state."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from hub.domain.catalogue import ALARM_TYPES
from hub.domain.now import Now
from hub.domain.site import Kind, Priority

Status = Literal["actual", "exercise", "test"]
Verdict = Literal["real", "false", "drill"]


class AlarmState(StrEnum):
    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned_unacknowledged"
    SHELVED = "shelved"


class Trigger(StrEnum):
    RAISE = "raise"
    REPEAT = "repeat"
    ACKNOWLEDGE = "acknowledge"
    RETURN = "return"
    LAPSE = "lapse"
    RESET = "reset"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    PROMOTE = "promote"
    MERGE = "merge"


S, T = AlarmState, Trigger

TRANSITIONS: Final[Mapping[tuple[AlarmState, Trigger], AlarmState]] = MappingProxyType(
    {
        (S.NORMAL, T.RAISE): S.UNACKNOWLEDGED,
        (S.UNACKNOWLEDGED, T.REPEAT): S.UNACKNOWLEDGED,
        (S.ACKNOWLEDGED, T.REPEAT): S.UNACKNOWLEDGED,  # pressed again after somebody said "I've got it"
        (S.RETURNED, T.REPEAT): S.UNACKNOWLEDGED,
        (S.SHELVED, T.REPEAT): S.SHELVED,
        (S.UNACKNOWLEDGED, T.ACKNOWLEDGE): S.ACKNOWLEDGED,
        (S.RETURNED, T.ACKNOWLEDGE): S.NORMAL,
        (S.UNACKNOWLEDGED, T.RETURN): S.RETURNED,
        (S.ACKNOWLEDGED, T.RETURN): S.NORMAL,
        (S.SHELVED, T.RETURN): S.SHELVED,  # the shelf is for a time, however often the cause comes and goes in it
        (S.UNACKNOWLEDGED, T.LAPSE): S.NORMAL,  # a task whose cause is gone needs nobody's acknowledgement
        (S.ACKNOWLEDGED, T.LAPSE): S.NORMAL,
        (S.SHELVED, T.LAPSE): S.NORMAL,  # the time on the shelf is over, and the cause is gone
        (S.UNACKNOWLEDGED, T.RESET): S.NORMAL,
        (S.ACKNOWLEDGED, T.RESET): S.NORMAL,
        (S.UNACKNOWLEDGED, T.SHELVE): S.SHELVED,
        (S.ACKNOWLEDGED, T.SHELVE): S.SHELVED,
        (S.RETURNED, T.SHELVE): S.SHELVED,
        (S.SHELVED, T.UNSHELVE): S.UNACKNOWLEDGED,
        (S.UNACKNOWLEDGED, T.PROMOTE): S.UNACKNOWLEDGED,  # an exercise turns out to be real
        (S.ACKNOWLEDGED, T.PROMOTE): S.UNACKNOWLEDGED,
        (S.UNACKNOWLEDGED, T.MERGE): S.NORMAL,  # a hub that could not read its store has raised the same anew
        (S.ACKNOWLEDGED, T.MERGE): S.NORMAL,
        (S.RETURNED, T.MERGE): S.NORMAL,
        (S.SHELVED, T.MERGE): S.NORMAL,
    }
)

NEVER_LATCHED: Final = frozenset({T.RETURN, T.LAPSE, T.SHELVE, T.UNSHELVE})
"""Triggers that panic and help refuse: only a person ends them."""

LATCHED_ONLY: Final = frozenset({T.RESET, T.PROMOTE})


class IllegalTransition(ValueError):
    """The alarm's state does not allow this; nothing was changed."""


class Acknowledgement(msgspec.Struct, frozen=True):
    """Somebody has got an alarm at `at` (UTC, ms) that another one had acknowledged, or that was over."""

    at: int
    by: str
    through: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One incident. Times are UTC in ms, 0 where it has not happened; those that end in `_mono` are the steady
    clock's, for what falls due. `count` is the number of distinct presses or returns of the cause; `changes` numbers
    the messages sent about it; `escalated` is how many later steps of its route were taken; `figure` is the value
    that raised it; `told` holds, for each channel, number and moment of the messages it got: the first one and the
    latest.

    `asked_at` and `asked_mono` are since when a person is asked for: escalation counts from there. An exercise that was
    made real has `promoted_at` and by whom and through what.

    `verified` is an intrusion that a second device has confirmed. `held` names why nobody was told yet: `quiet` hours,
    or the group it is gathered with; `grouped_in` are the event ids of messages in which others were told with it,
    with a space between them.
    `owed` are headquarters' channels that will be told of it when their budget has room.

    `since` is not 0 where its cause had been there for a while before it was raised: a door that was held open, a
    sensor that was last heard yesterday.

    `pressed_at` is not 0 where a button was pressed well before its press reached the hub (`raised_at`).

    `gap` is not 0 where the cause was not seen to come but was found after nobody had watched for that long (ms; -1
    where nobody knows for how long); `returned_gap` says the same of its end. `merged_into` is the later incident in
    which this one goes on. `also` are further acknowledgements, which change nothing.
    """

    id: int
    device: str
    zone: str
    kind: Kind
    type: str
    priority: Priority
    state: AlarmState = AlarmState.NORMAL
    status: Status = "actual"
    clock: Literal["trusted", "untrusted"] = "trusted"
    raised_at: int = 0
    raised_mono: int = 0
    asked_at: int = 0
    asked_mono: int = 0
    promoted_at: int = 0
    promoted_by: str = ""
    promoted_through: str = ""
    escalated: int = 0
    count: int = 0
    changes: int = 0
    figure: str = ""
    since: int = 0
    pressed_at: int = 0
    gap: int = 0
    verified: bool = False
    held: str = ""
    held_mono: int = 0
    grouped_in: str = ""
    owed: tuple[str, ...] = ()
    notified_at: int = 0
    notified_mono: int = 0
    told: Mapping[str, tuple[tuple[int, int], ...]] = {}
    hq_receipt_at: int = 0
    acknowledged_at: int = 0
    acknowledged_by: str = ""
    acknowledged_through: str = ""
    acknowledge_reason: str = ""
    returned_at: int = 0
    returned_gap: int = 0
    cleared_at: int = 0
    reset_by: str = ""
    reset_as: Verdict | Literal[""] = ""
    reset_reason: str = ""
    shelved_until: int = 0
    shelved_until_mono: int = 0
    shelved_by: str = ""
    shelve_reason: str = ""
    merged_into: int = 0
    also: tuple[Acknowledgement, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody or something still has to end it."""
        return self.state is not AlarmState.NORMAL

    @property
    def is_over(self) -> bool:
        """Whether the cause of an open alarm is gone."""
        return self.state is S.RETURNED or (self.state is S.SHELVED and self.returned_at > 0)

    @property
    def began_at(self) -> int:
        """Since when its cause has been there, as far as the hub knows (UTC, ms)."""
        return self.since or self.raised_at

    @property
    def asks(self) -> bool:
        """Whether a person is asked for who has not answered yet."""
        return self.state in (S.UNACKNOWLEDGED, S.RETURNED)

    @property
    def is_seen(self) -> bool:
        """Whether somebody has acknowledged it since a person was last asked for."""
        return not self.asks and self.acknowledged_at >= max(1, self.asked_at)

    @property
    def also_now(self) -> tuple[Acknowledgement, ...]:
        """Further acknowledgements of what a person was last asked for."""
        return () if self.asks else tuple(one for one in self.also if one.at >= self.asked_at)

    @property
    def needs_acknowledgement(self) -> bool:
        """Medium alarms are tasks: they end when the sensors confirm the repair, whoever saw them."""
        return self.priority != "medium"

    @property
    def latching(self) -> bool:
        return ALARM_TYPES[self.type].latching


def raised(alarm: Alarm, now: Now, gap: int = 0) -> Alarm:
    """A new incident, unacknowledged. `gap` as in Alarm."""
    return moved(
        alarm,
        T.RAISE,
        gap=gap,
        raised_at=now.wall,
        raised_mono=now.mono,
        **_asked(now),
        count=1,
        clock="trusted" if now.trusted else "untrusted",
    )


def repeated(alarm: Alarm, now: Now) -> Alarm:
    """The cause came again while the incident is open: it joins. One that was acknowledged, or whose cause was gone,
    asks for a person again: its escalation begins anew, and headquarters' receipt is awaited anew."""
    asked = _asked(now) if alarm.state in (S.ACKNOWLEDGED, S.RETURNED) else {}
    return moved(alarm, T.REPEAT, count=alarm.count + 1, returned_at=0, returned_gap=0, **asked)


def promoted(alarm: Alarm, now: Now, *, by: str, through: str) -> Alarm:
    """An exercise is real after all: it asks for a person from now on."""
    return moved(
        alarm,
        T.PROMOTE,
        status="actual",
        promoted_at=now.wall,
        promoted_by=by,
        promoted_through=through,
        **_asked(now),
    )


def _asked(now: Now) -> dict[str, Any]:
    return {"asked_at": now.wall, "asked_mono": now.mono, "escalated": 0, "hq_receipt_at": 0}


def acknowledged(alarm: Alarm, now: Now, *, by: str, through: str, reason: str = "") -> Alarm:
    """A person has it. `through` is the channel, or "page"."""
    return moved(
        alarm,
        T.ACKNOWLEDGE,
        now,
        acknowledged_at=now.wall,
        acknowledged_by=by,
        acknowledged_through=through,
        acknowledge_reason=reason,
    )


def also_acknowledged(alarm: Alarm, now: Now, *, by: str, through: str) -> Alarm:
    """One more person has it, or has it when it is over: goes on record, each once; the state stays as it is."""
    known = {(one.by, one.through) for one in alarm.also} | {(alarm.acknowledged_by, alarm.acknowledged_through)}
    if (by, through) in known or len(alarm.also) >= _ALSO_KEPT:
        return alarm
    return msgspec.structs.replace(alarm, also=(*alarm.also, Acknowledgement(now.wall, by, through)))


_ALSO_KEPT: Final = 8


def returned(alarm: Alarm, now: Now, gap: int = 0) -> Alarm:
    """The cause is gone. Tasks end with that; graver alarms wait until somebody has seen them, shelved ones until the
    time on the shelf is over."""
    trigger = T.RETURN if alarm.needs_acknowledgement or alarm.state is S.SHELVED else T.LAPSE
    return moved(alarm, trigger, now, returned_at=now.wall, returned_gap=gap)


def reset(alarm: Alarm, now: Now, *, by: str, verdict: Verdict, reason: str = "") -> Alarm:
    """A person ends a latched alarm as real, false or drill."""
    return moved(alarm, T.RESET, now, reset_by=by, reset_as=verdict, reset_reason=reason)


def merged(alarm: Alarm, now: Now, into: int) -> Alarm:
    """The same cause on the same device goes on under a later number: one incident must not wait for two ends."""
    return moved(alarm, T.MERGE, now, merged_into=into)


def shelved(alarm: Alarm, now: Now, *, by: str, reason: str, until: int) -> Alarm:
    """Put aside until `until` (UTC, ms), with the reason. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("an alarm is shelved only with a reason")
    until_mono = now.mono + until - now.wall
    return moved(
        alarm, T.SHELVE, shelved_until=until, shelved_until_mono=until_mono, shelved_by=by, shelve_reason=reason
    )


def unshelved(alarm: Alarm, now: Now) -> Alarm:
    """The time on the shelf is over: what still has its cause asks for a person, what has lost it ends."""
    trigger = T.LAPSE if alarm.returned_at else T.UNSHELVE
    return moved(alarm, trigger, now, shelved_until=0, shelved_until_mono=0)


def moved(alarm: Alarm, trigger: Trigger, now: Now | None = None, **changes: object) -> Alarm:
    """The alarm after `trigger`, with other fields changed along with it. Raises IllegalTransition where the table or
    the latch refuses; nothing is changed then."""
    forbidden = NEVER_LATCHED if alarm.latching else LATCHED_ONLY
    after = TRANSITIONS.get((alarm.state, trigger))
    if after is None or trigger in forbidden:
        raise IllegalTransition(f"{alarm.type} {alarm.id} is {alarm.state}: it can't {trigger}")
    if after is AlarmState.NORMAL and now is not None:
        changes["cleared_at"] = now.wall
    return msgspec.structs.replace(alarm, state=after, **changes)
