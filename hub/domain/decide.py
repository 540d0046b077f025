"""decide(state, event, now): the one function in which the hub makes up its mind. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from hub.domain.answers import on_acknowledge, on_reset, on_shelve, on_unshelve
from hub.domain.commands import (
    AcceptTask,
    Acknowledge,
    Adopt,
    CloseFinding,
    EndDrill,
    EndMaintenance,
    FinishRound,
    FinishTask,
    GiveBackTask,
    Inspected,
    Maintain,
    MoveFinding,
    PlaceDevices,
    Promote,
    RaiseFinding,
    Reset,
    RunProbe,
    Shelve,
    Signed,
    StartDrill,
    StartRound,
    TakeTask,
    TickRound,
    Unshelve,
    WriteNote,
)
from hub.domain.conditions import Judgement, judge
from hub.domain.decision import Decision, Entry, Reading
from hub.domain.drills import on_end_drill, on_promote, on_start_drill
from hub.domain.events import (
    Attempted,
    DiskChecked,
    Event,
    Flooded,
    LineChecked,
    PosterChecked,
    Started,
    StoreChecked,
    Tick,
)
from hub.domain.findings import on_close_finding, on_move_finding, on_raise_finding
from hub.domain.lines import on_attempt, on_line_checked
from hub.domain.links import hears, on_linked
from hub.domain.maintenance import on_end_maintenance, on_maintain
from hub.domain.notes import on_write_note
from hub.domain.now import Now
from hub.domain.placing import on_place_devices
from hub.domain.posters import on_poster_checked
from hub.domain.presses import Pressed, presses_in
from hub.domain.probe import on_probe_heard, on_run_probe
from hub.domain.reports import Linked, Report
from hub.domain.rounds import follow_round, on_finish_round, on_start_round, on_tick_round
from hub.domain.rules.battery import trends_after
from hub.domain.signals import Value
from hub.domain.site import HUB, Device
from hub.domain.starts import on_started
from hub.domain.state import DeviceState, Known, SiteState
from hub.domain.supervision import on_disk_checked, on_store_checked
from hub.domain.tasks import follow_tasks, on_accept_task, on_finish_task, on_give_back_task, on_take_task
from hub.domain.ticks import on_tick


def decide(state: SiteState, event: Event, now: Now) -> Decision:
    """What follows from `event` at `now`. Changes nothing; whoever commits the decision applies it.

    Raises KeyError for a report of a device, or an attempt of a channel, that is not configured: decoders and
    workers only exist for configured ones.
    """
    decision = _DECIDERS[type(event)](state, event, now)
    return follow_round(state, follow_tasks(state, decision, now), now)


def _on_flooded(state: SiteState, event: Flooded, now: Now) -> Decision:
    judgement = Judgement(state, now)
    device = state.config(event.device)
    judge(judgement, device, msgspec.structs.replace(state.device(device.id), flooding=event.rate))
    return judgement.decision()


def _on_adopt(_state: SiteState, event: Adopt, now: Now) -> Decision:
    """Goes on record; hub.yaml is written elsewhere, since it takes time that a press must not wait for."""
    return Decision(journal=(Entry("adopt", now.wall, msgspec.to_builtins(event)),), answer="adopting")


def _on_inspected(_state: SiteState, event: Inspected, now: Now) -> Decision:
    return Decision(journal=(Entry("inspection", now.wall, msgspec.to_builtins(event)),), answer="recorded")


def _on_signed(_state: SiteState, event: Signed, now: Now) -> Decision:
    return Decision(journal=(Entry("login", now.wall, msgspec.to_builtins(event)),), answer="recorded")


def _on_report(state: SiteState, report: Report, now: Now) -> Decision:
    if report.device == HUB.id:
        return on_probe_heard(state, report, now)
    device = state.config(report.device)
    before = state.device(report.device)
    readings = _readings(device, report, now)
    judgement = Judgement(state, now)
    if _is_alive(report, now):
        hears(judgement, device.id)
    after = _overlaid(judgement.device(device.id), report, readings, now)
    said = frozenset(reading.signal for reading in readings)
    judge(judgement, device, after, retained=report.retained, said=said)
    pressed = Pressed(judgement, device)
    for press in presses_in(report, before):
        pressed.take(press, report)
    return judgement.decision(readings=readings, presses=tuple(pressed.records), receipts=tuple(pressed.receipts))


def _is_alive(report: Report, now: Now) -> bool:
    """A retained message is the broker's memory, "offline" is the broker's word, and what the device said long ago is
    its gateway's memory: none is a sign of life."""
    return not report.retained and ("reachable", False) not in report.signals and not _is_old(report, now)


