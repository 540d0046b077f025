"""Any device that announces itself by Home Assistant's MQTT discovery: its announcements say which topics to listen
to, what is said there and what it means.

Source: Home Assistant's documentation of its MQTT integration and of each of its platforms (binary sensor, sensor,
switch, light, lock, cover, event, update, device trigger).
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from hub.domain.announcing import BY_IDENTIFIER
from hub.domain.reports import Decoded, Reason, Rejection, Report
from hub.domain.site import Device
from hub.ingest.announcement import ANNOUNCEMENT_LIMIT, Announcement, Availability, Entity, announcement
from hub.ingest.dialect import LaneName, Message, Route, Subscription
from hub.ingest.entity import Said, Sense, is_available, is_reachable, read, senses
from hub.ingest.naming import is_release
from hub.ingest.payload import json_object, text
from hub.ingest.pressing import Buttons

PREFIX: Final = "homeassistant"
"""Where devices announce themselves unless they are told otherwise."""
ANNOUNCEMENTS_LIMIT: Final = 200
"""Announcements of one device: the richest has some fifty entities."""
_TRIGGER: Final = "device_automation"


class Ear(msgspec.Struct, frozen=True):
    """What one device says on one topic: states, and whether its entities are there."""

    device: Device
    senses: tuple[Sense, ...] = ()
    watched: tuple[tuple[Entity, Availability], ...] = ()


class HomeAssistant:
    """Learns its devices' entities from what they announce, and decodes their states."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._by_topic = {f"{one.topic}/config": one for one in devices if not one.topic.startswith(BY_IDENTIFIER)}
        self._by_identifier = {
            one.topic.removeprefix(BY_IDENTIFIER): one for one in devices if one.topic.startswith(BY_IDENTIFIER)
        }
        self.announcements: Mapping[str, bytes] = {}
        self._owners: dict[str, Device] = {}
        self._known: dict[str, dict[str, Announcement]] = {one.id: {} for one in devices}
        self._ears: dict[str, dict[str, Ear]] = {}
        self._heard: dict[str, dict[str, bool]] = {}
        self._latest: dict[str, bool] = {}

    def subscriptions(self) -> Sequence[Subscription]:
        """The announcements of the devices, and every topic that these have named."""
        filters = list(self._by_topic)
        if self._by_identifier:
            filters += [f"{PREFIX}/+/+/config", f"{PREFIX}/+/+/+/config"]
        found = [Subscription(one, LaneName.TELEMETRY, again=True) for one in filters]
        for topic, by_device in self._ears.items():
            ears = list(by_device.values())
            found.append(Subscription(topic, _lane(ears), again=not any(ear.senses for ear in ears)))
        return found

    def find(self, topic: str) -> Route | None:
        """Routes announcements, and the topics that were announced."""
        ears = list(self._ears.get(topic, {}).values())
        if ears:
            return Route(ears[0].device.id, _lane(ears), lambda message: self._hear(ears, message))
        device = self._by_topic.get(topic)
        if device is None and not (self._by_identifier and _is_announcement(topic)):
            return None
        name = "" if device is None else device.id
        return Route(name, LaneName.TELEMETRY, self._learn, ANNOUNCEMENT_LIMIT, teaches=True)

    def _learn(self, message: Message) -> Decoded:
        """An announcement of one of the devices is kept and acted on; one of others is nobody's state."""
        topic, payload = message.topic, message.payload
        is_new = self.announcements.get(topic) != payload
        if not is_new or not (topic in self._by_topic or topic in self._owners or self._may_be_ours(payload)):
            return None
        said = announcement(topic, payload) if payload else Announcement()
        device = self._by_topic.get(topic)
        if isinstance(said, Rejection):
            return None if device is None else msgspec.structs.replace(said, device=device.id)
        if device is None:
            device = next((self._by_identifier[one] for one in said.identifiers if one in self._by_identifier), None)
        self._forget(topic)
        if device is None or not payload:
            return None
        if len(self._known[device.id]) >= ANNOUNCEMENTS_LIMIT:
            detail = f"more than {ANNOUNCEMENTS_LIMIT} announcements"
            return Rejection(Reason.OVERSIZED, detail, device.id)
        self._owners[topic] = device
        self._known[device.id][topic] = said
        self.announcements = {**self.announcements, topic: payload}
        self._listen(device)
        refused = next((entity.refused for entity in said.entities if entity.refused), "")
        if refused:
            return Rejection(Reason.WRONG_TYPE, refused, device.id)
        return Report(device.id, (("firmware", said.firmware),), retained=True) if _tells(said.firmware) else None

    def _may_be_ours(self, payload: bytes) -> bool:
        """Most announcements are of others, and looking closer costs ten times as much. An identifier beyond ASCII can
        be written in several ways."""
        return any(not one.isascii() or one.encode() in payload for one in self._by_identifier)

    def _forget(self, topic: str) -> None:
        device = self._owners.pop(topic, None)
        if device is not None:
            del self._known[device.id][topic]
            self.announcements = {key: payload for key, payload in self.announcements.items() if key != topic}
            self._listen(device)

    def _listen(self, device: Device) -> None:
        """Works out anew which topics say what of the device."""
        for topic in [topic for topic, by_device in self._ears.items() if device.id in by_device]:
            del self._ears[topic][device.id]
            if not self._ears[topic]:
                del self._ears[topic]
        states: dict[str, list[Sense]] = {}
        watched: dict[str, list[tuple[Entity, Availability]]] = {}
        for sense in senses(device, self._entities(device)):
            if sense.entity.topic:
                states.setdefault(sense.entity.topic, []).append(sense)
            for one in sense.entity.availability:
                watched.setdefault(one.topic, []).append((sense.entity, one))
        for topic in states.keys() | watched.keys():
            ear = Ear(device, tuple(states.get(topic, ())), tuple(watched.get(topic, ())))
            self._ears.setdefault(topic, {})[device.id] = ear

    def _entities(self, device: Device) -> list[Entity]:
        return [entity for said in self._known[device.id].values() for entity in said.entities]

    def _hear(self, ears: Sequence[Ear], message: Message) -> Decoded:
        said = text(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=ears[0].device.id)
        try:
            more: dict[str, object] = {"value_json": msgspec.json.decode(message.payload)}
        except (msgspec.DecodeError, RecursionError):
            more = {}
        results = [self._of_one(ear, said, more, message) for ear in ears]
        if len(results) == 1:
            return results[0]
        reports = tuple(result for result in results if isinstance(result, Report))
        return reports or results[0]

    def _of_one(self, ear: Ear, said: str, more: Mapping[str, object], message: Message) -> Report | Rejection:
        found, understood = Said(), not ear.senses or bool(ear.watched)
        buttons = Buttons(ear.device)
        for sense in _addressed(ear.senses, said, more):
            word = _word(sense.entity, said, more)
            understood = (word is not None and read(buttons, sense, word, found)) or understood
        if not understood:
            return _not_understood(ear, said, more)
        if message.retained and found.presses and not found.signals:
            return Rejection(Reason.RETAINED_EVENT, "a press must not be retained", ear.device.id)
        reachable = self._reachable(ear, said, more)
        if reachable is not None:
            found.signals["reachable"] = reachable
        return Report(
            ear.device.id,
            tuple(found.signals.items()),
            presses=() if message.retained else tuple(found.presses),
            held=tuple(found.held.items()),
            # That somebody says "online" is no message of the device, which may have been silent for hours.
            retained=message.retained or not ear.senses,
            redelivered=message.redelivered,
        )

    def _reachable(self, ear: Ear, said: str, more: Mapping[str, object]) -> bool | None:
        """The device's reachability after this message, None where the message is not about it."""
        for entity, one in ear.watched:
            state = one.read(said, **more)
            if state is not None:
                key = _key(ear.device, entity)
                self._heard.setdefault(key, {})[one.topic] = state
                self._latest[key] = state
        if not ear.watched:
            return None
        return is_reachable(
            is_available(entity, self._heard.get(key, {}), self._latest.get(key))
            for entity in self._entities(ear.device)
            if entity.availability
            for key in (_key(ear.device, entity),)
        )


