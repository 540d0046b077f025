"""Which channels a message about an alarm goes to, and when."""

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.catalogue import ALARM_TYPES
from hub.domain.schedule import is_quiet, quiet_end
from hub.domain.site import Priority, Route, Site
from hub.domain.state import SiteState


def routes_of(site: Site, priority: Priority) -> tuple[Route, ...]:
    """The routes of alarms of one priority; hub.yaml has one at most."""
    return tuple(route for route in site.routes if priority in route.priorities)


def recipients(state: SiteState, alarm: Alarm, names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the channels `names` that a route has for this message, those that get it: each once.

    Headquarters is told only of what it must act on, unless the route says otherwise. That a channel is dead is told
    through another one: where the route has none, through any that isn't known to be dead itself, people's before
    headquarters'.
    """
    allowed = set(state.site.channels) - state.site.hq_channels | set(alarm.told)  # who read of it reads how it ends
    there = (name for name in names if name in state.site.channels)  # hub.yaml may have lost one since it was told
    names = tuple(dict.fromkeys(name for name in there if name in allowed or _is_due(state, alarm)))
    if alarm.type not in ("channel_down", "hq_line_lost") or alarm.state in (AlarmState.RETURNED, AlarmState.NORMAL):
        return names
    dead = names_in(alarm)
    alive = tuple(name for name in names if name not in dead)
    told = alive or _others(state, dead)
    if alarm.type == "hq_line_lost":  # headquarters reads of it when the line is back
        return tuple(dict.fromkeys((*told, *names)))
    return told


def for_headquarters(alarm: Alarm) -> bool:
    """What headquarters is told of by default: panic, help, lost lines, and an intrusion that a second, independent
    signal has verified."""
    return ALARM_TYPES[alarm.type].to_headquarters and (alarm.type != "intrusion" or alarm.verified)


def _is_due(state: SiteState, alarm: Alarm) -> bool:
    told_of_all = any(route.headquarters == "all" for route in routes_of(state.site, alarm.priority))
    return told_of_all or for_headquarters(alarm)


def names_in(alarm: Alarm) -> tuple[str, ...]:
    """The channels that an alarm of the hub is about."""
    return tuple(name for name in alarm.figure.split(", ") if name)


def _others(state: SiteState, dead: tuple[str, ...]) -> tuple[str, ...]:
    living = [n for n in state.site.channels if n not in dead and state.channels[n].state != "down"]
    living.sort(key=lambda name: name in state.site.hq_channels)
    return tuple(living[:1])


def quiet_until(site: Site, alarm: Alarm, wall: int) -> int:
    """The moment (UTC, ms) until which nobody is to be woken for this alarm; 0 outside quiet hours. Only tasks, the
    alarms of medium priority, can wait."""
    if alarm.priority != "medium":
        return 0
    spans = [r.quiet for r in routes_of(site, alarm.priority) if r.quiet and is_quiet(site.hours, r.quiet, wall)]
    return max((quiet_end(site.hours, quiet, wall) for quiet in spans), default=0)
