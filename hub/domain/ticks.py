"""What the passing of time alone brings about."""

import itertools

import msgspec

from hub.domain.alarms import Alarm, AlarmState, unshelved
from hub.domain.alerts import AlertType
from hub.domain.clock import step_clock
from hub.domain.conditions import Judgement, judge
from hub.domain.decision import Decision
from hub.domain.drills import end_drills
from hub.domain.events import Tick
from hub.domain.links import watch_links
from hub.domain.maintenance import end_what_is_over
from hub.domain.notices import Several, escalation, released, repaid
from hub.domain.now import Now
from hub.domain.presses import tell_of_earlier_presses
from hub.domain.probe import watch_probe
from hub.domain.state import SiteState
from hub.domain.supervision import watch_hub
from hub.domain.verification import verify


def on_tick(state: SiteState, tick: Tick, now: Now) -> Decision:
    """Delays that are over, silence, the end of shelves and of maintenance, the next steps of escalation."""
    judgement = Judgement(state, now)
    if tick.part:
        _judge_devices(judgement, tick)
        judgement.forget_unchanged()
        return judgement.decision()
    hasten = step_clock(judgement)
    end_what_is_over(judgement)
    end_drills(judgement)
    _judge_devices(judgement, tick)
    watch_probe(judgement)
    watch_hub(judgement)
    watch_links(judgement)
    verify(judgement)
    tell_of_earlier_presses(judgement)
    for device_id in state.devices:
        for alarm in list(judgement.device(device_id).open.values()):
            _pass_time(judgement, alarm)
    _release(judgement)
    judgement.forget_unchanged()
    return msgspec.structs.replace(judgement.decision(), clock=now, hasten=hasten)


def _judge_devices(judgement: Judgement, tick: Tick) -> None:
    for device in itertools.islice(judgement.state.site.devices.values(), tick.part, None, tick.parts):
        judge(judgement, device, judgement.device(device.id))


def _release(judgement: Judgement) -> None:
    """What was held and may go out now; then what headquarters is owed, where it has room for it again."""
    state, now, purse = judgement.state, judgement.now, judgement.purse
    _record(judgement, released(state, [alarm for alarm in _open(judgement) if alarm.held], now, purse), "released")
    owed = [alarm for alarm in _open(judgement) if alarm.owed and alarm.state is not AlarmState.SHELVED]
    if owed and not purse.is_empty:
        _record(judgement, repaid(state, owed, now, purse), "over_budget")


def _open(judgement: Judgement) -> list[Alarm]:
    return [alarm for name in judgement.state.devices for alarm in judgement.device(name).open.values()]


def _record(judgement: Judgement, several: Several, reason: str) -> None:
    alarms, dispatches = several
    for alarm in alarms:
        messages = tuple(message for message in dispatches if message.alert.alarm_id == alarm.id)
        judgement.keep(judgement.record(alarm, messages, reason))


def _pass_time(judgement: Judgement, alarm: Alarm) -> None:
    state, now = judgement.state, judgement.now
    if alarm.state is AlarmState.SHELVED and now.mono >= alarm.shelved_until_mono:
        alarm = unshelved(alarm, now)
        type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
        judgement.keep(judgement.tell(alarm, type_, "unshelved"))
    elif alarm.asks and (alarm.latching or not _worked_on(judgement, alarm)):
        step = escalation(state, alarm, now, judgement.purse)
        if step is not None:
            judgement.keep(judgement.record(*step, reason="escalated"))


def _worked_on(judgement: Judgement, alarm: Alarm) -> bool:
    device = judgement.state.site.devices.get(alarm.device)
    return device is not None and judgement.state.maintained(device)
