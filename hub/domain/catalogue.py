"""Every alarm type of the contract: its priority, whether it latches, whether headquarters is told by default."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from hub.domain.site import Kind, Priority


class AlarmType(msgspec.Struct, frozen=True):
    """`latching` alarms stay until a person resets them as real, false or drill; others end with their cause.
    `to_headquarters` is what the rate budget towards the operational headquarters lets through by default."""

    code: str
    priority: Priority
    latching: bool = False
    to_headquarters: bool = False


def _types() -> Mapping[str, AlarmType]:
    table = [
        AlarmType("panic", "critical", latching=True, to_headquarters=True),
        AlarmType("help", "critical", latching=True, to_headquarters=True),
        AlarmType("intrusion", "high", to_headquarters=True),
        AlarmType("hq_line_lost", "high", to_headquarters=True),
    ]
    table += [
        AlarmType(code, "high")
        for code in (
            "tamper",
            "loop_fault",
            "door_forced",
            "smoke_or_vape",
            "leak",
            "store_failing",
            "probe_failed",
            "broker_down",
            "bridge_down",
            "port_down",
        )
    ]
    table += [
        AlarmType(code, "medium")
        for code in (
            "untested", "door_held", "exit_open", "dark", "lamp_fault", "left_on", "long_stay", "air_poor",
            "camera_down", "poster_down", "silent", "suspect", "battery_low", "flood", "channel_down", "disk_low",
            "clock_untrusted",
        )
    ]  # fmt: skip
    return MappingProxyType({alarm.code: alarm for alarm in table})


ALARM_TYPES: Final = _types()


def priority_of(code: str, kind: Kind) -> Priority:
    """Priority of alarm `code` on a device of `kind`: a silent panic button weighs more than a silent lamp."""
    if code == "silent" and kind == "panic":
        return "high"
    return ALARM_TYPES[code].priority