def _key(device: Device, entity: Entity) -> str:
    return f"{device.id} {entity.component} {entity.object_id}"


def _lane(ears: Sequence[Ear]) -> LaneName:
    calls = any(sense.is_call for ear in ears for sense in ear.senses)
    return LaneName.PANIC if calls else LaneName.TELEMETRY


def _is_announcement(topic: str) -> bool:
    return topic.startswith(f"{PREFIX}/") and topic.endswith("/config") and topic.count("/") in (3, 4)


def _tells(firmware: str) -> bool:
    return bool(firmware) and firmware.isprintable()


def _addressed(known: Sequence[Sense], said: str, more: Mapping[str, object]) -> Sequence[Sense]:
    """All but the triggers, of which there is one for each action: of them the one for what was said, or, for an
    action that none was announced for, any."""
    triggers = [sense for sense in known if sense.entity.component == _TRIGGER]
    if not triggers:
        return known
    others = [sense for sense in known if sense.entity.component != _TRIGGER]
    for sense in triggers:
        word = _word(sense.entity, said, more)
        if word is not None and sense.entity.payload in ("", word):
            return [*others, sense]
    return [*others, Sense(triggers[0].entity, triggers[0].signal)]


def _word(entity: Entity, said: str, more: Mapping[str, object]) -> str | None:
    """The entity's state in its own words, None where the message has none of it."""
    word = said.strip() if entity.template is None else entity.template.text(said, **more)
    if word is None or entity.component not in ("event", "update"):
        return word
    body = json_object(word.encode()) if word.startswith("{") else None
    if isinstance(body, dict):
        inner = body.get("event_type" if entity.component == "event" else "installed_version")
        return None if inner is None else str(inner)
    return word if entity.component == "update" else None


def _not_understood(ear: Ear, said: str, more: Mapping[str, object]) -> Report | Rejection:
    """A message that has nothing for any entity is refused if it could have had: text where JSON is due, or a word
    that is none of a plain entity's. JSON that leaves everything out is a sign of life."""
    if "value_json" not in more and all(sense.entity.template for sense in ear.senses):
        return Rejection(Reason.NOT_JSON, f"{said[:40]!r} is not JSON", ear.device.id)
    plain = [sense for sense in ear.senses if sense.signal and sense.entity.template is None]
    if plain and not is_release(said):
        return Rejection(Reason.WRONG_TYPE, f"{plain[0].signal} can't be {said[:40]!r}", ear.device.id)
    return Report(ear.device.id)
