"""Which channels a message about an alarm goes to."""

from hub.domain.alarms import Alarm
from hub.domain.state import SiteState


def recipients(state: SiteState, alarm: Alarm, names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the channels `names` that a route has for this message, those that get it.

    That a channel is dead is told through another one: where the route has none, through any that isn't known to be
    dead itself, people's before headquarters'.
    """
    if alarm.type not in ("channel_down", "hq_line_lost"):
        return names
    dead = names_in(alarm)
    alive = tuple(name for name in names if name not in dead)
    told = alive or _others(state, dead)
    if alarm.type == "hq_line_lost":  # headquarters reads of it when the line is back
        return tuple(dict.fromkeys((*told, *names)))
    return told


def names_in(alarm: Alarm) -> tuple[str, ...]:
    """The channels that an alarm of the hub is about."""
    return tuple(name for name in alarm.figure.split(", ") if name)


def _others(state: SiteState, dead: tuple[str, ...]) -> tuple[str, ...]:
    living = [n for n in state.site.channels if n not in dead and state.channels[n].state != "down"]
    living.sort(key=lambda name: name in state.site.hq_channels)
    return tuple(living[:1])
