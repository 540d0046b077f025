"""Conditions that hold or end: rules with their delays, and silence."""

import msgspec

from hub.domain.alarms import Alarm, AlarmState, Status, raised, repeated, returned
from hub.domain.alerts import AlertType
from hub.domain.catalogue import priority_of
from hub.domain.decision import Decision, Dispatch, Entry, alarm_entry
from hub.domain.notices import told
from hub.domain.now import Now
from hub.domain.rules import RULES, Rule, is_silent
from hub.domain.site import Device
from hub.domain.state import ChannelState, DeviceState, Drill, Maintenance, SiteState

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
        self.maintenance: dict[str, Maintenance | None] = {}
        self.channels: list[ChannelState] = []
        self.drills: list[Drill] = []

    def device(self, device_id: str) -> DeviceState:
        """A device as it is after what was judged so far."""
        return self.devices.get(device_id) or self.state.device(device_id)

    def change(self, device_id: str, **changes: object) -> None:
        """Replaces fields of a device's state."""
        self.devices[device_id] = msgspec.structs.replace(self.device(device_id), **changes)

    def keep(self, alarm: Alarm) -> None:
        """Puts a changed alarm in its device's place for it; a closed one leaves it."""
        open_ = dict(self.device(alarm.device).open)
        keep_or_drop(open_, alarm)
        self.change(alarm.device, open=open_)

    def forget_unchanged(self) -> None:
        """Leaves out devices of which nothing is new."""
        state = self.state
        self.devices = {name: after for name, after in self.devices.items() if after != state.devices.get(name)}

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

    def raise_new(self, device: Device, code: str, figure: str = "", status: Status = "actual") -> Alarm:
        """A new incident with the next number; `figure` is what raised it, as its text shows it."""
        alarm = Alarm(
            id=self.next_alarm,
            device=device.id,
            zone=device.zone,
            kind=device.kind,
            type=code,
            priority=priority_of(code, device.kind),
            figure=figure,
            status=status,
        )
        self.next_alarm += 1
        return self.tell(raised(alarm, self.now), "alarm.raised", "raised")

    def decision(self, answer: str = "") -> Decision:
        """All that was collected."""
        return Decision(
            devices=self.devices,
            alarms=tuple(self.alarms),
            dispatches=tuple(self.dispatches),
            maintenance=self.maintenance,
            channels=tuple(self.channels),
            drills=tuple(self.drills),
            journal=tuple(self.journal),
            answer=answer,
        )


def judge(judgement: Judgement, device: Device, after: DeviceState) -> None:
    """Goes through the rules of one device whose signals are those of `after`.

    While somebody works on it, conditions can end but neither come nor go on: they are judged anew afterwards.
    """
    worked_on = judgement.state.maintained(device)
    pending, open_ = {} if worked_on else dict(after.pending), dict(after.open)
    for rule in _SUPERVISED[device.kind]:
        holds = rule.holds(device, _heard(judgement.state, after, rule), judgement.state.site.hours, judgement.now)
        if holds and not worked_on:
            _while_it_holds(judgement, device, rule, pending, open_)
        elif holds is False:
            _when_it_ended(judgement, rule, pending, open_)
    judgement.devices[device.id] = msgspec.structs.replace(after, pending=pending, open=open_)


def _heard(state: SiteState, after: DeviceState, rule: Rule) -> DeviceState:
    """Silence counts from the moment of listening at the earliest: what came before can't be known. An alarm for
    silence that was open before ends only with a live message."""
    listening = after.listening or state.started
    if rule.alarm != "silent" or "silent" in after.open or (after.seen and after.seen.mono >= listening.mono):
        return after
    return msgspec.structs.replace(after, seen=listening)


def _while_it_holds(
    judgement: Judgement, device: Device, rule: Rule, pending: dict[str, Now], open_: dict[str, Alarm]
) -> None:
    alarm = open_.get(rule.alarm)
    if alarm is not None and not is_over(alarm):
        return
    since = pending.setdefault(rule.alarm, judgement.now)
    if judgement.now.ms_since(since) < rule.on_delay(device):
        return
    del pending[rule.alarm]
    if alarm is None:
        open_[rule.alarm] = judgement.raise_new(device, rule.alarm)
    elif alarm.state is AlarmState.SHELVED:
        open_[rule.alarm] = judgement.record(repeated(alarm, judgement.now), (), "came_back_shelved")
    else:
        open_[rule.alarm] = judgement.tell(repeated(alarm, judgement.now), "alarm.updated", "came_back")


def is_over(alarm: Alarm) -> bool:
    """Whether the cause of an open alarm is gone."""
    return alarm.state is AlarmState.RETURNED or (alarm.state is AlarmState.SHELVED and alarm.returned_at > 0)


def _when_it_ended(judgement: Judgement, rule: Rule, pending: dict[str, Now], open_: dict[str, Alarm]) -> None:
    pending.pop(rule.alarm, None)
    alarm = open_.get(rule.alarm)
    if alarm is None or is_over(alarm):
        return
    alarm = returned(alarm, judgement.now)
    if alarm.state is AlarmState.SHELVED:
        open_[rule.alarm] = judgement.record(alarm, (), "returned_shelved")
        return
    type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
    keep_or_drop(open_, judgement.tell(alarm, type_, "returned"))


def keep_or_drop(open_: dict[str, Alarm], alarm: Alarm) -> None:
    """Keeps an open alarm in its device's list, drops a closed one."""
    if alarm.open:
        open_[alarm.type] = alarm
    else:
        open_.pop(alarm.type, None)
