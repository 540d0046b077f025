"""ESPHome over MQTT, and the hub's panic protocol that our firmware speaks on top of it.

Topics as ESPHome's documentation of its MQTT client component gives them: `<prefix>/<component>/<object_id>/state`
with `ON`/`OFF`, a plain decimal or `nan`, and `<prefix>/status` with `online`/`offline`, all retained. Where it
announces its entities to Home Assistant, their device classes, units and its version are taken from there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final

import msgspec

from hub.domain.reports import LONGEST_AGE, Decoded, Press, PressEvent, Reason, Rejection, Report
from hub.domain.signals import SIGNALS, clean
from hub.domain.site import Device, Mapped
from hub.ingest.announcement import ANNOUNCEMENT_LIMIT, Announcement, Entity, announcement
from hub.ingest.dialect import LaneName, Message, Route, Subscription, unknown
from hub.ingest.entity import senses
from hub.ingest.naming import Meaning, claimed, meaning
from hub.ingest.payload import is_unsaid, json_object, number, structured, text
from hub.ingest.pressing import Buttons
from hub.ingest.units import converted, is_ours

_UINT32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
_ANNOUNCEMENTS: Final = "homeassistant/+/+/+/config"
_ENTITIES_LIMIT: Final = 200
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
    age: object = None


class EspHome:
    """Decodes states, status and numbered presses."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = {device.topic: device for device in devices}
        self._parents = {topic.rpartition("/")[0] for topic in self._devices if "/" in topic}
        self.announcements: Mapping[str, bytes] = {}
        self._told: dict[str, dict[str, Entity]] = {topic: {} for topic in self._devices}
        self._as_written = [msgspec.json.encode(topic)[1:-1] for topic in self._devices]
        self._by_class: dict[str, Meaning] = {}

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
        found += [Subscription(topic, LaneName.PANIC) for topic, meant in self._by_class.items() if meant.is_event]
        found.append(Subscription(_ANNOUNCEMENTS, LaneName.TELEMETRY, again=True))
        return found

    def find(self, topic: str) -> Route | None:
        """Routes `event`, `status` and `state`; receipts, commands and debug lines are nobody's state."""
        prefix, _, last = topic.rpartition("/")
        name = ""
        if last == "state":
            prefix, _, name = prefix.rpartition("/")
            prefix = prefix.rpartition("/")[0]
        elif last == "config" and topic.startswith("homeassistant/") and topic.count("/") == 4:
            return Route("", LaneName.TELEMETRY, self._learn, ANNOUNCEMENT_LIMIT, teaches=True)
        elif last not in ("event", "status"):
            return None
        device = self._devices.get(prefix)
        if device is None:
            lane = LaneName.PANIC if last == "event" else LaneName.TELEMETRY
            return unknown(prefix, lane) if prefix.rpartition("/")[0] in self._parents else None
        if last == "event":
            return Route(device.id, LaneName.PANIC, _event_decoder(device))
        if last == "status":
            return Route(device.id, LaneName.TELEMETRY, _status_decoder(device))
        meant = meaning(device, name) or self._by_class.get(topic)
        return _state_route(device, meant, self._told[prefix].get(topic))

    def _learn(self, message: Message) -> Decoded:
        """An announcement of one of the devices; those of others, and removals, change nothing."""
        if self.announcements.get(message.topic) == message.payload:
            return None
        if not any(topic in message.payload for topic in self._as_written):
            return None  # most are of others; looking closer costs ten times as much
        said = announcement(message.topic, message.payload)
        if isinstance(said, Rejection) or not said.entities:
            return None
        topic = said.entities[0].topic
        prefix = topic.removesuffix("/state").rpartition("/")[0].rpartition("/")[0]
        device = self._devices.get(prefix)
        if device is None:
            return None
        told = self._told[prefix]
        if topic not in told and len(told) >= _ENTITIES_LIMIT:
            return Rejection(Reason.OVERSIZED, f"more than {_ENTITIES_LIMIT} entities", device.id)
        told[topic] = said.entities[0]
        self.announcements = {**self.announcements, message.topic: message.payload}
        self._classify(device)
        return _firmware(device, said)

    def _classify(self, device: Device) -> None:
        """Entities whose names mean nothing go by their class, unless a name has that signal already."""
        told = self._told[device.topic]
        named = {topic: meaning(device, entity.object_id) for topic, entity in told.items()}
        taken = {meant.signal for meant in named.values() if meant is not None}
        nameless = {topic: entity for topic, entity in told.items() if named[topic] is None}
        for topic, sense in zip(nameless, senses(device, list(nameless.values())), strict=True):
            self._by_class.pop(topic, None)
            if sense.signal and sense.signal not in taken:
                self._by_class[topic] = Meaning(sense.signal)

    def _press_states(self) -> list[tuple[str, str]]:
        """Object ids of plain buttons: those a device maps to an event, else the usual names."""
        found = []
        for topic, device in self._devices.items():
            if device.kind in ("panic", "restroom"):
                mapped = [name for name, to in device.map.items() if to.signal not in SIGNALS]
                found += [(topic, name) for name in dict.fromkeys((*_PRESS_NAMES, *mapped))]
        return found


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
        press = Press(meant, event.boot, event.seq, _age(event.age))
        return Report(device.id, presses=(press,), redelivered=message.redelivered)

    return decode


