"""SIA DC-03 event codes of the contract's alarms: what an alarm receiving centre shows beside a zone number."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.alarms import AlarmState
from hub.domain.alerts import Alert

TEST_REPORT: Final = "TX"
AUTOMATIC_TEST: Final = "RP"
STATUS_REPORT: Final = "YY"
_UNTYPED: Final = ("UT", "UR")  # untyped zone: trouble, restoral

CODES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "panic": ("PA", "PH"),
        "help": ("QA", "QH"),
        "intrusion": ("BA", "BH"),
        "door_forced": ("DF", "DR"),
        "door_held": ("DM", "DH"),
        "exit_open": ("DM", "DH"),
        "tamper": ("TA", "TR"),
        "loop_fault": ("PT", "PJ"),
        "smoke_or_vape": ("UA", "UH"),  # not FA: vapour in a restroom must not send the fire brigade
        "leak": ("WA", "WH"),
        "silent": ("UY", "UJ"),
        "camera_down": ("UY", "UJ"),
        "battery_low": ("XT", "XR"),
        "hq_line_lost": ("YC", "YK"),
        "channel_down": ("YS", "YK"),
        "poster_down": ("YX", "YZ"),
        "probe_failed": ("YC", "YK"),
        "store_failing": ("IA", "IR"),
        "disk_low": ("IA", "IR"),
        "clock_untrusted": ("IA", "IR"),
        "broker_down": ("ET", "ER"),
        "bridge_down": ("ET", "ER"),
        "port_down": ("ET", "ER"),
        "suspect": _UNTYPED,
        "untested": _UNTYPED,
        "dark": _UNTYPED,
        "lamp_fault": _UNTYPED,
        "left_on": _UNTYPED,
        "long_stay": _UNTYPED,
        "air_poor": _UNTYPED,
        "flood": _UNTYPED,
    }
)
"""Alarm type: code of the alarm, code of its restoral."""


def code_of(alert: Alert) -> str:
    """The event's two letters. Drills and tests are never sent as alarms; an acknowledgement, for which DC-03 has no
    code, is a status report."""
    if alert.type == "test":
        return AUTOMATIC_TEST
    if alert.status != "actual":
        return TEST_REPORT
    raised, restored = CODES.get(alert.alarm, _UNTYPED)
    if alert.type == "alarm.raised":  # also one whose cause is gone by now: its restoral follows
        return raised
    if alert.type == "alarm.cleared" or alert.state is AlarmState.RETURNED:
        return restored
    return STATUS_REPORT if alert.state is AlarmState.ACKNOWLEDGED else raised