def _is_old(report: Report, now: Now) -> bool:
    return report.said_at is not None and now.trusted and now.wall - report.said_at > OLD_STAMP


def _readings(device: Device, report: Report, now: Now) -> tuple[Reading, ...]:
    said = [_calibrated(device, *signal) for signal in report.signals] + list(report.held)
    if not said and not report.retained:
        said = [("reachable", True)]  # it said nothing that can be kept, but it lives
    return tuple([Reading(report.device, name, now.wall, value, report.retained) for name, value in said])


def _calibrated(device: Device, name: str, value: Value) -> tuple[str, Value]:
    """A ceiling sensor sees the floor's reflection; the inspector's luxmeter says what lies on the desk."""
    return (name, float(value) * device.lux_factor) if name == "lux" and device.lux_factor != 1 else (name, value)


def _overlaid(before: DeviceState, report: Report, readings: tuple[Reading, ...], now: Now) -> DeviceState:
    signals = dict(before.signals)
    for reading in readings:
        known = signals.get(reading.signal)
        since = known.since if known is not None and known.value == reading.value else now
        signals[reading.signal] = Known(reading.value, reading.at, since)
    seen = now if _is_alive(report, now) else before.seen
    stale_since = before.stale_since
    if report.said_at is not None:
        stale_since = (stale_since or now) if _is_old(report, now) else None
    return msgspec.structs.replace(
        before,
        signals=signals,
        seen=seen,
        installed=before.installed or seen,
        trends=trends_after(before.trends, readings, now),
        stale_since=stale_since,
    )


OLD_STAMP: Final = 600_000
"""ms by which a gateway's stamp may be behind: it is made at the device's message, not at the gateway's."""

_DECIDERS: Final[Mapping[type, Callable[[SiteState, Any, Now], Decision]]] = MappingProxyType(
    {
        Report: _on_report,
        Tick: on_tick,
        Acknowledge: on_acknowledge,
        Reset: on_reset,
        Shelve: on_shelve,
        StoreChecked: on_store_checked,
        DiskChecked: on_disk_checked,
        Unshelve: on_unshelve,
        Maintain: on_maintain,
        EndMaintenance: on_end_maintenance,
        StartDrill: on_start_drill,
        EndDrill: on_end_drill,
        Promote: on_promote,
        WriteNote: on_write_note,
        RunProbe: on_run_probe,
        Inspected: _on_inspected,
        Signed: _on_signed,
        Adopt: _on_adopt,
        RaiseFinding: on_raise_finding,
        MoveFinding: on_move_finding,
        CloseFinding: on_close_finding,
        Attempted: on_attempt,
        Linked: on_linked,
        Started: on_started,
        Flooded: _on_flooded,
        LineChecked: on_line_checked,
        TakeTask: on_take_task,
        GiveBackTask: on_give_back_task,
        FinishTask: on_finish_task,
        AcceptTask: on_accept_task,
        StartRound: on_start_round,
        TickRound: on_tick_round,
        FinishRound: on_finish_round,
        PlaceDevices: on_place_devices,
        PosterChecked: on_poster_checked,
    }
)
