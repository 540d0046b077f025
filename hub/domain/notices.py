"""Who is told about a change of an alarm, when, and for which named reason.

Tasks (medium alarms) may have to wait: in quiet hours for their end, and for a moment where one that belongs together
with them was just told. Such an alarm is `held`: it goes out later, alone or as part of one message, or never, if it
ends before.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import Alert, AlertType, Earlier, alert_of, alert_of_several
from hub.domain.budget import Purse
from hub.domain.decision import Dispatch
from hub.domain.now import Now
from hub.domain.routing import quiet_until, recipients, routes_of
from hub.domain.site import PRIORITY_RANK
from hub.domain.state import SiteState

JOIN_QUIET: Final = 60_000
"""ms in which further presses of an open incident are counted without another message each."""
REMEMBERED: Final = 8
"""How many of the latest messages, beside the first, a later message to the same channel can refer to."""
GROUP_MS: Final = 60_000
"""ms after a task was told in which others of its zone or of its type are gathered into one more message."""

Told = tuple[Alarm, tuple[Dispatch, ...]]
Several = tuple[tuple[Alarm, ...], tuple[Dispatch, ...]]


def told(
    state: SiteState,
    alarm: Alarm,
    type_: AlertType,
    reason: str,
    now: Now,
    *,
    purse: Purse,
    others: Iterable[Alarm] = (),
) -> Told:
    """The alarm with its message numbered, and the message for each channel: those of its route, and those that
    escalation has told before. `others` are alarms that were changed in the same moment.

    A channel that is told for the first time reads that the alarm was raised; of one that has ended it reads nothing.
    """
    numbered = _numbered(alarm, now)
    if alarm.held:
        return numbered, ()
    hold = _hold(state, numbered, now, others) if type_ == "alarm.raised" else ""
    if hold:
        return msgspec.structs.replace(numbered, held=hold, held_mono=now.mono), ()
    channels = (*state.site.channels_for(alarm.priority), *alarm.told)
    return _dispatches(state, numbered, type_, reason, channels, purse=purse)


def escalation(state: SiteState, alarm: Alarm, now: Now, purse: Purse) -> Told | None:
    """The next step of the alarm's route, once its delay is over; None while nothing is due.

    The message is numbered anew, so that a channel named in two steps is told twice.
    """
    steps = sorted(step for route in routes_of(state.site, alarm.priority) for step in route.after)
    if alarm.held or alarm.escalated >= len(steps):
        return None
    delay, channels = steps[alarm.escalated]
    if now.mono - alarm.asked_mono < delay or quiet_until(state.site, alarm, now.wall):
        return None
    numbered = msgspec.structs.replace(_numbered(alarm, now), escalated=alarm.escalated + 1)
    return _dispatches(state, numbered, "alarm.raised", f"escalation_{delay // 1000}s", channels, purse=purse)


def released(state: SiteState, alarms: Sequence[Alarm], now: Now, purse: Purse) -> Several:
    """The held `alarms` that may go out now, as one message for each group; with the changed alarms."""
    changed: list[Alarm] = []
    dispatches: list[Dispatch] = []
    due = {alarm.held for alarm in alarms if _may_go(state, alarm, now)}
    for group in _groups([alarm for alarm in alarms if alarm.held in due]):
        members, messages = _together(state, group, now, purse)
        changed += members
        dispatches += messages
    return tuple(changed), tuple(dispatches)


def repaid(state: SiteState, alarms: Sequence[Alarm], now: Now, purse: Purse) -> Several:
    """What headquarters is owed, as one alert that leads with the most urgent, of these with one whose cause is still
    there; with the changed alarms."""
    alarms = sorted(alarms, key=lambda alarm: (PRIORITY_RANK[alarm.priority], alarm.is_over, alarm.id))
    owed = [_numbered(alarm, now) for alarm in alarms]
    alert = alert_of_several(state.site, owed, state.epoch) if len(owed) > 1 else None
    channels = tuple(dict.fromkeys(name for alarm in owed for name in alarm.owed))
    first, dispatches = _dispatches(state, owed[0], "alarm.raised", "over_budget", channels, purse=purse, alert=alert)
    told = {name: first.told[name] for name in channels if name in first.told}
    first = msgspec.structs.replace(first, owed=())
    return (first, *(_told_with(alarm, told, alert) for alarm in owed[1:])), dispatches


def _told_with(alarm: Alarm, channels: Iterable[str], alert: Alert | None) -> Alarm:
    """The alarm after another one's message has told of it: its own messages there begin with the next one."""
    told = {**alarm.told, **{name: () for name in channels if name not in alarm.told}}
    grouped_in = f"{alarm.grouped_in} {alert.event_id if alert is not None else ''}"
    return msgspec.structs.replace(alarm, told=told, owed=(), grouped_in=grouped_in.strip())


