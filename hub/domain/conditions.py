"""Conditions that hold or end: rules with their delays, and silence."""

from functools import lru_cache
from typing import Final

import msgspec

from hub.domain.alarms import Alarm, AlarmState, Status, raised, repeated, returned
from hub.domain.alerts import AlertType
from hub.domain.budget import Purse
from hub.domain.catalogue import priority_of
from hub.domain.chatter import Chatter, is_judged, is_one_too_many
from hub.domain.decision import Decision, DeviceReceipt, Dispatch, Entry, PressRecord, Reading, alarm_entry
from hub.domain.gaps import UNKNOWN, Gap, is_over, is_settling
from hub.domain.notices import told
from hub.domain.now import Now
from hub.domain.rules import RULES
from hub.domain.rules.rule import Rule
from hub.domain.site import Device
from hub.domain.state import ChannelState, DeviceState, Drill, Link, Maintenance, Pending, Probe, SiteState

_SILENCE: Final = frozenset({"silent", "camera_down"})
_NEVER_FOUND: Final = _SILENCE | {"flood"}
"""What is the hub's own observation is never found after a gap."""
_WHILE: Final = 60_000
"""ms below which the delay of a condition is of no account in its text."""


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
        self.probes: list[Probe] = []
        self.links: dict[str, Link] = {}
        self.purse = Purse(state, now)

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
        messages = told(self.state, alarm, type_, reason, self.now, purse=self.purse, others=self.alarms)
        return self.record(*messages, reason)

    def record(self, alarm: Alarm, messages: tuple[Dispatch, ...], reason: str) -> Alarm:
        """Records the changed alarm with the messages about it."""
        self.alarms.append(alarm)
        self.dispatches += messages
        told_channels = tuple(message.channel for message in messages)
        self.journal.append(alarm_entry(alarm, reason, self.now, told_channels))
        return alarm

    def raise_new(
        self,
        device: Device,
        code: str,
        figure: str = "",
        *,
        status: Status = "actual",
        gap: int = 0,
        pressed_at: int = 0,
        since: int = 0,
    ) -> Alarm:
        """A new incident with the next number; `figure` is what raised it, as its text shows it; `gap`, `pressed_at`
        and `since` as in Alarm."""
        alarm = Alarm(
            id=self.next_alarm,
            device=device.id,
            zone=device.zone,
            kind=device.kind,
            type=code,
            priority=priority_of(code, device.kind),
            figure=figure,
            status=status,
            pressed_at=pressed_at,
            since=since,
        )
        self.next_alarm += 1
        return self.tell(raised(alarm, self.now, gap), "alarm.raised", "found" if gap else "raised")

    def decision(
        self,
        answer: str = "",
        readings: tuple[Reading, ...] = (),
        presses: tuple[PressRecord, ...] = (),
        receipts: tuple[DeviceReceipt, ...] = (),
    ) -> Decision:
        """All that was collected, with what else the event brought."""
        return Decision(
            devices=self.devices,
            readings=readings,
            presses=presses,
            receipts=receipts,
            alarms=tuple(self.alarms),
            dispatches=tuple(self.dispatches),
            maintenance=self.maintenance,
            channels=tuple(self.channels),
            drills=tuple(self.drills),
            probes=tuple(self.probes),
            links=self.links,
            journal=tuple(self.journal),
            spent=(self.now,) * self.purse.spent,
            answer=answer,
        )


def judge(
    judgement: Judgement,
    device: Device,
    after: DeviceState,
    *,
    retained: bool = False,
    said: frozenset[str] | None = None,
) -> None:
    """Goes through the rules of one device whose signals are those of `after`. `retained`: the broker's memory told.
    `said` are the signals just heard, None where time has passed: a rule that they don't concern waits for the tick.

    After a gap nothing is judged until what waited meanwhile is in. While somebody works on the device, conditions
    can end but neither come nor go on: they are judged anew afterwards.
    """
    gap, state, now = after.gap, judgement.state, judgement.now
    if gap is not None and is_settling(gap, after.seen, state.site.limits.grace, now):
        judgement.devices[device.id] = after
        return
    busy = bool(after.open or after.pending or after.chatter or after.flooding)
    news: list[tuple[Rule, bool, Now | None]] = []
    for rule in RULES.get(device.kind, ()) if said is None or busy or gap else _told_by(device.kind, said):
        known = after if rule.alarm not in _SILENCE else _listened_to(state, device, after, now)
        holds = None if known is None else rule.holds(device, known, state.site.hours, now)
        if holds or (holds is not None and busy):
            news.append((rule, holds, rule.since(known) if known is not None else None))
    gap_after = None if gap and is_over(gap, after.seen, now) else gap
    if not news and not busy:
        judgement.devices[device.id] = after if gap_after is gap else msgspec.structs.replace(after, gap=gap_after)
        return
    round_ = _Round(judgement, device, after, UNKNOWN if retained and gap is None else gap.ms if gap else 0)
    for rule, holds, since in news:
        if is_judged(round_.chatter, rule.alarm, holds, state.site.limits, now):
            figure = rule.figure(device, after, now) if holds else ""
            round_.take(rule.alarm, holds, rule.on_delay(device), figure, since)
    round_.take_flood(after.flooding)
    judgement.devices[device.id] = round_.result(gap_after)


