"""Who is told about a change of an alarm, and for which named reason."""

from typing import Final

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import AlertType, Earlier, alert_of
from hub.domain.decision import Dispatch
from hub.domain.now import Now
from hub.domain.routing import recipients
from hub.domain.state import SiteState

JOIN_QUIET: Final = 60_000
"""ms in which further presses of an open incident are counted without another message each."""
REMEMBERED: Final = 8
"""How many of the latest messages, beside the first, a later message to the same channel can refer to."""


def told(state: SiteState, alarm: Alarm, type_: AlertType, reason: str, now: Now) -> tuple[Alarm, tuple[Dispatch, ...]]:
    """The alarm with its message numbered, and the message for each channel of its route."""
    numbered = msgspec.structs.replace(alarm, changes=alarm.changes + 1, notified_at=now.wall, notified_mono=now.mono)
    return _dispatches(state, numbered, type_, reason, state.site.channels_for(alarm.priority))


def escalation(state: SiteState, alarm: Alarm, now: Now) -> tuple[Alarm, tuple[Dispatch, ...]] | None:
    """The next step of the alarm's route, once its delay is over; None while nothing is due.

    The message is numbered anew, so that a channel named in two steps is told twice.
    """
    steps = [step for route in state.site.routes if alarm.priority in route.priorities for step in route.after]
    if alarm.escalated >= len(steps):
        return None
    delay, channels = sorted(steps)[alarm.escalated]
    if now.mono - alarm.asked_mono < delay:
        return None
    numbered = msgspec.structs.replace(
        alarm,
        changes=alarm.changes + 1,
        escalated=alarm.escalated + 1,
        notified_at=now.wall,
        notified_mono=now.mono,
    )
    return _dispatches(state, numbered, "alarm.raised", f"escalation_{delay // 1000}s", channels)


def _dispatches(
    state: SiteState, alarm: Alarm, type_: AlertType, reason: str, channels: tuple[str, ...]
) -> tuple[Alarm, tuple[Dispatch, ...]]:
    """The message for each channel, with those that the channel got before; and the alarm that remembers it."""
    alert = alert_of(state.site, alarm, type_, state.epoch)
    told = dict(alarm.told)
    dispatches = []
    for channel in recipients(state, alarm, channels):
        before = told.get(channel, ())
        earlier = tuple(Earlier(change, at) for change, at in before)
        dispatches.append(Dispatch(channel, msgspec.structs.replace(alert, earlier=earlier), reason, alarm.notified_at))
        told[channel] = (*before[:1], *before[1:][1 - REMEMBERED :], (alarm.changes, alarm.notified_at))
    return msgspec.structs.replace(alarm, told=told), tuple(dispatches)