def _numbered(alarm: Alarm, now: Now) -> Alarm:
    return msgspec.structs.replace(alarm, changes=alarm.changes + 1, notified_at=now.wall, notified_mono=now.mono)


def _hold(state: SiteState, alarm: Alarm, now: Now, others: Iterable[Alarm]) -> str:
    """Why the first message about an alarm waits; empty where it does not."""
    if alarm.priority != "medium":
        return ""
    if quiet_until(state.site, alarm, now.wall):
        return "quiet"
    if alarm.kind == "hub":
        return ""
    for other in (*others, *state.open_alarms()):
        if other.priority == "medium" and other.told and now.mono - other.notified_mono < GROUP_MS:
            if other.type == alarm.type:
                return f"type:{alarm.type}"
            if other.zone == alarm.zone:
                return f"zone:{alarm.zone}"
    return ""


def _may_go(state: SiteState, alarm: Alarm, now: Now) -> bool:
    if quiet_until(state.site, alarm, now.wall):
        return False
    return alarm.held == "quiet" or now.mono - alarm.held_mono >= GROUP_MS


def _groups(alarms: list[Alarm]) -> Iterable[list[Alarm]]:
    """Those of one type go together, and of what is left those of one zone."""
    by_type: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_type.setdefault(alarm.type, []).append(alarm)
    alone: dict[str, list[Alarm]] = {}
    for group in by_type.values():
        if len(group) > 1:
            yield group
        else:
            alone.setdefault(group[0].zone, []).append(group[0])
    yield from alone.values()


def _together(state: SiteState, group: list[Alarm], now: Now, purse: Purse) -> tuple[list[Alarm], tuple[Dispatch, ...]]:
    """One message to each person's channel; headquarters' systems take alarms one by one."""
    reason = "after_quiet_hours" if group[0].held == "quiet" else "grouped"
    free = [
        msgspec.structs.replace(_numbered(alarm, now), held="", asked_at=now.wall, asked_mono=now.mono)
        for alarm in sorted(group, key=lambda alarm: alarm.id)
    ]
    channels = state.site.channels_for(free[0].priority)
    people = tuple(name for name in channels if name not in state.site.hq_channels)
    alert = alert_of_several(state.site, free, state.epoch) if len(free) > 1 else None
    free[0], dispatches = _dispatches(state, free[0], "alarm.raised", reason, people, purse=purse, alert=alert)
    if alert is not None:
        free[1:] = [_told_with(alarm, free[0].told, alert) for alarm in free[1:]]
    systems = tuple(name for name in channels if name in state.site.hq_channels)
    for index, alarm in enumerate(free):
        free[index], messages = _dispatches(state, alarm, "alarm.raised", reason, systems, purse=purse)
        dispatches += messages
    return free, dispatches


def _dispatches(
    state: SiteState,
    alarm: Alarm,
    type_: AlertType,
    reason: str,
    channels: tuple[str, ...],
    *,
    purse: Purse,
    alert: Alert | None = None,
) -> Told:
    """The message for each channel, with those that the channel got before; and the alarm that remembers it."""
    alert = alert or alert_of(state.site, alarm, type_, state.epoch)
    due_at = quiet_until(state.site, alarm, alarm.notified_at) or alarm.notified_at
    told, owed = dict(alarm.told), set(alarm.owed)
    dispatches = []
    for channel in recipients(state, alarm, channels):
        if channel not in told and type_ == "alarm.cleared":
            continue
        if purse.holds_back(alarm, channel):
            owed.add(channel)
            continue
        before = told.get(channel, ())
        earlier = tuple(Earlier(change, at) for change, at in before)
        kind: AlertType = type_ if channel in told else "alarm.raised"
        own = msgspec.structs.replace(alert, type=kind, earlier=earlier)
        dispatches.append(Dispatch(channel, own, reason, due_at, alarm.notified_at))
        told[channel] = (*before[:1], *before[1:][1 - REMEMBERED :], (alarm.changes, alarm.notified_at))
    purse.pay(dispatches)
    left = tuple(sorted(owed - told.keys())) if alarm.open else ()
    return msgspec.structs.replace(alarm, told=told, owed=left), tuple(dispatches)
