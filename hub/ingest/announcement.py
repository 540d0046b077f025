"""Home Assistant's MQTT discovery: how a device announces its entities, their topics and words.

Source: Home Assistant's documentation of its MQTT integration, "MQTT discovery": messages for one entity on
`<prefix>/<component>/[<node>/]<object>/config`, for a whole device on `<prefix>/device/<object>/config`; keys may be
abbreviated, and `~` at the beginning or end of a topic stands for the base topic.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal

import msgspec

from hub.domain.announcing import place
from hub.domain.reports import Reason, Rejection
from hub.ingest.payload import json_object
from hub.ingest.templates import Template, TemplateRefused

ANNOUNCEMENT_LIMIT: Final = 65_536
"""Bytes: a device's announcement has all of its entities in one message."""
ENTITIES_LIMIT: Final = 200
"""Entities of one announcement that are looked at."""
_TOPIC_LIMIT: Final = 256

_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "atype": "automation_type", "avty": "availability", "avty_mode": "availability_mode",
    "avty_t": "availability_topic", "avty_tpl": "availability_template", "cmps": "components", "dev": "device",
    "dev_cla": "device_class", "ent_cat": "entity_category", "obj_id": "object_id", "off_dly": "off_delay",
    "p": "platform", "pl": "payload", "pl_avail": "payload_available", "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off", "pl_on": "payload_on", "stat_clsd": "state_closed", "stat_locked": "state_locked",
    "stat_off": "state_off", "stat_on": "state_on", "stat_open": "state_open", "stat_t": "state_topic",
    "stat_tpl": "state_template", "stat_unlocked": "state_unlocked", "stat_val_tpl": "state_value_template",
    "stype": "subtype", "t": "topic", "uniq_id": "unique_id", "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
    # below `device`
    "cns": "connections", "hw": "hw_version", "ids": "identifiers", "mdl": "model", "mf": "manufacturer",
    "sw": "sw_version",
}  # fmt: skip


class Availability(msgspec.Struct, frozen=True):
    """A topic on which it is said whether the entity is there."""

    topic: str
    available: str = "online"
    unavailable: str = "offline"
    template: Template | None = None

    def read(self, said: str, **more: object) -> bool | None:
        """True or False as it is said, None where it is neither."""
        word = said if self.template is None else self.template.text(said, **more)
        return {self.available: True, self.unavailable: False}.get(word or "")


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One entity. `on` and `off` are its words for true and false: of a lock, unlocked and locked; of a cover, open
    and closed. `payload` is what a trigger has to say, empty for anything. `forgets`: its off is not said, it is
    assumed after a delay. `refused` says why its template is not run: then nothing of it is understood."""

    component: str
    object_id: str
    unique_id: str = ""
    name: str = ""
    device_class: str = ""
    category: str = ""
    unit: str = ""
    topic: str = ""
    template: Template | None = None
    on: str = ""
    off: str = ""
    forgets: bool = False
    payload: str = ""
    refused: str = ""
    availability: tuple[Availability, ...] = ()
    mode: Literal["latest", "all", "any"] = "latest"


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What one message announces. `identifiers` are the device's, those of its connections included."""

    identifiers: tuple[str, ...] = ()
    name: str = ""
    model: str = ""
    firmware: str = ""
    entities: tuple[Entity, ...] = ()


def announcement(topic: str, payload: bytes) -> Announcement | Rejection:
    """What is announced on a configuration topic (with its `/config`)."""
    where = place(topic.removesuffix("/config"))
    if where is None:
        return Rejection(Reason.WRONG_TYPE, "no configuration topic of Home Assistant's discovery")
    said = json_object(payload)
    if isinstance(said, Rejection):
        return said
    return _announcement(*where, _spelt_out(said))


def _announcement(component: str, object_id: str, said: dict[str, object]) -> Announcement:
    device = said.get("device")
    about = _spelt_out(device) if isinstance(device, dict) else {}
    is_whole = component == "device"
    entities = tuple(_components(said)) if is_whole else (_entity(component, object_id, said),)
    return Announcement(
        identifiers=tuple(_identifiers(about)),
        name=_word(about, "name"),
        model=_word(about, "model"),
        firmware=_word(about, "sw_version")[:64],
        entities=entities,
    )


def _components(said: dict[str, object]) -> Iterator[Entity]:
    """A device's entities; what stands beside them holds for all."""
    components = said.get("components")
    if not isinstance(components, dict):
        return
    shared = {key: value for key, value in said.items() if key not in ("components", "device")}
    for object_id, component in list(components.items())[:ENTITIES_LIMIT]:
        if isinstance(component, dict):
            own = _spelt_out({"~": said.get("~"), **component})
            yield _entity(_word(own, "platform"), object_id, {**shared, **own})