def _age(said: object) -> int | None:
    """An age that can't be right makes the press no less a press."""
    return said if type(said) is int and 0 <= said <= LONGEST_AGE else None


def _status_decoder(device: Device) -> Callable[[Message], Decoded]:
    def decode(message: Message) -> Decoded:
        said = text(message.payload)
        if said in ("online", "offline"):
            return Report(device.id, (("reachable", said == "online"),), retained=message.retained)
        return Rejection(Reason.WRONG_TYPE, "a status is online or offline", device.id)

    return decode


def _firmware(device: Device, said: Announcement) -> Report | None:
    """`esphome v2026.10.0 (Nov 20 2026, 10:00:00)` as ESPHome says it."""
    version = clean("firmware", said.firmware)
    return None if version is None else Report(device.id, (("firmware", version),), retained=True)


def _state_route(device: Device, meant: Meaning | None, told: Entity | None) -> Route:
    if meant is None:
        return Route(device.id, LaneName.TELEMETRY, lambda message: _alive(device, message))
    if meant.is_event:
        return Route(device.id, LaneName.PANIC, _press_decoder(device, meant))
    form = SIGNALS[meant.signal].form
    unit = "" if told is None or meant.signal in claimed(device) else told.unit
    if form == "figure" and unit and not is_ours(meant.signal, unit):
        return Route(device.id, LaneName.TELEMETRY, lambda message: _alive(device, message))
    decode = _figure_decoder(device, meant, unit) if form == "figure" else _word_decoder(device, meant)
    return Route(device.id, LaneName.TELEMETRY, decode)


def _alive(device: Device, message: Message) -> Decoded:
    """A state that means nothing here still is a sign of life."""
    return None if message.retained else Report(device.id)


def _press_decoder(device: Device, meant: Meaning) -> Callable[[Message], Decoded]:
    """A plain button: a binary sensor's ON, or what an `event` says it was, is a press each time it is said."""
    buttons, own = Buttons(device), Mapped(meant.signal, meant.words)

    def decode(message: Message) -> Decoded:
        said = _action(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        presses = buttons.pressed(said, own)
        if presses and message.retained:
            return Rejection(Reason.RETAINED_EVENT, "a press must not be retained", device.id)
        return Report(device.id, (), presses, retained=message.retained, redelivered=message.redelivered)

    return decode


def _action(payload: bytes) -> str | Rejection:
    """The word itself, or that of `{"event_type":"long_press"}`."""
    if not payload.lstrip().startswith(b"{"):
        return text(payload)
    event = json_object(payload)
    return event if isinstance(event, Rejection) else str(event.get("event_type", ""))


def _figure_decoder(device: Device, meant: Meaning, unit: str) -> Callable[[Message], Decoded]:
    signal = SIGNALS[meant.signal]
    name, low, high, own = signal.name, signal.low, signal.high, device.id

    def decode(message: Message) -> Decoded:
        value = number(message.payload)
        if value is None:
            return Report(own, retained=message.retained)
        if isinstance(value, Rejection):
            return msgspec.structs.replace(value, device=own)
        value = converted(name, unit, value)
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
