"""What became of an attempt to send, and what it says about the line.

A supervised line is lost when nothing has been proven over it for LOST_AFTER, whichever direction failed and whether
or not its worker still says anything. Other channels are lost when they have only failed for so long.
"""

from typing import Final

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import alarm_of
from hub.domain.decision import Decision, DeviceReceipt, Entry, Settlement, alarm_entry
from hub.domain.events import Attempted, LineChecked
from hub.domain.now import Now
from hub.domain.presses import presses_of
from hub.domain.probe import on_probe_receipt, probe_entry
from hub.domain.state import ChannelState, DeviceState, SiteState

LOST_AFTER: Final = 150_000
"""ms without a proof: two heartbeats and a half, so that one that is lost raises nothing, and a line that is cut right
after a heartbeat is told of within three minutes."""


_KEPT_BACK: Final = frozenset({"unreachable", "fault"})
"""Outcomes of attempts in which nothing has left the hub: the alert was not sent."""


def is_lost(state: SiteState, name: str, now: Now) -> bool | None:
    """Whether the channel is lost; None while nothing is known of it since the hub's start."""
    channel = state.channels[name]
    if channel.refused and name not in state.site.hq_channels:
        return True
    if name in state.supervised:
        since = channel.proven or state.started
        return now.ms_since(since) > LOST_AFTER or (None if channel.proven is None else False)
    if channel.failing is not None:
        return now.ms_since(channel.failing) > LOST_AFTER or None
    return None if channel.proven is None else False


def silent_line(channel: ChannelState, now: Now) -> ChannelState:
    """A line that was thought to work and isn't heard of any more."""
    return msgspec.structs.replace(channel, state="down", since=now.wall, outcome="timeout", detail="no answer")


def on_attempt(state: SiteState, event: Attempted, now: Now) -> Decision:
    """The row's fate, the line's, and where headquarters has proven that it has the alert, the button's lamp."""
    settlement = Settlement(
        channel=event.channel,
        event_id=event.event_id,
        outcome=event.outcome,
        detail=event.detail,
        attempts=event.attempts,
        sent_at=0 if event.outcome in _KEPT_BACK else event.at,
        settled=event.settled,
        settled_at=event.at if event.settled else 0,
        due_at=event.due_at,
    )
    probes = on_probe_receipt(state, event, now)
    devices, alarms, receipts = _proven(state, event)
    return Decision(
        devices=devices,
        alarms=alarms,
        settlements=(settlement,),
        channels=_line(state, event, now),
        journal=(*_entries(event, alarms, now), *(probe_entry(probe, now) for probe in probes if probe.ended_at)),
        receipts=receipts,
        probes=probes,
    )


def on_line_checked(state: SiteState, event: LineChecked, now: Now) -> Decision:
    """A heartbeat's result."""
    anchors = (event.anchor,) if event.anchor is not None else ()
    return Decision(channels=_line(state, event, now), anchors=anchors)


def _entries(event: Attempted, alarms: tuple[Alarm, ...], now: Now) -> tuple[Entry, ...]:
    if not event.settled:
        return ()
    body = {
        "channel": event.channel,
        "event_id": event.event_id,
        "settled": event.settled,
        "outcome": event.outcome,
        "attempts": event.attempts,
    }
    receipts = (alarm_entry(alarm, "headquarters_has_it", now) for alarm in alarms)
    return (Entry("delivery", event.at, body), *receipts)


def _line(state: SiteState, event: Attempted | LineChecked, now: Now) -> tuple[ChannelState, ...]:
    before = state.channels[event.channel]
    if event.line_ok is None:
        return ()
    refused = before.refused
    if isinstance(event, Attempted) and event.settled:
        refused = event.settled == "refused"
    reaches_nobody = refused and event.channel not in state.site.hq_channels
    if reaches_nobody and event.line_ok and isinstance(event, LineChecked):  # the modem is well, its numbers are not
        return (msgspec.structs.replace(before, proven=now, failing=None),)
    word = "up" if event.line_ok else "unproven" if event.outcome == "unproven" else "down"
    if reaches_nobody:
        word = "down"
    after = ChannelState(
        name=event.channel,
        state=word,
        since=before.since if before.state == word and before.since else event.at,
        last_receipt_at=event.at if event.line_ok and event.outcome == "delivered" else before.last_receipt_at,
        outcome=event.outcome,
        detail=event.detail,
        proven=now if event.line_ok else before.proven,
        failing=None if event.line_ok else before.failing or now,
        refused=refused,
    )
    return (after,)


def _proven(
    state: SiteState, event: Attempted
) -> tuple[dict[str, DeviceState], tuple[Alarm, ...], tuple[DeviceReceipt, ...]]:
    if event.settled != "delivered" or event.channel not in state.site.hq_channels:
        return {}, (), ()
    number = alarm_of(event.event_id, state.site.id, state.epoch)
    alarms = [alarm for alarm in (*state.open_alarms(), *state.ended.values()) if _is_told(alarm, number, event)]
    proven = tuple(msgspec.structs.replace(alarm, hq_receipt_at=event.at) for alarm in alarms)
    devices: dict[str, DeviceState] = {}
    for alarm in proven:
        if alarm.open:
            device = devices.get(alarm.device) or state.device(alarm.device)
            devices[alarm.device] = msgspec.structs.replace(device, open={**device.open, alarm.type: alarm})
    return devices, proven, tuple(receipt for alarm in proven for receipt in presses_of(state, alarm.id))


def _is_told(alarm: Alarm, number: int | None, event: Attempted) -> bool:
    """Whether the message that was delivered told of this alarm, and of what a person was last asked for: that
    headquarters knows of an exercise, or of an earlier press, is no proof that it knows of the present one. One that
    was told with others has no message of its own there as long as nothing more has happened."""
    if alarm.hq_receipt_at:
        return False
    own = alarm.told.get(event.channel, ())
    if alarm.id != number:
        return not own and event.event_id in alarm.grouped_in.split()
    change = int(event.event_id.rpartition("-")[2])
    return any(one == change and at >= alarm.asked_at for one, at in own)
