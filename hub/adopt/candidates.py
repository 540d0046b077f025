"""Devices that say of themselves that they are there, and that hub.yaml does not know: "new: which room?"."""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec

from hub.adopt.refusal import Refusal
from hub.domain.reports import Rejection
from hub.domain.site import Device, Dialect, Kind
from hub.ingest.announcement import Announcement, announcement
from hub.ingest.dialect import UNKNOWN

KEPT: Final = 300
"""Candidates at most; the ones that were silent for longest make room."""
_TEXT: Final = 100
_SLUG: Final = 40

# What a property or a device class of Home Assistant says about the kind, the strongest first.
_TELLING: Final[tuple[tuple[Kind, frozenset[str]], ...]] = (
    ("panic", frozenset({"panic", "sos", "emergency", "help_button", "loop"})),
    ("restroom", frozenset({"water_leak", "leak", "moisture", "co2", "carbon_dioxide", "pm25", "voc", "smoke", "gas"})),
    ("door", frozenset({"contact", "door", "window", "opening", "lock", "garage_door", "lock_state"})),
    (
        "lighting",
        frozenset({"illuminance", "illuminance_lux", "lux", "light", "brightness", "power", "switch", "relay"}),
    ),
    ("restroom", frozenset({"occupancy", "presence", "motion", "humidity"})),
    ("panic", frozenset({"action", "device_automation", "event", "button"})),
)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A device that hub.yaml does not know. `id` is a proposal, `kind` a guess (empty: nothing points to one). Times
    are UTC in ms. `hint`: only its messages were seen, it did not announce itself.
    `refusal`: why it was not adopted when somebody wanted it, `refused_at` when (UTC, ms)."""

    id: str
    dialect: Dialect
    topic: str
    kind: Kind | None = None
    name: str = ""
    model: str = ""
    first_seen: int
    last_seen: int
    hint: bool = False
    refusal: Refusal | None = None
    refused_at: int = 0


class _Definition(msgspec.Struct):
    model: str | None = None
    vendor: str | None = None
    exposes: list[dict[str, msgspec.Raw]] = []


class _Bridged(msgspec.Struct):
    friendly_name: str
    type: str | None = None
    disabled: bool = False
    definition: _Definition | None = None


_Bridge = Annotated[list[_Bridged], msgspec.Meta(max_length=2000)]


class _Discovered(msgspec.Struct):
    """What ESPHome says on `esphome/discover/<name>`."""

    name: str
    friendly_name: str = ""
    board: str = ""


def read(topic: str, payload: bytes, at: int) -> Iterator[Candidate]:
    """The devices that one message announces; nothing where it is not understood. Never raises."""
    try:
        if topic.endswith("/bridge/devices"):
            yield from _bridged(topic.removesuffix("/bridge/devices"), payload, at)
        elif topic.startswith("esphome/discover/"):
            said = msgspec.json.decode(payload, type=_Discovered)
            yield _made("esphome", said.name, said.friendly_name or said.name, said.board, (), at)
        else:
            known = announcement(topic, payload)
            if not isinstance(known, Rejection):
                yield from _announced(known, at)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return


def merged(known: Mapping[str, Candidate], found: Iterable[Candidate]) -> dict[str, Candidate]:
    """`known` by `dialect topic` with what was found; a device announces itself in many messages."""
    result = dict(known)
    for one in found:
        key = f"{one.dialect} {one.topic}"
        before = result.get(key)
        result[key] = one if before is None else _both(before, one)
    if len(result) > KEPT:
        latest = sorted(result.items(), key=lambda entry: -entry[1].last_seen)[:KEPT]
        result = dict(latest)
    return result


def unknown(candidates: Iterable[Candidate], devices: Iterable[Device]) -> list[Candidate]:
    """Those that hub.yaml does not know, with ids that are free and different, newest first."""
    devices, candidates = list(devices), list(candidates)
    topics, taken = {device.topic for device in devices if device.topic}, {device.id for device in devices}
    spoken = [one.topic for one in devices if one.dialect == "esphome"]
    spoken += [one.topic for one in candidates if one.dialect == "esphome"]
    nodes = {topic.rpartition("/")[2] for topic in spoken if "/" in topic}
    result: list[Candidate] = []
    for one in sorted(candidates, key=lambda candidate: (candidate.hint, -candidate.first_seen, candidate.topic)):
        # ESPHome's own discovery names the node and not its topics: whoever has said more is the same device.
        if one.topic in topics or (one.dialect == "esphome" and one.topic in nodes):
            continue
        free = next(name for name in _proposals(one.id) if name not in taken)
        topics.add(one.topic)
        taken.add(free)
        result.append(msgspec.structs.replace(one, id=free))
    return result


def _proposals(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in itertools.count(2))


def _both(before: Candidate, one: Candidate) -> Candidate:
    return msgspec.structs.replace(
        one,
        kind=_stronger(before.kind, one.kind),
        name=one.name or before.name,
        model=one.model or before.model,
        first_seen=before.first_seen,
        refusal=before.refusal,
        refused_at=before.refused_at,
    )


def hinted(topics: Iterable[tuple[str, str, int, int]]) -> Iterator[Candidate]:
    """From refused messages of unknown devices: (topic, detail, first, last). A weak hint: what it is, is not known."""
    for topic, detail, first, last in topics:
        prefix = detail.removeprefix(UNKNOWN)
        if prefix == detail or not topic.removeprefix("tele/").startswith(prefix):
            continue
        made = _made(_spoken(topic, prefix), prefix, prefix.rpartition("/")[2], "", (), last)
        yield msgspec.structs.replace(made, first_seen=first, hint=True)


def _spoken(topic: str, prefix: str) -> Dialect:
    """The dialect whose decoder has refused the message: each adds something else to a device's topic."""
    if topic == prefix:
        return "zigbee2mqtt"
    if topic.startswith("tele/"):
        return "tasmota"
    return "shelly" if topic.endswith("/online") else "esphome"


