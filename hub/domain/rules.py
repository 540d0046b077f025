"""When a device's signals mean an alarm: one predicate per rule, one table per kind of device.

A predicate answers True (the condition holds), False (it does not) or None (nothing is known, so nothing changes).
Delays are the table's: a condition raises its alarm when it has held for `on_delay`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from hub.domain.now import Now
from hub.domain.schedule import is_open
from hub.domain.site import Device, Hours
from hub.domain.state import DeviceState

Predicate = Callable[[Device, DeviceState, Hours, Now], bool | None]
Delay = Callable[[Device], int]


class Rule(msgspec.Struct, frozen=True):
    """`alarm` is raised when `holds` has been true for `on_delay` ms."""

    alarm: str
    holds: Predicate
    on_delay: Delay = lambda device: 0


def is_silent(device: Device, state: DeviceState, _hours: Hours, now: Now) -> bool | None:
    """No live message for longer than `silent_after`. A device never heard of is judged by `decide`, from its start."""
    return None if state.seen is None else now.ms_since(state.seen) > device.silent_after


def _opened_out_of_hours(_device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    contact = state.signals.get("contact")
    if contact is None:
        return None
    return contact.value == "open" and not is_open(hours, contact.since.wall) and not is_open(hours, now.wall)


def _open_in_hours(_device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    contact = state.value("contact")
    return None if contact is None else contact == "open" and is_open(hours, now.wall)


def _dark(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    lux = state.value("lux")
    return None if lux is None else float(lux) < device.min_lux and is_open(hours, now.wall)


def _flag(signal: str) -> Predicate:
    def holds(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
        value = state.value(signal)
        return None if value is None else value is True

    return holds


def _loop_broken(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    loop = state.value("loop")
    return None if loop is None else loop != "normal"


def _untested(device: Device, state: DeviceState, _hours: Hours, now: Now) -> bool | None:
    """Neither pressed nor tested for longer than `untested_after`; a button never heard of is silent instead."""
    since = state.last_press or state.installed
    return None if since is None else now.ms_since(since) > device.untested_after


def _battery_low(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    flag, percent = state.value("battery_low"), state.value("battery")
    if flag is None and percent is None:
        return None
    return flag is True or (percent is not None and float(percent) <= 10)


def _long_stay(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    occupancy = state.value("occupancy")
    return None if occupancy is None else occupancy is True


_ANY: Final = (Rule("tamper", _flag("tamper")), Rule("battery_low", _battery_low))

RULES: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "panic": (Rule("loop_fault", _loop_broken), Rule("untested", _untested), *_ANY),
        "door": (
            Rule("intrusion", _opened_out_of_hours),
            Rule("door_held", _open_in_hours, lambda device: device.held_after),
            *_ANY,
        ),
        "lighting": (Rule("dark", _dark, lambda device: device.dark_after), *_ANY),
        "restroom": (
            Rule("leak", _flag("leak")),
            Rule("smoke_or_vape", _flag("smoke")),
            Rule("long_stay", _long_stay, lambda device: device.stay_after),
            *_ANY,
        ),
        "camera": (),
    }
)