def _entity(component: str, object_id: str, said: dict[str, object]) -> Entity:
    on, off = _words(component, said)
    template, refused = _template(said, *_templates(component, said))
    mode = _word(said, "availability_mode")
    return Entity(
        component=component,
        object_id=object_id,
        unique_id=_word(said, "unique_id"),
        name=_word(said, "name") or _word(said, "subtype"),
        device_class=_word(said, "device_class"),
        category=_word(said, "entity_category"),
        unit=_word(said, "unit_of_measurement"),
        topic=_topic(said, "topic" if component == "device_automation" else "state_topic"),
        template=template,
        refused=refused,
        on=on,
        off=off,
        forgets=said.get("off_delay") is not None,
        payload=_word(said, "payload"),
        availability=tuple(_availability(said)),
        mode="all" if mode == "all" else "any" if mode == "any" else "latest",
    )


def _words(component: str, said: dict[str, object]) -> tuple[str, str]:
    if component == "lock":
        return _word(said, "state_unlocked") or "UNLOCKED", _word(said, "state_locked") or "LOCKED"
    if component == "cover":
        return _word(said, "state_open") or "open", _word(said, "state_closed") or "closed"
    on, off = _word(said, "payload_on") or "ON", _word(said, "payload_off") or "OFF"
    if component == "light" and said.get("schema") == "template":
        return "on", "off"
    return _word(said, "state_on") or on, _word(said, "state_off") or off


_JSON_LIGHT: Final = "{{ value_json.state }}"


def _templates(component: str, said: dict[str, object]) -> tuple[str, ...]:
    if component != "light":
        return ("value_template",)
    if said.get("schema") == "json":
        said["state_template"] = _JSON_LIGHT
    return ("state_template", "state_value_template", "value_template")


def _availability(said: dict[str, object]) -> Iterator[Availability]:
    listed = said.get("availability")
    for one in listed if isinstance(listed, list) else [listed] if isinstance(listed, dict) else []:
        if isinstance(one, dict):
            yield from _available(_spelt_out({"~": said.get("~"), **one}), "topic", "value_template")
    yield from _available(said, "availability_topic", "availability_template")


def _available(said: dict[str, object], topic: str, template: str) -> Iterator[Availability]:
    where = _topic(said, topic)
    if where:
        found, refused = _template(said, template)
        if not refused:
            available, unavailable = _word(said, "payload_available"), _word(said, "payload_not_available")
            yield Availability(where, available or "online", unavailable or "offline", found)


def _identifiers(about: dict[str, object]) -> Iterator[str]:
    for name in ("identifiers", "connections"):
        listed = about.get(name)
        for one in listed if isinstance(listed, list) else [listed]:
            found = one[1] if isinstance(one, list) and len(one) == 2 else one
            if isinstance(found, str) and found:
                yield found


def _spelt_out(said: Mapping[str, object]) -> dict[str, object]:
    """The keys in full, `~` in topics replaced."""
    full = {_ABBREVIATIONS.get(key, key): value for key, value in said.items()}
    base = full.get("~")
    if isinstance(base, str) and base:
        for key, value in full.items():
            if isinstance(value, str) and key.endswith("topic"):
                full[key] = _based(value, base)
    return full


def _based(topic: str, base: str) -> str:
    topic = base + topic[1:] if topic.startswith("~") else topic
    return topic[:-1] + base if topic.endswith("~") else topic


def _word(said: Mapping[str, object], key: str) -> str:
    """A text; Home Assistant takes numbers and booleans in its place, as Python writes them."""
    value = said.get(key)
    return str(value)[:200] if isinstance(value, str | bool | int | float) else ""


def _topic(said: Mapping[str, object], key: str) -> str:
    """A topic to listen to; wildcards are nobody's state."""
    topic = said.get(key)
    if not isinstance(topic, str) or set(topic) & {"+", "#", "\0"} or len(topic.encode()) > _TOPIC_LIMIT:
        return ""
    return topic


def _template(said: Mapping[str, object], *keys: str) -> tuple[Template | None, str]:
    """The first template of `keys`, or why it is refused."""
    source = next((value for key in keys if isinstance(value := said.get(key), str) and value.strip()), None)
    try:
        return None if source is None else _compiled(source), ""
    except TemplateRefused as refused:
        return None, str(refused)[:200]


@lru_cache(maxsize=1000)
def _compiled(source: str) -> Template:
    """Compiling takes a millisecond, and devices of one make have the same templates."""
    return Template(source)
