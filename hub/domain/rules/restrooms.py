"""Restrooms: water, smoke or vapour, poor air, a stay that is very long. Calls for help are presses."""

from typing import Final

from hub.domain.now import Now
from hub.domain.rules.rule import Rule, above, flag, number
from hub.domain.signals import SIGNALS
from hub.domain.site import Device, Hours
from hub.domain.state import DeviceState


def _smoke_or_vape(device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    """A detector's word, or a cloud of fine dust far beyond what poor air has: vapour from e-cigarettes is that."""
    smoke, dust = state.value("smoke"), number(state, "pm25")
    if smoke is None and dust is None:
        return None
    return smoke is True or (dust is not None and above(state, "smoke_or_vape", dust, device.vape_pm25, deadband=0.3))


def _air_is_poor(device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    """Any figure of the air is beyond its limit; None where none is known."""
    known = [(value, limit) for name, limit in _limits(device) if (value := number(state, name)) is not None]
    return any(above(state, "air_poor", value, limit) for value, limit in known) if known else None


def _worst(device: Device, state: DeviceState, _now: Now) -> str:
    """The figure that is furthest beyond its limit."""
    shares = [(value / limit, name) for name, limit in _limits(device) if (value := number(state, name)) is not None]
    name = max(shares)[1]
    return f"{number(state, name):.4g} {SIGNALS[name].unit or name.upper()}"


def _limits(device: Device) -> tuple[tuple[str, float], ...]:
    return (
        ("co2", device.co2_max),
        ("pm25", device.pm25_max),
        ("voc", device.voc_max),
        ("humidity", device.humidity_max),
    )


_AIR: Final = frozenset({"co2", "pm25", "voc", "humidity"})

RESTROOM: Final = (
    Rule("leak", flag("leak"), frozenset({"leak"})),
    Rule("smoke_or_vape", _smoke_or_vape, frozenset({"smoke", "pm25"})),
    Rule("air_poor", _air_is_poor, _AIR, lambda device: device.air_after, _worst),
    Rule("long_stay", flag("occupancy"), frozenset({"occupancy"}), lambda device: device.stay_after),
)
