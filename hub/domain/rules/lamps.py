"""Lighting by schedule and occupancy: dark while it should be lit, a lamp that does not light, light left on."""

from typing import Final

from hub.domain.now import Now
from hub.domain.rules.rule import Rule, below, number, reading
from hub.domain.schedule import is_known, is_open, school_time
from hub.domain.site import Device, Hours
from hub.domain.state import DeviceState

_NO_LIGHT: Final = 1 / 3
"""Of the norm: less than this with the relay on is no daylight and no lamp."""
_NO_POWER: Final = 1.0
"""W: less than any lamp takes, more than a relay's own reading error."""
_IN_USE: Final = 5.0
"""W: more than a driver on standby takes."""


def should_be_lit(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    """Whether there should be light: by the device's own times of day, else in opening hours, else while somebody is
    there. None where that isn't known."""
    if device.lit == "always":
        return True
    if device.lit == "occupied":
        occupied = state.value("occupancy")
        return None if occupied is None else occupied is True
    if not is_known(now.wall):
        return None
    if device.lit_from != device.lit_to:
        local = school_time(hours, now.wall)
        minute = local.hour * 60 + local.minute
        inside = device.lit_from <= minute < device.lit_to
        return inside if device.lit_from < device.lit_to else minute >= device.lit_from or minute < device.lit_to
    return is_open(hours, now.wall)


def _too_dark(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    """Where the lamp itself is at fault, that is the task, and not the darkness too."""
    lux, wanted = number(state, "lux"), should_be_lit(device, state, hours, now)
    if lux is None or wanted is None:
        return None
    return wanted and below(state, "dark", lux, device.min_lux) and _lamp_fails(device, state, hours, now) is not True


def _lamp_fails(device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    """The relay is on and no current flows, or no light comes of it."""
    relay, lux, power = state.value("relay"), number(state, "lux"), number(state, "power")
    if relay is None or (lux is None and power is None):
        return None
    if relay != "on":
        return False
    return (power is not None and power < _NO_POWER) or (
        lux is not None and below(state, "lamp_fault", lux, device.min_lux * _NO_LIGHT)
    )


def _left_on(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    """Light is on while nobody needs it."""
    relay, power = state.value("relay"), number(state, "power")
    if relay is None and power is None:
        return None
    is_on = relay == "on" if relay is not None else power is not None and power > _IN_USE
    wanted = should_be_lit(device, state, hours, now)
    return is_on and wanted is False and state.value("occupancy") is not True


_LIGHT: Final = frozenset({"lux", "relay", "power"})

LIGHTING: Final = (
    Rule("dark", _too_dark, _LIGHT | {"occupancy"}, lambda device: device.dark_after, reading("lux", "lx")),
    Rule("lamp_fault", _lamp_fails, _LIGHT, lambda device: device.lamp_after, reading("lux", "lx")),
    Rule("left_on", _left_on, frozenset({"relay", "power", "occupancy"}), lambda device: device.left_on_after),
)
