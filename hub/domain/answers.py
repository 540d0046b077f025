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

    Headquarters' acknowledgement of a message about several alarms is for all of them, and one that comes too late to
    change anything goes on record all the same.
    """
    judgement = Judgement(state, now)
    alarm = state.find_alarm(event.alarm)
    answer = "closed" if alarm is None else "acknowledged" if _taken(judgement, alarm, event) else "not_possible"
    if event.through != "page":
        if answer != "acknowledged":
            _take_note(judgement, alarm or state.ended.get(event.alarm), event)
        for other in state.open_alarms():
            if event.event and event.event in other.grouped_in.split():
                _taken(judgement, other, event)
    return judgement.decision(answer)


def _taken(judgement: Judgement, alarm: Alarm, event: Acknowledge) -> bool:
    try:
        alarm = acknowledged(alarm, judgement.now, by=event.by, through=event.through, reason=event.reason)
    except IllegalTransition:
        return False
    _tell(judgement, alarm, "acknowledged")
    return True


def _take_note(judgement: Judgement, before: Alarm | None, event: Acknowledge) -> None:
    if before is None:
        return
    alarm = also_acknowledged(before, judgement.now, by=event.by, through=event.through)
    if alarm is before:
        return
    judgement.record(alarm, (), "acknowledged_late")
    if alarm.open:
        judgement.keep(alarm)


def on_reset(state: SiteState, event: Reset, now: Now) -> Decision:
    """`answer` is `reset`, `not_possible` (the alarm ends by itself) or `closed`."""

    def change(alarm: Alarm) -> Alarm:
        return reset(alarm, now, by=event.by, verdict=event.verdict, reason=event.reason)

    return _changed(state, event.alarm, change, now, "reset")


def on_shelve(state: SiteState, event: Shelve, now: Now) -> Decision:
    """`answer` is `shelved`, `not_possible`, `never_shelved` (panic and help), `closed`, or what `fault_of` says."""

    def change(alarm: Alarm) -> Alarm:
        return shelved(alarm, now, by=event.by, reason=event.reason, until=event.until)

    alarm = state.find_alarm(event.alarm)
    if alarm is not None and alarm.latching:
        return Decision(answer="never_shelved")
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
    _tell(judgement, alarm, reason)
    return judgement.decision(answer=reason)


def _tell(judgement: Judgement, alarm: Alarm, reason: str) -> None:
    type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
    judgement.keep(judgement.tell(alarm, type_, reason))