def slug(name: str) -> str:
    """A device id made of a name: latin letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", "".join(_LATIN.get(char, char) for char in name.casefold()))
    return (
        re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")[:_SLUG].strip("-") or "device"
    )


_SOUNDS: Final = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya a g q n o u u h i"
_LATIN: Final = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі", _SOUNDS.split(), strict=True))
_LATIN["ъ"] = _LATIN["ь"] = ""


def _bridged(base: str, payload: bytes, at: int) -> Iterator[Candidate]:
    for one in msgspec.json.decode(payload, type=_Bridge):
        if one.type == "Coordinator" or one.disabled or not one.friendly_name:
            continue
        about = one.definition or _Definition()
        words = set(_exposed(msgspec.json.encode(about.exposes)))
        model = " ".join(word for word in (about.vendor, about.model) if word)
        yield _made("zigbee2mqtt", f"{base}/{one.friendly_name}", one.friendly_name, model, words, at)


def _exposed(exposes: bytes) -> Iterator[str]:
    """Names, properties and types, and the values of actions, at any depth."""
    waiting: list[object] = [msgspec.json.decode(exposes)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            yield from (value for key, value in one.items() if key in ("name", "property", "type") and value)
            waiting += [one[key] for key in ("features", "values") if isinstance(one.get(key), list)]
        elif isinstance(one, str):
            yield one


def _announced(said: Announcement, at: int) -> Iterator[Candidate]:
    if not said.entities:
        return
    topic = next((entity.topic for entity in said.entities if entity.topic), "")
    words = {word for entity in said.entities
             for word in (entity.device_class, entity.component, *re.split(r"[^a-z0-9]+", entity.object_id.lower()))
             if word and not entity.category}  # fmt: skip
    is_zigbee = any(one.startswith("zigbee2mqtt_") for one in said.identifiers)
    dialect: Dialect = "homeassistant"
    if is_zigbee:
        dialect = "zigbee2mqtt"
    elif said.firmware.lower().startswith("esphome") or re.fullmatch(r".+/[a-z_]+/[^/]+/state", topic):
        dialect, topic = "esphome", topic.rsplit("/", 3)[0]
    elif said.identifiers:
        topic = f"device:{said.identifiers[0]}"
    else:
        return
    if topic and "bridge" not in topic:
        yield _made(dialect, topic, said.name or topic.rpartition("/")[2], said.model, words, at)


def _made(dialect: Dialect, topic: str, name: str, model: str, words: Iterable[str], at: int) -> Candidate:
    if not topic.isprintable() or len(topic) > 200 or set(topic) & set("+#"):
        raise ValueError("no topic")
    return Candidate(id=slug(name), dialect=dialect, topic=topic, kind=_kind(words), name=_short(name),
                     model=_short(model), first_seen=at, last_seen=at)  # fmt: skip


def _kind(words: Iterable[str]) -> Kind | None:
    folded = {word.casefold() for word in words}
    return next((kind for kind, telling in _TELLING if folded & telling), None)


def _stronger(one: Kind | None, other: Kind | None) -> Kind | None:
    """The kind that the stronger words speak for, of two messages about the same device."""
    order: dict[Kind | None, int] = {}
    for number, (kind, _) in enumerate(_TELLING):
        order.setdefault(kind, number)
    return min(one, other, key=lambda kind: order.get(kind, 99))


def _short(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:_TEXT].strip()


class CandidateFile:
    """Where the core keeps the candidates: a small file beside the store, so that the store never fills with them."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".new")

    def load(self) -> dict[str, Candidate]:
        """By `dialect topic`; nothing where there is no file that can be read."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, Candidate])
        except (OSError, msgspec.MsgspecError):
            return {}

    def save(self, candidates: Mapping[str, Candidate]) -> None:
        """Replaces the file; raises OSError where the disk refuses."""
        fresh = self.path.with_name(self.path.name + ".tmp")
        fresh.write_bytes(msgspec.json.encode(candidates))
        fresh.replace(self.path)
