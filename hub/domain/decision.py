"""What follows from one event: data to be stored and sent, nothing that has been done."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import Alert, Head
from hub.domain.now import Now
from hub.domain.reports import PressEvent
from hub.domain.signals import Value
from hub.domain.state import ChannelState, DeviceNote, DeviceState, Drill, Facts, Link, Maintenance, Probe, SiteState
from hub.domain.work import Finding, PosterState, Round, Task

Stage = Literal["stored", "hq"]

ENDED_KEPT: Final = 500
"""Alarms that are over and still known: panic and help, whose buttons' repeats are answered from them, and those that
headquarters was told of, which may still acknowledge them."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value of one signal (or `press`/`help` level), at UTC ms."""

    device: str
    signal: str
    at: int
    value: Value
    retained: bool


class PressRecord(msgspec.Struct, frozen=True):
    """A press that was accepted. `alarm` is 0 for a test press; `delivery` names the message that brought it."""

    device: str
    event: PressEvent
    at: int
    boot: int | None
    seq: int | None
    alarm: int
    delivery: str = ""


class Dispatch(msgspec.Struct, frozen=True):
    """One alert for one channel: an outbox row to be, made at `made_at` and sent from `due_at` on (UTC, ms). `reason`
    names why."""

    channel: str
    alert: Alert
    reason: str
    due_at: int
    made_at: int


class Settlement(msgspec.Struct, frozen=True):
    """What became of an attempt to send. `settled` is empty while the row is kept, then due again at `due_at`.
    `sent_at` is 0 where nothing has left the hub."""

    channel: str
    event_id: str
    outcome: str
    detail: str
    attempts: int
    sent_at: int
    settled: Literal["", "delivered", "accepted", "refused"]
    settled_at: int
    due_at: int


class Anchor(msgspec.Struct, frozen=True):
    """Somebody else's proof of what the journal was: the receipt of a heartbeat that carried its `head`. `at` is UTC
    in ms. `headers` and `body` are the signed receipt itself, where the channel gives it."""

    head: Head
    channel: str
    at: int
    event_id: str
    headers: Mapping[str, str] = {}
    body: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A line of the journal. `body` is plain data."""

    kind: str
    at: int
    body: Mapping[str, object]


def alarm_entry(alarm: Alarm, reason: str, now: Now, told: tuple[str, ...] = ()) -> Entry:
    """The journal's line about a changed alarm: the alarm as it is now, why, and the channels that are told. Every
    change of the alarms' table has one, so that the table can be held against the journal."""
    return Entry("alarm", now.wall, {"reason": reason, "alarm": msgspec.to_builtins(alarm), "told": told})


class Hasten(msgspec.Struct, frozen=True):
    """Messages due later than `later_than` (UTC, ms) are due `by` ms earlier: a clock that went back had put them
    off. At worst one is tried too early."""

    later_than: int
    by: int


class DeviceReceipt(msgspec.Struct, frozen=True):
    """Tells the device that pressed how far its press has come."""

    device: str
    boot: int
    seq: int
    stage: Stage


class Decision(msgspec.Struct, frozen=True):
    """All that follows from one event. Committed in one transaction, then applied to the state. `maintenance` maps a
    target to the work that begins there, None where it ends; `links` maps names to those that came or went. `spent` are
    moments at which headquarters' budget was drawn on."""

    devices: Mapping[str, DeviceState] = {}
    readings: tuple[Reading, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    presses: tuple[PressRecord, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    channels: tuple[ChannelState, ...] = ()
    maintenance: Mapping[str, Maintenance | None] = {}
    links: Mapping[str, Link] = {}
    clock: Now | None = None
    hasten: Hasten | None = None
    journal: tuple[Entry, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    receipts: tuple[DeviceReceipt, ...] = ()
    drills: tuple[Drill, ...] = ()
    probes: tuple[Probe, ...] = ()
    notes: tuple[DeviceNote, ...] = ()
    facts: Facts | None = None
    tasks: tuple[Task, ...] = ()
    rounds: tuple[Round, ...] = ()
    findings: tuple[Finding, ...] = ()
    posters: tuple[PosterState, ...] = ()
    positions: Mapping[str, tuple[int, int] | None] = {}
    spent: tuple[Now, ...] = ()
    answer: str = ""

    @property
    def urgent(self) -> bool:
        """Whether it must be on the disk at once; plain readings may wait for their batch."""
        urgent = self.alarms or self.presses or self.dispatches or self.settlements or self.journal or self.channels
        return bool(urgent or self.anchors or self.drills or self.probes or self.links or self.posters)


def apply(state: SiteState, decision: Decision) -> None:
    """Makes `decision` what the hub knows. The only place where the state changes."""
    state.devices.update(decision.devices)
    for press in decision.presses:
        if press.boot is not None and press.seq is not None:
            state.presses[(press.device, press.boot, press.seq)] = press.alarm
    for alarm in decision.alarms:
        _apply_alarm(state, alarm)
    for channel in decision.channels:
        state.channels[channel.name] = channel
    state.links.update(decision.links)
    state.spent = (*state.spent, *decision.spent)[-state.site.limits.headquarters_at_most :]
    state.clock = decision.clock or state.clock
    for target, work in decision.maintenance.items():
        if work is None:
            state.maintenance.pop(target, None)
        else:
            state.maintenance[target] = work
    _apply_work(state, decision)
    for probe in decision.probes:
        state.next_probe = max(state.next_probe, probe.id + 1)
        state.probe = None if probe.ended_at else probe
        state.last_probe = probe if probe.ended_at else state.last_probe
    for drill in decision.drills:
        state.next_drill = max(state.next_drill, drill.id + 1)
        if drill.ended_at:
            state.drills.pop(drill.id, None)
        else:
            state.drills[drill.id] = drill
    if decision.facts is not None:
        state.facts = decision.facts


def _apply_work(state: SiteState, decision: Decision) -> None:
    for task in decision.tasks:
        if task.state == "closed":
            state.tasks.pop(task.alarm, None)
        else:
            state.tasks[task.alarm] = task
    for finding in decision.findings:
        state.next_finding = max(state.next_finding, finding.id + 1)
        if finding.closed_at:
            state.findings.pop(finding.id, None)
        else:
            state.findings[finding.id] = finding
    for round_ in decision.rounds:
        state.next_round = max(state.next_round, round_.id + 1)
        state.round = None if round_.finished_at else round_
    for poster in decision.posters:
        state.posters[poster.id] = poster


def _apply_alarm(state: SiteState, alarm: Alarm) -> None:
    state.next_alarm = max(state.next_alarm, alarm.id + 1)
    if not alarm.open and (alarm.latching or not state.site.hq_channels.isdisjoint(alarm.told)):
        state.ended[alarm.id] = alarm
        while len(state.ended) > ENDED_KEPT:
            del state.ended[next(iter(state.ended))]