@lru_cache(maxsize=1024)
def _told_by(kind: str, said: frozenset[str]) -> tuple[Rule, ...]:
    """The rules of a kind whose answer these signals can change."""
    return tuple(rule for rule in RULES.get(kind, ()) if not rule.signals.isdisjoint(said))


def _listened_to(state: SiteState, device: Device, after: DeviceState, now: Now) -> DeviceState | None:
    """The device as the rule of silence sees it; None while its silence means nothing.

    It counts from the moment of listening at the earliest: what came before can't be known. An alarm that was open
    before ends only with a live message.
    """
    listening = after.listening or state.started
    if after.seen is not None and after.seen.mono >= listening.mono:
        return after if not state.unheard(device.id) else None
    if state.unheard(device.id) or now.ms_since(listening) < state.site.limits.grace:
        return None
    return after if _SILENCE & after.open.keys() else msgspec.structs.replace(after, seen=listening)


class _Round:
    """One device's conditions at one moment. `found` is the gap (ms, -1 unknown) after which they are looked at, 0
    where they were seen to change."""

    def __init__(self, judgement: Judgement, device: Device, after: DeviceState, found: int) -> None:
        self.judgement, self.device, self.after, self.found = judgement, device, after, found
        self.worked_on = judgement.state.maintained(device)
        self.pending = {} if self.worked_on else dict(after.pending)
        self.chatter = {} if self.worked_on else dict(after.chatter)
        self.activations = dict(after.activations)
        self.open = dict(after.open)

    def take(self, code: str, holds: bool, delay: int, figure: str = "", since: Now | None = None) -> None:
        """What follows from one condition, which has held `since` then (None: since it was first seen to)."""
        if not holds:
            self._ended(code)
        elif not self.worked_on:
            self._holds(code, delay, figure, since)

    def take_flood(self, flooding: float) -> None:
        """One task for a device that floods the hub or whose alarms chatter."""
        shelved = {code for code, alarm in self.open.items() if alarm.state is AlarmState.SHELVED}
        chattering = next((code for code in self.chatter if code not in shelved), "")
        if chattering or flooding or "flood" in self.open:
            self.take("flood", bool(chattering or flooding), 0, chattering or f"{flooding:g}")

    def result(self, gap: Gap | None) -> DeviceState:
        """The device afterwards."""
        return msgspec.structs.replace(
            self.after,
            pending=self.pending,
            open=self.open,
            gap=gap,
            chatter=self.chatter,
            activations=self.activations,
        )

    def _holds(self, code: str, delay: int, figure: str, since: Now | None) -> None:
        alarm, now = self.open.get(code), self.judgement.now
        if alarm is not None and not alarm.is_over:
            return
        found = 0 if code in _NEVER_FOUND else self.found
        pending = self.pending.setdefault(code, Pending(now, found))
        if now.ms_since(pending.since) < delay:
            return
        del self.pending[code]
        if code != "flood" and is_one_too_many(self.activations, code, self.judgement.state.site.limits, now):
            self.chatter[code] = Chatter(True, now)
        elif alarm is None:
            began = 0 if pending.gap else long_before(since or pending.since, now)
            self.open[code] = self.judgement.raise_new(self.device, code, figure, gap=pending.gap, since=began)
        elif alarm.state is AlarmState.SHELVED:
            self.open[code] = self.judgement.record(repeated(alarm, self.judgement.now), (), "came_back_shelved")
        else:
            self.open[code] = self.judgement.tell(repeated(alarm, self.judgement.now), "alarm.updated", "came_back")

    def _ended(self, code: str) -> None:
        self.pending.pop(code, None)
        alarm = self.open.get(code)
        if alarm is None or alarm.is_over:
            return
        found = 0 if code in _NEVER_FOUND else self.found
        alarm = returned(alarm, self.judgement.now, found)
        if alarm.state is AlarmState.SHELVED:
            self.open[code] = self.judgement.record(alarm, (), "returned_shelved")
            return
        type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
        keep_or_drop(self.open, self.judgement.tell(alarm, type_, "found_over" if found else "returned"))


def long_before(since: Now, now: Now) -> int:
    """UTC in ms, 0 where it is now; by the steady clock, since the other one may have been set meanwhile."""
    ms = now.ms_since(since)
    return now.wall - ms if ms >= _WHILE else 0


def keep_or_drop(open_: dict[str, Alarm], alarm: Alarm) -> None:
    """Keeps an open alarm in its device's list, drops a closed one."""
    if alarm.open:
        open_[alarm.type] = alarm
    else:
        open_.pop(alarm.type, None)
