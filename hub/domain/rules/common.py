"""Rules of every kind of device: silence, tamper, battery, figures that can't be believed; and a button's wires."""

from typing import Final

from hub.domain.now import Now
from hub.domain.rules.battery import is_running_out
from hub.domain.rules.rule import Rule, flag, number, reading
from hub.domain.rules.suspicion import suspicion
from hub.domain.site import Device, Hours
from hub.domain.state import DeviceState

_SILENT_AND_LOW: Final = 25.0
"""Percent. A device that fell silent with so little left has most likely run out: lithium cells say much until they
say nothing."""


def is_silent(device: Device, state: DeviceState, _hours: Hours, now: Now) -> bool | None:
    """No live message for longer than `silent_after`. A device never heard of is judged by `decide`, from its start."""
    return None if state.seen is None else now.ms_since(state.seen) > device.silent_after


def _battery_low(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    said, percent = state.value("battery_low"), number(state, "battery")
    if said is None and percent is None and number(state, "voltage") is None:
        return None
    if said is True or is_running_out(state, now):
        return True
    if percent is None:
        return False
    limit = device.battery_min + (2 if "battery_low" in state.open else 0)
    return percent <= limit or (percent <= _SILENT_AND_LOW and is_silent(device, state, hours, now) is True)


def _loop_broken(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    loop = state.value("loop")
    return None if loop is None else loop != "normal"


def _untested(device: Device, state: DeviceState, _hours: Hours, now: Now) -> bool | None:
    """Neither pressed nor tested for longer than `untested_after`; a button never heard of is silent instead."""
    since = _last_tested(state)
    return None if since is None else now.ms_since(since) > device.untested_after


def _last_tested(state: DeviceState) -> Now | None:
    return state.last_press or state.installed


def _suspect(_device: Device, state: DeviceState, _hours: Hours, now: Now) -> bool:
    return bool(suspicion(state, now))


def _last_heard(state: DeviceState) -> Now | None:
    return state.seen


SILENT: Final = Rule("silent", is_silent, since=_last_heard)
CAMERA_DOWN: Final = Rule("camera_down", is_silent, since=_last_heard)
"""A camera doesn't speak: it is silent when it doesn't answer."""
LOOP: Final = Rule("loop_fault", _loop_broken, frozenset({"loop"}), figure=reading("loop", ""))
PANIC: Final = (LOOP, Rule("untested", _untested, since=_last_tested))
ANY: Final = (
    Rule("tamper", flag("tamper"), frozenset({"tamper"})),
    Rule("battery_low", _battery_low, frozenset({"battery_low", "battery", "voltage"}), figure=reading("battery", "%")),
    Rule("suspect", _suspect, figure=lambda device, state, now: suspicion(state, now)),
)
