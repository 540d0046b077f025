"""ESPHome over MQTT, and the hub's panic protocol that our firmware speaks on top of it.

Topics as ESPHome's documentation of its MQTT client component gives them: `<prefix>/<component>/<object_id>/state`
with `ON`/`OFF`, a plain decimal or `nan`, and `<prefix>/status` with `online`/`offline`, all retained.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Final

import msgspec

from hub.domain.reports import Decoded, Press, PressEvent, Reason, Rejection, Report
from hub.domain.signals import SIGNALS
from hub.domain.site import Device
from hub.ingest.dialect import LaneName, Message, Route, Subscription
from hub.ingest.naming import Meaning, is_release, meaning
from hub.ingest.payload import is_unsaid, number, structured, text

_UINT32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
_PRESS_NAMES: Final = ("press", "panic", "button", "help", "test_press")
_EVENTS: Final[dict[tuple[str, str], PressEvent]] = {
    ("panic", "panic"): "press",
    ("panic", "test"): "test_press",
    ("restroom", "help"): "help",
    ("restroom", "panic"): "help",
    ("restroom", "test"): "test_press",
}


class _Event(msgspec.Struct, frozen=True):
    """`{"event":"panic","boot":7,"seq":42}`; what else a later firmware adds is let be."""

    event: str
    boot: _UINT32
    seq: _UINT32


class EspHome:
    """Decodes states, status and numbered presses."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = {device.topic: device for device in devices}
        self._parents = {topic.rpartition("/")[0] for topic in self._devices if "/" in topic}

    def subscriptions(self) -> Sequence[Subscription]:
        """Wide filters below each parent topic, so that a device nobody registered is noticed."""
        roots = [f"{parent}/+" for parent in sorted(self._parents)]
        roots += sorted(topic for topic in self._devices if "/" not in topic)
        found = []
        for root in roots:
            found.append(Subscription(f"{root}/event", LaneName.PANIC))
            found.append(Subscription(f"{root}/status", LaneName.TELEMETRY))
            found.append(Subscription(f"{root}/+/+/state", LaneName.TELEMETRY))
        found += [Subscription(f"{topic}/+/{name}/state", LaneName.PANIC) for topic, name in self._press_states()]
        return found

    def find(self, topic: str) -> Route | None:
        """Routes `event`, `status` and `state`; receipts, commands and debug lines are nobody's state."""
        prefix, _, last = topic.rpartition("/")
        component = name = ""
        if last == "state":
            prefix, _, name = prefix.rpartition("/")
            prefix, _, component = prefix.rpartition("/")
        elif last not in ("event", "status"):
            return None
        device = self._devices.get(prefix)
        if device is None:
            return _unknown(prefix, last) if prefix.rpartition("/")[0] in self._parents else None
        if last == "event":
            return Route(device.id, LaneName.PANIC, _event_decoder(device))
        if last == "status":
            return Route(device.id, LaneName.TELEMETRY, _status_decoder(device))
        return _state_route(device, component, name)

    def _press_states(self) -> list[tuple[str, str]]:
        """Object ids of plain buttons: those a device maps to an event, else the usual names."""
        found = []
        for topic, device in self._devices.items():
            if device.kind in ("panic", "restroom"):
                mapped = [name for name, to in device.map.items() if to.signal not in SIGNALS]
                found += [(topic, name) for name in dict.fromkeys((*_PRESS_NAMES, *mapped))]
        return found


def _unknown(prefix: str, last: str) -> Route:
    rejection = Rejection(Reason.UNKNOWN_DEVICE, f"no device has the topic {prefix[:100]}")
    return Route("", LaneName.PANIC if last == "event" else LaneName.TELEMETRY, lambda _message: rejection)


def _event_decoder(device: Device) -> Callable[[Message], Decoded]:
    def decode(message: Message) -> Decoded:
        if message.retained:
            return Rejection(Reason.RETAINED_EVENT, "an event must not be retained", device.id)
        event = structured(message.payload, _Event)
        if isinstance(event, Rejection):
            return msgspec.structs.replace(event, device=device.id)
        meant = _EVENTS.get((device.kind, event.event))
        if meant is None:
            detail = f"a device of kind {device.kind} knows no event {event.event[:40]!r}"
            return Rejection(Reason.UNKNOWN_EVENT, detail, device.id)
        press = Press(meant, event.boot, event.seq)
        return Report(device.id, presses=(press,), redelivered=message.redelivered)

    return decode


def _status_decoder(device: Device) -> Callable[[Message], Decoded]:
    def decode(message: Message) -> Decoded:
        said = text(message.payload)
        if said in ("online", "offline"):
            return Report(device.id, (("reachable", said == "online"),), retained=message.retained)
        return Rejection(Reason.WRONG_TYPE, "a status is online or offline", device.id)

    return decode


def _state_route(device: Device, component: str, name: str) -> Route:
    meant = meaning(device, name)
    if meant is None:
        return Route(device.id, LaneName.TELEMETRY, lambda message: _alive(device, message))
    if meant.is_event:
        return Route(device.id, LaneName.PANIC, _press_decoder(device, meant))
    form = SIGNALS[meant.signal].form
    decode = _figure_decoder(device, meant) if form == "figure" else _word_decoder(device, meant)
    return Route(device.id, LaneName.TELEMETRY, decode)


def _alive(device: Device, message: Message) -> Decoded:
    """A state that means nothing here still is a sign of life."""
    return None if message.retained else Report(device.id)


def _press_decoder(device: Device, meant: Meaning) -> Callable[[Message], Decoded]:
    """A plain button's binary sensor: ON is a press, each time it is said."""

    def decode(message: Message) -> Decoded:
        said = text(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        if is_release(said):
            return Report(device.id, retained=message.retained)
        if message.retained:
            return Rejection(Reason.RETAINED_EVENT, "a press must not be retained", device.id)
        press = Press(meant.signal)  # type: ignore[arg-type]  # is_event was asked
        return Report(device.id, presses=(press,), redelivered=message.redelivered)

    return decode


def _figure_decoder(device: Device, meant: Meaning) -> Callable[[Message], Decoded]:
    signal = SIGNALS[meant.signal]
    name, low, high, own = signal.name, signal.low, signal.high, device.id

    def decode(message: Message) -> Decoded:
        value = number(message.payload)
        if value is None:
            return Report(own, retained=message.retained)
        if isinstance(value, Rejection):
            return msgspec.structs.replace(value, device=own)
        if not low <= value <= high:
            return Rejection(Reason.OUT_OF_RANGE, f"{name} can't be {value}", own)
        return Report(own, ((name, value),), retained=message.retained)

    return decode


def _word_decoder(device: Device, meant: Meaning) -> Callable[[Message], Decoded]:
    def decode(message: Message) -> Decoded:
        said = text(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        value = meant.value(said)
        if value is not None:
            return Report(device.id, ((meant.signal, value),), retained=message.retained)
        if is_unsaid(said):
            return Report(device.id, retained=message.retained)
        return Rejection(Reason.WRONG_TYPE, f"{meant.signal} can't be {said[:40]!r}", device.id)

    return decode
