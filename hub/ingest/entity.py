"""What an announced entity means on a device, and how its state is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from hub.domain.reports import Press, PressEvent
from hub.domain.signals import COMMON, EVENTS, KIND_SIGNALS, SIGNALS, Value, clean
from hub.domain.site import Device, Mapped
from hub.ingest.announcement import Entity
from hub.ingest.naming import claimed, meant, usual
from hub.ingest.payload import is_unsaid
from hub.ingest.pressing import Buttons
from hub.ingest.units import converted, is_ours

# Device classes by component, from the lists in Home Assistant's documentation of each. A class that is not here has
# no signal of ours: `battery` of a binary sensor is "low", `light` is "light detected", `power` "power detected".
_BINARY: Final[Mapping[str, str]] = {
    "battery": "battery_low", "connectivity": "reachable", "door": "contact", "garage_door": "contact",
    "opening": "contact", "window": "contact", "lock": "lock", "moisture": "leak", "motion": "occupancy",
    "occupancy": "occupancy", "presence": "occupancy", "smoke": "smoke", "tamper": "tamper", "safety": "press",
}  # fmt: skip
_SENSOR: Final[Mapping[str, str]] = {
    "battery": "battery", "carbon_dioxide": "co2", "humidity": "humidity", "illuminance": "lux", "pm25": "pm25",
    "power": "power", "signal_strength": "rssi", "temperature": "temperature", "voltage": "voltage",
}  # fmt: skip
_COVER: Final = dict.fromkeys(("door", "garage", "gate", "window"), "contact")
_BY_COMPONENT: Final = {"light": "relay", "switch": "relay", "lock": "lock", "update": "firmware"}
_CALLING: Final = frozenset({"event", "device_automation"})
_CALLING_NAMES: Final = frozenset({"action", "click", "emergency", "sos"})


class Sense(msgspec.Struct, frozen=True):
    """An entity's place on a device: its `signal` or event, empty where it means nothing here. `own` is the entry of
    the device's map."""

    entity: Entity
    signal: str
    own: Mapped | None = None

    @property
    def is_call(self) -> bool:
        return self.signal in EVENTS


class Said(msgspec.Struct):
    """What a message turns out to say; `sense` adds to it."""

    signals: dict[str, Value] = {}
    presses: list[Press] = []
    held: dict[PressEvent, bool] = {}


def senses(device: Device, entities: Sequence[Entity]) -> list[Sense]:
    """What each entity means. Of several that would be the same signal none is taken: that choice is the map's."""
    found = [_sense(device, entity) for entity in entities]
    plain = [sense.signal for sense in found if sense.own is None and sense.signal in SIGNALS]
    doubled = {signal for signal in plain if plain.count(signal) > 1}
    return [Sense(sense.entity, "") if sense.own is None and sense.signal in doubled else sense for sense in found]


def _sense(device: Device, entity: Entity) -> Sense:
    if entity.refused:
        return Sense(entity, "")
    for name in (entity.object_id, entity.unique_id, entity.name):
        own = device.map.get(name) if name else None
        if own is not None:
            return Sense(entity, own.signal, own)
    signal = _signal(device, entity)
    if signal in EVENTS:
        return Sense(entity, Buttons(device).event if Buttons(device).calls else "")
    right = signal in KIND_SIGNALS.get(device.kind, frozenset()) and signal not in claimed(device)
    if not right or (entity.category and signal not in COMMON):
        return Sense(entity, "")
    is_figure = SIGNALS[signal].form == "figure"
    return Sense(entity, signal if not is_figure or is_ours(signal, entity.unit) else "")


def _signal(device: Device, entity: Entity) -> str:
    component, device_class = entity.component, entity.device_class
    if component in _CALLING:
        return "press"
    if component in _BY_COMPONENT:
        return _BY_COMPONENT[component]
    if device_class == "voltage" and entity.category != "diagnostic":
        return ""  # the mains', not a battery's
    classes = {"binary_sensor": _BINARY, "sensor": _SENSOR, "cover": _COVER}.get(component)
    if classes is None or (device_class and device_class not in classes and device_class != "enum"):
        return ""
    return classes.get(device_class) or _by_name(device, entity)


def _by_name(device: Device, entity: Entity) -> str:
    if entity.component == "cover":
        return ""
    last = entity.object_id.lower().rpartition("_")[2]
    meaning = usual(device, entity.object_id)
    if meaning is None:
        return "press" if last in _CALLING_NAMES and Buttons(device).calls else ""
    form = "event" if meaning.is_event else SIGNALS[meaning.signal].form
    fits = {"binary_sensor": ("flag", "choice", "event"), "sensor": ("figure", "choice", "text", "flag", "event")}
    return meaning.signal if form in fits[entity.component] else ""


def read(buttons: Buttons, sense: Sense, word: str, found: Said) -> bool:
    """Adds what `word`, the entity's state as its template gives it, says. False where it can't be understood."""
    if not sense.signal or is_unsaid(word):
        return True
    if sense.is_call:
        _call(buttons, sense, word, found)
        return True
    value = _value(sense, word)
    if value is not None:
        found.signals[sense.signal] = value
    return value is not None


def _value(sense: Sense, word: str) -> Value | None:
    entity, signal = sense.entity, sense.signal
    words: Mapping[str, str] = {} if sense.own is None else sense.own.values
    if word in words:
        return meant(signal, word, words)
    if entity.component == "sensor" and SIGNALS[signal].form == "figure":
        return _figure(signal, entity.unit, word)
    if entity.component in ("sensor", "update"):
        return meant(signal, word, words)
    if entity.forgets or word not in (entity.on, entity.off):
        return None  # nobody says when it ends, so it can't be kept
    return meant(signal, "ON" if word == entity.on else "OFF", words)


def _figure(signal: str, unit: str, word: str) -> Value | None:
    try:
        return clean(signal, converted(signal, unit, float(word)))
    except ValueError:
        return None


def _call(buttons: Buttons, sense: Sense, word: str, found: Said) -> None:
    """A binary sensor is a level, which is a press when it rises; one that forgets says nothing but its presses, as
    buttons, triggers and events do."""
    entity = sense.entity
    if entity.component == "binary_sensor" and not entity.forgets:
        if word in (entity.on, entity.off):
            for event, is_high in buttons.held(word == entity.on, sense.own):
                found.held[event] = found.held.get(event, False) or is_high
    elif entity.component != "binary_sensor" or word == entity.on:
        # Several triggers listen to one topic, one for each action: what is said is one press all the same.
        found.presses = found.presses or list(buttons.pressed(word, sense.own))


def is_reachable(states: Iterable[bool | None]) -> bool | None:
    """A device is reachable if one of its entities is, and is not if none is of those whose availability is known."""
    told = [state for state in states if state is not None]
    return any(told) if told else None


def is_available(entity: Entity, known: Mapping[str, bool], latest: bool | None) -> bool | None:
    """An entity's availability from what its topics have said; `latest` is the last of it."""
    if entity.mode == "latest":
        return latest
    told = [known.get(one.topic) for one in entity.availability]
    if entity.mode == "any":
        return True if True in told else None if None in told else False
    return False if False in told else None if None in told else True
