"""Conditions that hold or end: rules with their delays, silence, and what the passing of time alone brings about."""

import msgspec

from hub.domain.alarms import Alarm, AlarmState, raised, repeated, returned
from hub.domain.alerts import AlertType
from hub.domain.catalogue import priority_of
from hub.domain.decision import Decision, Dispatch, Entry, alarm_entry
from hub.domain.notices import escalation, told
from hub.domain.now import Now
from hub.domain.rules import RULES, Rule, is_silent
from hub.domain.site import Device
from hub.domain.state import DeviceState, SiteState

_ENDS_WITH_ITS_CAUSE = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.SHELVED})

_SILENT = (Rule("silent", is_silent),)
_SUPERVISED = {kind: (rules if kind == "camera" else rules + _SILENT) for kind, rules in RULES.items()}


class Judgement:
    """Collects what becomes of the alarms of one or several devices at one moment."""

    def __init__(self, state: SiteState, now: Now) -> None:
        self.state, self.now = state, now
        self.next_alarm = state.next_alarm
        self.devices: dict[str, DeviceState] = {}
        self.alarms: list[Alarm] = []
        self.dispatches: list[Dispatch] = []
        self.journal: list[Entry] = []

    def tell(self, alarm: Alarm, type_: AlertType, reason: str) -> Alarm:
        """Records the changed alarm and tells its route. The result carries the number of the message."""
        return self.record(*told(self.state, alarm, type_, reason, self.now), reason)

    def record(self, alarm: Alarm, messages: tuple[Dispatch, ...], reason: str) -> Alarm:
        """Records the changed alarm with the messages about it."""
        self.alarms.append(alarm)
        self.dispatches += messages
        told_channels = tuple(message.channel for message in messages)
        self.journal.append(alarm_entry(alarm, reason, self.now, told_channels))
        return alarm

    def raise_new(self, device: Device, code: str) -> Alarm:
        """A new incident with the next number."""
        alarm = Alarm(
            id=self.next_alarm,
            device=device.id,
            zone=device.zone,
            kind=device.kind,
            type=code,
            priority=priority_of(code, device.kind),
        )
        self.next_alarm += 1
        return self.tell(raised(alarm, self.now), "alarm.raised", "raised")

    def decision(self, answer: str = "") -> Decision:
        """All that was collected."""
        return Decision(
            devices=self.devices,
            alarms=tuple(self.alarms),
            dispatches=tuple(self.dispatches),
            journal=tuple(self.journal),
            answer=answer,
        )


def judge(judgement: Judgement, device: Device, after: DeviceState) -> None:
    """Goes through the rules of one device whose signals are those of `after`."""
    pending, open_ = dict(after.pending), dict(after.open)
    for rule in _SUPERVISED[device.kind]:
        holds = rule.holds(device, _heard(judgement.state, after, rule), judgement.state.site.hours, judgement.now)
        if holds:
            _while_it_holds(judgement, device, rule, pending, open_)
        elif holds is False:
            _when_it_ended(judgement, rule, pending, open_)
    judgement.devices[device.id] = DeviceState(after.signals, after.seen, pending, open_, after.last_press)


def _heard(state: SiteState, after: DeviceState, rule: Rule) -> DeviceState:
    """Silence counts from the hub's own start at the earliest: what came while it was down can't be known.
    An alarm for silence that was open before ends only with a live message."""
    started = state.started
    if rule.alarm != "silent" or "silent" in after.open or (after.seen and after.seen.mono >= started.mono):
        return after
    return DeviceState(after.signals, started, after.pending, after.open, after.last_press)


def _while_it_holds(
    judgement: Judgement, device: Device, rule: Rule, pending: dict[str, Now], open_: dict[str, Alarm]
) -> None:
    alarm = open_.get(rule.alarm)
    if alarm is not None and alarm.state is not AlarmState.RETURNED:
        return
    since = pending.setdefault(rule.alarm, judgement.now)
    if judgement.now.ms_since(since) < rule.on_delay(device):
        return
    del pending[rule.alarm]
    if alarm is None:
        open_[rule.alarm] = judgement.raise_new(device, rule.alarm)
    else:
        open_[rule.alarm] = judgement.tell(repeated(alarm), "alarm.updated", "came_back")


def _when_it_ended(judgement: Judgement, rule: Rule, pending: dict[str, Now], open_: dict[str, Alarm]) -> None:
    pending.pop(rule.alarm, None)
    alarm = open_.get(rule.alarm)
    if alarm is None or alarm.state not in _ENDS_WITH_ITS_CAUSE:
        return
    alarm = returned(alarm, judgement.now)
    type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
    keep_or_drop(open_, judgement.tell(alarm, type_, "returned"))


def keep_or_drop(open_: dict[str, Alarm], alarm: Alarm) -> None:
    """Keeps an open alarm in its device's list, drops a closed one."""
    if alarm.open:
        open_[alarm.type] = alarm
    else:
        open_.pop(alarm.type, None)


def on_tick(state: SiteState, now: Now) -> Decision:
    """What the passing of time brings: delays that are over, silence, the next steps of escalation."""
    judgement = Judgement(state, now)
    for device in state.site.devices.values():
        before = state.device(device.id)
        judge(judgement, device, before)
        _escalate(judgement, device)
        if judgement.devices[device.id] == before:
            del judgement.devices[device.id]
    return judgement.decision()


def _escalate(judgement: Judgement, device: Device) -> None:
    after = judgement.devices[device.id]
    for code, alarm in list(after.open.items()):
        if alarm.state is AlarmState.UNACKNOWLEDGED:
            step = escalation(judgement.state, alarm, judgement.now)
            if step is not None:
                raised_again = judgement.record(*step, reason="escalated")
                after = msgspec.structs.replace(after, open={**after.open, code: raised_again})
    judgement.devices[device.id] = after
