"""What a frame of the line protocol says: `key=value` pairs as signals, numbered presses as events. Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.reports import LONGEST_AGE, Press, PressEvent, Reason, Rejection, Report
from hub.domain.signals import SIGNALS
from hub.domain.site import Device
from hub.ingest.leaves import Leaf, Signals
from hub.ingest.naming import DEVICE_CLASSES
from hub.ingest.serial.frames import EVENT, STATE, Frame

_PAIR: Final = re.compile(r"([A-Za-z0-9_.:-]{1,40})=(.*)")
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_LARGEST: Final = (1 << 32) - 1
_EVENTS: Final[Mapping[tuple[str, str], PressEvent]] = MappingProxyType(
    {
        ("panic", "panic"): "press",
        ("panic", "test"): "test_press",
        ("restroom", "help"): "help",
    }
)


class Speech:
    """Understands one device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._signals = Signals(device, _usual)

    def read(self, frame: Frame) -> Report | Rejection:
        """What a state or an event says."""
        said = pairs(frame.body)
        if said is None:
            return self._refused(Reason.WRONG_TYPE, "not key=value pairs with commas between, each key once")
        if frame.kind == STATE:
            return Report(self._device.id, self._signals.of(Leaf(key, key, value) for key, value in said.items()))
        if frame.kind == EVENT:
            return self._event(said)
        return self._refused(Reason.UNKNOWN_EVENT, f"a device sends no frames of kind {frame.kind}")

    def _event(self, said: Mapping[str, str]) -> Report | Rejection:
        event = said.get("event", "")
        meant = _EVENTS.get((self._device.kind, event))
        if meant is None:
            return self._refused(Reason.UNKNOWN_EVENT, f"a {self._device.kind} device knows no event {event[:40]!r}")
        boot, seq = _number(said.get("boot", "")), _number(said.get("seq", ""))
        if boot is None or seq is None:
            return self._refused(Reason.WRONG_TYPE, f"a press needs boot and seq, 0 to {_LARGEST}")
        age = _number(said.get("age", ""))
        return Report(self._device.id, presses=(Press(meant, boot, seq, age if (age or 0) <= LONGEST_AGE else None),))

    def _refused(self, reason: Reason, detail: str) -> Rejection:
        return Rejection(reason, detail, self._device.id)


def pairs(body: str) -> dict[str, str] | None:
    """The pairs of a body, None where it is of another form."""
    found: dict[str, str] = {}
    for part in body.split(",") if body else ():
        match = _PAIR.fullmatch(part)
        if match is None or match[1] in found:
            return None
        found[match[1]] = match[2]
    return found


def _number(text: str) -> int | None:
    value = int(text) if _NUMBER.fullmatch(text) else _LARGEST + 1
    return value if value <= _LARGEST else None


def _usual(leaf: Leaf) -> str | None:
    name = leaf.name.lower()
    return name if name in SIGNALS else DEVICE_CLASSES.get(name)
