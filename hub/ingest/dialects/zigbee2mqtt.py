"""Zigbee2MQTT: one JSON object per message with all properties it remembers of the device.

Sources: Zigbee2MQTT's documentation, "MQTT topics and messages" and "Exposes". `contact: true` is closed.
`action` is said once and then empty or null; an old `sos` reappears in later messages, so only its rise is a press.
Versions before 2 say `click` as well or, of some remotes, nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from hub.domain.reports import Decoded, Linked, Press, PressEvent, Reason, Rejection, Report
from hub.domain.signals import EVENTS, KIND_SIGNALS, Value
from hub.domain.site import Device, Mapped
from hub.ingest.dialect import LaneName, Message, Route, Subscription, unknown
from hub.ingest.naming import DEVICE_CLASSES, claimed, meant
from hub.ingest.payload import json_object, text
from hub.ingest.pressing import Buttons

_BRIDGE: Final = "bridge"
_BRIDGE_STATE: Final = "/bridge/state"
_COMMANDS: Final = ("/set", "/get")
_ACTIONS: Final = ("action", "click")
_BUTTONS: Final = frozenset({*_ACTIONS, "sos"})

# Properties whose name is not the signal's, and those that must not be taken for one: `voc` is in ppb, and where a
# device has `illuminance_lux` its `illuminance` is the raw figure of older versions.
_PROPERTIES: Final = {
    **DEVICE_CLASSES,
    "illuminance_lux": "lux",
    "lock_state": "lock",
    "state": "relay",
    "update": "firmware",
}
_NOT_OURS: Final = frozenset({"voc", "button", "panic"})
_CONTACT: Final = {"true": "closed", "false": "open"}


class Zigbee2Mqtt:
    """Decodes states, availability and single attributes."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = {device.topic: device for device in devices}
        self._bases = {topic.partition("/")[0] for topic in self._devices if "/" in topic}
        # Base topics and devices' names may have slashes: every part of a topic may be a bridge's.
        parents = {parent for topic in self._devices for parent in _parents(topic)}
        self._behind = {
            parent: tuple(device.id for topic, device in self._devices.items() if topic.startswith(f"{parent}/"))
            for parent in parents
        }

    def subscriptions(self) -> Sequence[Subscription]:
        """Everything below each base on the telemetry lane; buttons by name on the panic lane."""
        found = [Subscription(f"{base}/#", LaneName.TELEMETRY) for base in sorted(self._bases)]
        found += [
            Subscription(f"{parent}{_BRIDGE_STATE}", LaneName.TELEMETRY, again=True) for parent in sorted(self._behind)
        ]
        for topic, device in self._devices.items():
            lane = Buttons(device).lane
            if lane is LaneName.PANIC or "/" not in topic:
                found.append(Subscription(topic, lane))
                found.append(Subscription(f"{topic}/+", lane))
        return found

    def find(self, topic: str) -> Route | None:
        """Routes a device's own topic, its availability and its attributes; commands and the bridge's own messages
        are nobody's state."""
        if topic.endswith(_COMMANDS):
            return None
        bridge = topic.removesuffix(_BRIDGE_STATE)
        if bridge != topic and bridge in self._behind:
            return Route("", LaneName.TELEMETRY, _bridge_state(bridge, self._behind[bridge]), flow=f" {bridge}")
        device = self._devices.get(topic)
        if device is not None:
            return Route(device.id, Buttons(device).lane, lambda message: _state(device, message))
        parent, _, last = topic.rpartition("/")
        owner = self._devices.get(parent)
        if owner is not None:
            decode = _availability(owner) if last == "availability" else _attribute(owner, last)
            return Route(owner.id, Buttons(owner).lane, decode)
        return self._unknown(topic, last)

    def _unknown(self, topic: str, last: str) -> Route | None:
        base, _, rest = topic.partition("/")
        if base not in self._bases or rest.startswith(_BRIDGE) or last == "availability" or "/" in rest:
            return None
        return unknown(topic)


def _state(device: Device, message: Message) -> Decoded:
    said = json_object(message.payload)
    if isinstance(said, Rejection):
        return msgspec.structs.replace(said, device=device.id)
    return _report(device, said, message)


def _report(device: Device, said: dict[str, object], message: Message) -> Report:
    presses, held = _called(Buttons(device), said)
    return Report(
        device.id,
        tuple(_signals(device, said)),
        presses=() if message.retained else presses,
        held=held,
        retained=message.retained,
        redelivered=message.redelivered,
        said_at=_said_at(said.get("last_seen")),
    )


