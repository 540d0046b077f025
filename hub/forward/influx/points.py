"""What a reading, a change of an alarm and the hub itself are in a time-series database.

Measurements, tags and fields are described in docs/databases.md. Pure: the time of a point is the hub's own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.decision import Reading
from hub.domain.signals import EVENTS, SIGNALS, Value
from hub.domain.site import Device, Site
from hub.forward.influx.lines import line

CHOICES: Final[Mapping[str, Mapping[str, bool | float]]] = MappingProxyType(
    {
        "contact": {"open": True, "closed": False},
        "lock": {"locked": True, "unlocked": False},
        "relay": {"on": True, "off": False},
        "loop": {"normal": 0.0, "open": 1.0, "short": 2.0},
    }
)
"""Words as fields: true is the first of the two, the loop is a figure since it has three."""

COARSE_SIGNALS: Final = ("occupancy", "contact", "lock")


def reading_line(site: Site, reading: Reading) -> str | None:
    """The point of one reading, None where it is none: text, a value that the broker had kept (it would be dated
    wrongly), a device that hub.yaml no longer names, or something that leaves the hub by the quarter of an hour."""
    device = site.devices.get(reading.device)
    if device is None or reading.retained or is_coarse(device, reading.signal):
        return None
    value = field(reading.signal, reading.value)
    return None if value is None else line(device.kind, _tags(site, device), {reading.signal: value}, reading.at)


def coarse_line(site: Site, device: Device, signal: str, value: bool, at: int) -> str:
    """The point of a quarter of an hour that began at `at`."""
    return line(device.kind, _tags(site, device), {signal: value}, at)


def is_coarse(device: Device, signal: str) -> bool:
    """Whether this tells when somebody came or went where nobody is to be watched: occupancy anywhere, and the doors
    of restrooms."""
    if signal == "occupancy":
        return True
    in_restroom = device.kind == "restroom" or (device.kind == "door" and device.role == "restroom")
    return in_restroom and signal in COARSE_SIGNALS


def field(signal: str, value: Value) -> bool | float | None:
    """The value as a field: a flag, a figure, or None where it is neither."""
    if signal in CHOICES:
        return CHOICES[signal].get(value) if isinstance(value, str) else None
    if signal in EVENTS or (signal in SIGNALS and SIGNALS[signal].form == "flag"):
        return bool(value)
    if isinstance(value, bool | str):
        return None
    return float(value)


def alarm_line(site: Site, alarm: Alarm, at: int) -> str:
    """The point of an alarm that changed at `at`. Nobody's name leaves the hub with it."""
    fields: dict[str, bool | float] = {
        "id": float(alarm.id),
        "open": alarm.open,
        "acknowledged": alarm.is_seen,
        "exercise": alarm.status != "actual",
        "count": float(alarm.count),
    }
    asked_at = alarm.asked_at or alarm.raised_at
    if alarm.is_seen:
        fields["acknowledged_after"] = _seconds(asked_at, alarm.acknowledged_at)
    if alarm.hq_receipt_at:
        fields["hq_receipt_after"] = _seconds(asked_at, alarm.hq_receipt_at)
    if alarm.cleared_at:
        fields["cleared_after"] = _seconds(alarm.raised_at, alarm.cleared_at)
    tags = {
        "site": site.id, "zone": alarm.zone, "device": alarm.device, "type": alarm.type, "priority": alarm.priority
    }  # fmt: skip
    return line("alarm", tags, fields, at)


class Figures(msgspec.Struct, frozen=True):
    """How the hub itself is; the names are the fields'."""

    broker_connected: bool
    store_ok: bool
    clock_trusted: bool
    readings_behind: int
    alerts_waiting: int
    alarms_open: int
    rejected: int


def hub_line(site: Site, figures: Figures, at: int) -> str:
    """The hub's own point, `alive` in every one of them."""
    return line("hub", {"site": site.id}, {"alive": True, **msgspec.to_builtins(figures)}, at)


def proof_line(site: Site, at: int) -> str:
    """A point that every sound database takes: what refuses this refuses everything."""
    return line("hub", {"site": site.id}, {"alive": True}, at)


def _tags(site: Site, device: Device) -> dict[str, str]:
    return {"site": site.id, "zone": device.zone, "device": device.id}


def _seconds(start: int, end: int) -> float:
    return max(0, end - start) / 1000
