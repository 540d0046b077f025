"""Doors, by their role: opened out of hours, opened while locked, held open, a propped emergency exit."""

from typing import Final

from hub.domain.now import Now
from hub.domain.rules.rule import Rule
from hub.domain.schedule import is_known, is_open
from hub.domain.site import Device, Hours
from hub.domain.state import DeviceState

_LOCK_MAY_LAG: Final = 3000
"""ms: a lock's own "unlocked" may come after its contact's "open"."""


def _intrusion(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    contact = state.signals.get("contact")
    if contact is None:
        return None
    if contact.value != "open" or device.intrusion == "never":
        return False
    if device.intrusion == "always":
        return True
    if not is_known(now.wall):
        return None
    return not is_open(hours, contact.since.wall) and not is_open(hours, now.wall)


def _forced(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
    """Open while its lock says that it is locked and was so before: a bolt thrown on an open door is no break-in."""
    contact, lock = state.signals.get("contact"), state.signals.get("lock")
    if contact is None or lock is None:
        return None
    return contact.value == "open" and lock.value == "locked" and lock.since.mono < contact.since.mono


def _held(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    return False if device.role == "exit" or not device.held_after else _open_in_hours(state, hours, now)


def _exit_open(device: Device, state: DeviceState, hours: Hours, now: Now) -> bool | None:
    return _open_in_hours(state, hours, now) if device.role == "exit" else False


def _open_in_hours(state: DeviceState, hours: Hours, now: Now) -> bool | None:
    contact = state.value("contact")
    if contact is None or not is_known(now.wall):
        return None
    return contact == "open" and is_open(hours, now.wall)


_CONTACT: Final = frozenset({"contact"})

DOOR: Final = (
    Rule("intrusion", _intrusion, _CONTACT),
    Rule("door_forced", _forced, _CONTACT | {"lock"}, lambda device: _LOCK_MAY_LAG),
    Rule("door_held", _held, _CONTACT, lambda device: device.held_after),
    Rule("exit_open", _exit_open, _CONTACT, lambda device: device.held_after),
)
