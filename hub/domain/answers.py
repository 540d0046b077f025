"""What people answer: acknowledging an alarm, ending it, putting it aside for a time."""

from collections.abc import Callable

from hub.domain.alarms import Alarm, IllegalTransition, acknowledged, also_acknowledged, reset, shelved, unshelved
from hub.domain.alerts import AlertType
from hub.domain.commands import Acknowledge, Reset, Shelve, Unshelve
from hub.domain.conditions import Judgement
from hub.domain.decision import Decision
from hub.domain.maintenance import fault_of
from hub.domain.now import Now
from hub.domain.state import SiteState


def on_acknowledge(state: SiteState, event: Acknowledge, now: Now) -> Decision:
    """`answer` is `acknowledged`, `not_possible` (somebody else was first) or `closed` (no such open alarm).
    Headquarters' acknowledgement that comes too late to change anything goes on record all the same."""

    def change(alarm: Alarm) -> Alarm:
        return acknowledged(alarm, now, by=event.by, through=event.through, reason=event.reason)

    decision = _changed(state, event.alarm, change, now, "acknowledged")
    return decision if decision.alarms or event.through == "page" else _late(state, event, decision.answer, now)


def _late(state: SiteState, event: Acknowledge, answer: str, now: Now) -> Decision:
    before = state.find_alarm(event.alarm) or state.ended.get(event.alarm)
    if before is None:
        return Decision(answer=answer)
    alarm = also_acknowledged(before, now, by=event.by, through=event.through)
    if alarm is before:
        return Decision(answer=answer)
    judgement = Judgement(state, now)
    judgement.record(alarm, (), "acknowledged_late")
    if alarm.open:
        judgement.keep(alarm)
    return judgement.decision(answer)


def on_reset(state: SiteState, event: Reset, now: Now) -> Decision:
    """`answer` is `reset`, `not_possible` (the alarm ends by itself) or `closed`."""

    def change(alarm: Alarm) -> Alarm:
        return reset(alarm, now, by=event.by, verdict=event.verdict, reason=event.reason)

    return _changed(state, event.alarm, change, now, "reset")


def on_shelve(state: SiteState, event: Shelve, now: Now) -> Decision:
    """`answer` is `shelved`, `not_possible` (panic and help never are), `closed`, or what `fault_of` says."""

    def change(alarm: Alarm) -> Alarm:
        return shelved(alarm, now, by=event.by, reason=event.reason, until=event.until)

    fault = fault_of(event.reason, event.until, state.site.limits.shelve_at_most, now)
    return Decision(answer=fault) if fault else _changed(state, event.alarm, change, now, "shelved")


def on_unshelve(state: SiteState, event: Unshelve, now: Now) -> Decision:
    """`answer` is `unshelved`, `not_possible` or `closed`."""
    return _changed(state, event.alarm, lambda alarm: unshelved(alarm, now), now, "unshelved")


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
    judgement.keep(judgement.tell(alarm, type_, reason))
    return judgement.decision(answer=reason)
