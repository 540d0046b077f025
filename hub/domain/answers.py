"""What people answer: acknowledging an alarm, ending it."""

from collections.abc import Callable

import msgspec

from hub.domain.alarms import Alarm, IllegalTransition, acknowledged, reset
from hub.domain.alerts import AlertType
from hub.domain.conditions import Judgement, keep_or_drop
from hub.domain.decision import Decision
from hub.domain.events import Acknowledge, Reset
from hub.domain.now import Now
from hub.domain.state import SiteState


def on_acknowledge(state: SiteState, event: Acknowledge, now: Now) -> Decision:
    """`answer` is `acknowledged`, `not_possible` (somebody else was first) or `closed` (no such open alarm)."""

    def change(alarm: Alarm) -> Alarm:
        return acknowledged(alarm, now, by=event.by, through=event.through, reason=event.reason)

    return _changed(state, event.alarm, change, now, "acknowledged")


def on_reset(state: SiteState, event: Reset, now: Now) -> Decision:
    """`answer` is `reset`, `not_possible` (the alarm ends by itself) or `closed`."""

    def change(alarm: Alarm) -> Alarm:
        return reset(alarm, now, by=event.by, verdict=event.verdict, reason=event.reason)

    return _changed(state, event.alarm, change, now, "reset")


def _changed(state: SiteState, alarm_id: int, change: Callable[[Alarm], Alarm], now: Now, reason: str) -> Decision:
    alarm = state.find_alarm(alarm_id)
    if alarm is None:
        return Decision(answer="closed")
    try:
        alarm = change(alarm)
    except IllegalTransition:
        return Decision(answer="not_possible")
    judgement = Judgement(state, now)
    type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
    alarm = judgement.tell(alarm, type_, reason)
    device = state.device(alarm.device)
    open_ = dict(device.open)
    keep_or_drop(open_, alarm)
    judgement.devices[alarm.device] = msgspec.structs.replace(device, open=open_)
    return judgement.decision(answer=reason)