def _signals(device: Device, said: dict[str, object]) -> Iterator[tuple[str, Value]]:
    allowed = KIND_SIGNALS.get(device.kind, frozenset())
    taken = claimed(device) if device.map else frozenset()
    for name, raw in said.items():
        mapped = device.map.get(name)
        if raw is None or _is_button(name, mapped):
            continue
        if mapped is not None:
            signal, words = mapped.signal, mapped.values
        elif name in _NOT_OURS or (name == "illuminance" and "illuminance_lux" in said):
            continue
        else:
            signal = "lock" if name == "state" and device.kind == "door" else _PROPERTIES.get(name, name)
            words = _CONTACT if name == "contact" else {}
            if signal in taken or signal in EVENTS:
                continue
        said_of_it = _in_our_unit(name, raw, said)
        if signal in allowed and (value := meant(signal, said_of_it, words)) is not None:
            yield signal, value


def _in_our_unit(name: str, raw: object, said: dict[str, object]) -> object:
    if name == "update":
        return _installed(raw)
    if name == "voltage":  # millivolts where there is a battery, the mains' volts where there is none
        return raw / 1000 if "battery" in said and isinstance(raw, int | float) else None
    return raw


def _said_at(last_seen: object) -> int | None:
    """`last_seen`, where the bridge is told to add it: ISO 8601 or ms since 1970. None for anything else."""
    if isinstance(last_seen, int) and not isinstance(last_seen, bool):
        return last_seen if 0 < last_seen < 1 << 53 else None
    try:
        moment = datetime.fromisoformat(last_seen) if isinstance(last_seen, str) else None
    except ValueError:
        return None
    return int(moment.timestamp() * 1000) if moment is not None and moment.tzinfo is not None else None


def _installed(update: object) -> object:
    """The version of `{"update":{"installed_version":587753009,"state":"idle"}}`; -1 is said for unknown."""
    version = update.get("installed_version") if isinstance(update, dict) else None
    return str(version) if isinstance(version, int | str) and version != -1 else None


def _is_button(name: str, own: Mapped | None) -> bool:
    return name in _BUTTONS or (own is not None and own.signal in EVENTS)


def _called(buttons: Buttons, said: dict[str, object]) -> tuple[tuple[Press, ...], tuple[tuple[PressEvent, bool], ...]]:
    """What the buttons in a message say. A word is a press; true and false are a level, which is one when it rises.
    `click` says again what `action` says, and goes by the map of it."""
    presses: dict[str, tuple[Press, ...]] = {}
    held: dict[PressEvent, bool] = {}
    for name, raw in said.items():
        own = buttons.device.map.get(name)
        if not _is_button(name, own):
            continue
        if isinstance(raw, bool):
            for event, level in buttons.held(raw, own):
                held[event] = held.get(event, False) or level
        else:
            own = own or (buttons.device.map.get("action") if name in _ACTIONS else None)
            presses[name] = buttons.pressed(raw, own)
    if presses.get("action"):
        presses.pop("click", None)
    return tuple(press for found in presses.values() for press in found), tuple(held.items())


def _availability(device: Device) -> Callable[[Message], Decoded]:
    def decode(message: Message) -> Decoded:
        online = _is_online(message, device.id)
        if isinstance(online, Rejection):
            return online
        # "online" is the bridge's opinion: it is no message of the device, which may have been silent for hours.
        return Report(device.id, (("reachable", online),), retained=True)

    return decode


def _bridge_state(base: str, devices: tuple[str, ...]) -> Callable[[Message], Decoded]:
    """The bridge's own state, kept by the broker, which says "offline" for a bridge that died."""

    def decode(message: Message) -> Decoded:
        online = _is_online(message, "")
        return online if isinstance(online, Rejection) else Linked("bridge", base, online, devices)

    return decode


def _is_online(message: Message, device: str) -> bool | Rejection:
    """`{"state":"online"}`, and the bare word of older versions."""
    said = text(message.payload)
    if isinstance(said, Rejection):
        return msgspec.structs.replace(said, device=device)
    word = said.strip()
    if word.startswith("{"):
        body = json_object(message.payload)
        if isinstance(body, Rejection):
            return msgspec.structs.replace(body, device=device)
        word = str(body.get("state"))
    if word not in ("online", "offline"):
        return Rejection(Reason.WRONG_TYPE, "availability is online or offline", device)
    return word == "online"


def _parents(topic: str) -> Iterator[str]:
    """`a/b` and `a` of `a/b/c`."""
    while "/" in topic:
        topic = topic.rpartition("/")[0]
        yield topic


def _attribute(device: Device, name: str) -> Callable[[Message], Decoded]:
    """Zigbee2MQTT's attribute output: `zigbee2mqtt/door-main/contact` with the bare value."""

    def decode(message: Message) -> Decoded:
        said = text(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        raw: object = {"true": True, "false": False, "null": None}.get(said.strip(), said)
        return _report(device, {name: raw}, message)

    return decode
