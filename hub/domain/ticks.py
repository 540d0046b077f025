"""What the passing of time alone brings about."""

import msgspec

from hub.domain.alarms import Alarm, AlarmState, unshelved
from hub.domain.alerts import AlertType
from hub.domain.clock import step_clock
from hub.domain.conditions import Judgement, judge
from hub.domain.decision import Decision
from hub.domain.drills import end_drills
from hub.domain.links import watch_links
from hub.domain.maintenance import end_what_is_over
from hub.domain.notices import escalation
from hub.domain.now import Now
from hub.domain.state import SiteState
from hub.domain.supervision import watch_hub


def on_tick(state: SiteState, now: Now) -> Decision:
    """Delays that are over, silence, the end of shelves and of maintenance, the next steps of escalation."""
    judgement = Judgement(state, now)
    hasten = step_clock(judgement)
    end_what_is_over(judgement)
    end_drills(judgement)
    for device in state.site.devices.values():
        judge(judgement, device, judgement.device(device.id))
    watch_hub(judgement)
    watch_links(judgement)
    for device_id in state.devices:
        for alarm in list(judgement.device(device_id).open.values()):
            _pass_time(judgement, alarm)
    judgement.forget_unchanged()
    return msgspec.structs.replace(judgement.decision(), clock=now, hasten=hasten)


def _pass_time(judgement: Judgement, alarm: Alarm) -> None:
    state, now = judgement.state, judgement.now
    if alarm.state is AlarmState.SHELVED and now.mono >= alarm.shelved_until_mono:
        alarm = unshelved(alarm, now)
        type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
        judgement.keep(judgement.tell(alarm, type_, "unshelved"))
    elif alarm.state is AlarmState.UNACKNOWLEDGED and (alarm.latching or not _worked_on(judgement, alarm)):
        step = escalation(state, alarm, now)
        if step is not None:
            judgement.keep(judgement.record(*step, reason="escalated"))


def _worked_on(judgement: Judgement, alarm: Alarm) -> bool:
    device = judgement.state.site.devices.get(alarm.device)
    return device is not None and judgement.state.maintained(device)
