"""The school itself in hub.yaml: site, zones, devices and what their channels mean."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from hub.config import duration
from hub.config.addresses import camera_url, split, topic
from hub.config.duration import UNITS
from hub.config.fields import (
    Reader,
    Reading,
    checked,
    choice,
    day,
    each,
    figure,
    known,
    minutes,
    raw,
    secret,
    several,
    slug,
    span,
    text,
    timezone,
    whole,
)
from hub.config.privacy import REASON, intrudes
from hub.config.problems import Reported, Wrong, quoted
from hub.config.sections import ANYTHING, Clash, Field, Section, Variants, entries, made, needed
from hub.config.source import Node, Scalar
from hub.domain.announcing import BY_IDENTIFIER, place
from hub.domain.signals import EVENTS, KIND_SIGNALS, SIGNALS
from hub.domain.site import LANGUAGES, Device, Dialect, DoorRole, Hours, Intrusion, Limits, Lit, Mapped, Zone

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SILENT_AFTER: Final[Mapping[str, int]] = {
    "panic": 90_000,
    "camera": 5 * UNITS["m"],
    "esphome": 5 * UNITS["m"],
    "serial": 5 * UNITS["m"],
    # Zigbee2MQTT, "Device availability": passive devices (on batteries) may check in once in 25 hours.
    "zigbee2mqtt": 25 * UNITS["h"],
    "tasmota": 15 * UNITS["m"],  # three times its default TelePeriod of 300 s
    "shelly": 15 * UNITS["m"],
    "homeassistant": 15 * UNITS["m"],
    "json": 15 * UNITS["m"],
}
"""Milliseconds by kind where that is named, else by dialect."""


def words(reading: Reading, node: Node) -> Mapping[str, str]:
    """A text by language; a single text is the same in all."""
    if isinstance(node, Scalar):
        said: str = text(reading, node)
        return dict.fromkeys(LANGUAGES, said)
    by_language: dict[str, str] = WORDS.read(reading, node)
    if not by_language:
        raise Wrong(f"must have a text in at least one of {', '.join(LANGUAGES)}")
    return by_language


def _hours(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    opens, closes = values.get("open"), values.get("close")
    if opens is not None and closes is not None and opens >= closes:
        yield Clash("close", "'close' must be later on the same day than 'open'")


def _weekdays(reading: Reading, node: Node) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(name) for name in several(choice(*WEEKDAYS))(reading, node))


def _days(reading: Reading, node: Node) -> frozenset[Any]:
    return frozenset(each(day)(reading, node))


def _site(_reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    hours = Hours(timezone=values.pop("timezone"), **values.pop("hours"), **values.pop("demo", {}))
    return {"language": "kk", **values, "hours": hours}


WORDS: Final = Section("name", {code: Field(text) for code in LANGUAGES}, made(dict))

HOURS: Final = Section(
    "site.hours",
    {
        "weekdays": needed(_weekdays),
        "open": needed(checked(minutes)),
        "close": needed(checked(minutes)),
        "holidays": Field(_days),
    },
    made(dict),
    _hours,
)

DEMO: Final = Section(
    "site.demo",
    {"speed": needed(whole(1, 86_400)), "anchor": needed(whole(0, 4_102_444_800_000))},
    made(dict),
)

SITE: Final = Section(
    "site",
    {
        "id": needed(slug),
        "name": needed(words),
        "timezone": needed(timezone),
        "language": Field(choice(*LANGUAGES)),
        "hours": needed(HOURS.read),
        "demo": Field(DEMO.read),
    },
    _site,
)


ALARMS: Final = Section(
    "alarms",
    {
        "shelve_at_most": Field(span),
        "maintain_at_most": Field(span),
        "chatter_count": Field(whole(2, 1000)),
        "chatter_within": Field(span),
        "calm_after": Field(span),
        "link_after": Field(span),
        "grace": Field(span),
    },
    made(Limits),
)


def _zone(_reading: Reading, values: dict[str, Any]) -> Zone:
    return Zone(**{"floor": 1, **values})


ZONE: Final = Section("zones", {"id": needed(slug), "floor": Field(whole(-9, 99)), "name": needed(words)}, _zone)


def _signal(kind: str) -> Reader:
    def read(reading: Reading, node: Node) -> str:
        name, names = raw(reading, node), sorted(KIND_SIGNALS[kind])
        if kind == "restroom" and intrudes(name):
            raise Wrong(f"{quoted(name)} is {REASON}")
        if name not in names:
            near = reading.report.near(name, names) or f": it has {', '.join(names)}"
            raise Wrong(f"a {kind} device has no signal {quoted(name)}{near}")
        return name

    return read


def _allowed(kind: str, signal: str, word: str) -> bool:
    if signal in EVENTS:
        return word in EVENTS & KIND_SIGNALS[kind]
    form = SIGNALS[signal]
    if form.form == "figure":
        return bool(re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", word)) and form.low <= float(word) <= form.high
    return word in {"flag": ("true", "false"), "choice": form.values, "text": (word,)}[form.form]


def _pairs(reading: Reading, node: Node) -> dict[str, str]:
    block = entries(reading, node)
    results = {theirs: reading.attempt(raw, ours) for theirs, ours in block.values.items()}
    if not all(good for _, good in results.values()):
        raise Reported
    return {theirs: ours for theirs, (ours, _) in results.items()}


def _mapped(kind: str) -> Section:
    def check(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
        signal = values.get("signal")
        for word in (values.get("values") or {}).values():
            if signal is not None and not _allowed(kind, signal, word):
                yield Clash("values", f"'{signal}' can't be {quoted(word)}")

    return Section("devices.map", {"signal": needed(_signal(kind)), "values": Field(_pairs)}, made(Mapped), check)


def _map(kind: str) -> Reader:
    section = _mapped(kind)

    def read_one(reading: Reading, node: Node) -> Mapped:
        return section.read(reading, node) if not isinstance(node, Scalar) else Mapped(_signal(kind)(reading, node))

    def read(reading: Reading, node: Node) -> dict[str, Mapped]:
        block, mapped = entries(reading, node), {}
        right = True
        for theirs, ours in block.values.items():
            if kind == "restroom" and intrudes(theirs):
                reading.wrong(block.line_of(theirs), f"{quoted(theirs)} is {REASON}")
                right = False
                continue
            mapped[theirs], good = reading.attempt(read_one, ours, f"map {quoted(theirs)}")
            right = right and good
        if not right:
            raise Reported
        return mapped

    return read


def _found(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    """How a sensor is found: on the serial line that lists it, or under its dialect and topic."""
    name = values.get("id")
    listed = name in reading.on_serial
    dialect = values.get("dialect", "serial" if listed else "")
    if name is None or dialect is None:
        return
    if not dialect:
        yield Clash("kind", f"device '{name}' has no 'dialect', and no serial port lists it")
    elif listed and dialect != "serial":
        yield Clash("dialect", f"device '{name}' is listed at a serial port: its dialect is serial")
    elif dialect == "serial" and not listed:
        yield Clash("dialect", f"device '{name}' speaks serial, but no port under 'serial' lists it")
    elif dialect != "serial" and "topic" not in values:
        yield Clash("dialect", f"'topic' is missing: a device that speaks {dialect} is found by it")
    elif dialect == "homeassistant" and values["topic"] is not None and not _is_announced(values["topic"]):
        yield Clash(
            "topic",
            "must be a configuration topic without /config, such as homeassistant/binary_sensor/door-1/contact, "
            "or device:<identifier>",
        )


def _is_announced(found_by: str) -> bool:
    if found_by.startswith(BY_IDENTIFIER):
        return bool(found_by.removeprefix(BY_IDENTIFIER).strip())
    return place(found_by) is not None and not found_by.endswith("/config")


def _sensor(_reading: Reading, values: dict[str, Any]) -> Device:
    complete = {"dialect": "serial", **_BY_ROLE.get(values.get("role", ""), {}), **values}
    silent_after = SILENT_AFTER.get(values["kind"], SILENT_AFTER[complete["dialect"]])
    return Device(**{"silent_after": silent_after, **complete})


_BY_ROLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "exit": {"held_after": 60_000},
    "restricted": {"held_after": 30_000},
    "inner": {"held_after": 0, "intrusion": "never"},
    "restroom": {"held_after": 0, "intrusion": "never"},
}
"""What differs by a door's role: inner doors stand open all day, and nobody breaks into a restroom."""


def _times(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if ("lit_from" in values) != ("lit_to" in values):
        yield Clash("lit_from" if "lit_from" in values else "lit_to", "'lit_from' and 'lit_to' go together")
    elif "lit_from" in values and "lit" in values:
        yield Clash("lit", "'lit' and 'lit_from' exclude each other: light is due by one of them")


def _lamp(reading: Reading, values: dict[str, Any]) -> Device:
    factor = values.pop("calibrated", {})
    return _sensor(reading, {**values, "lux_factor": factor.get("meter", 1) / factor.get("sensor", 1)})


def _off_the_line(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("id") in reading.on_serial:
        yield Clash("id", f"camera '{values['id']}' is listed at a serial port: only sensors can be")


def _camera(_reading: Reading, values: dict[str, Any]) -> Device:
    return Device(**{"silent_after": SILENT_AFTER["camera"], **values})


def _rtsp(reading: Reading, node: Node) -> str:
    hidden = isinstance(node, Scalar) and node.secret
    url = secret()(reading, node).reveal() if hidden else raw(reading, node)
    try:
        if split(url, "rtsp", "rtsps").password is not None and not hidden:
            raise Wrong("has a password in the clear: leave it out, or write the URL as !secret NAME")
        return camera_url(url)
    except ValueError as error:
        raise Wrong(str(error)) from None


def _span_or_never(text: str) -> int:
    return 0 if text == "never" else duration.parse(text)


_ANY: Final = {
    "id": needed(slug),
    "kind": ANYTHING,
    "zone": needed(known("zone", lambda reading: reading.zones)),
    "name": Field(words),
    "silent_after": Field(span),
}
_SENSOR: Final = _ANY | {
    "dialect": Field(choice(*get_args(Dialect))),
    "topic": Field(topic),
    "battery_min": Field(figure(0, 100)),
}
CALIBRATED: Final = Section(
    "devices.calibrated",
    {"sensor": needed(figure(0.1, 200_000)), "meter": needed(figure(0.1, 200_000))},
    made(dict),
)
_OWN: Final[Mapping[str, Mapping[str, Field]]] = {
    "panic": {"untested_after": Field(span)},
    "door": {
        "role": Field(choice(*get_args(DoorRole))),
        "held_after": Field(checked(_span_or_never)),
        "intrusion": Field(choice(*get_args(Intrusion))),
    },
    "lighting": {
        "min_lux": Field(figure(0, 200_000)),
        "calibrated": Field(CALIBRATED.read),
        "dark_after": Field(span),
        "lit": Field(choice(*get_args(Lit))),
        "lit_from": Field(checked(minutes)),
        "lit_to": Field(checked(minutes)),
        "left_on_after": Field(span),
        "lamp_after": Field(span),
    },
    "restroom": {
        "stay_after": Field(span),
        "co2_max": Field(figure(400, 40_000)),
        "pm25_max": Field(figure(1, 10_000)),
        "voc_max": Field(figure(1, 500)),
        "humidity_max": Field(figure(1, 100)),
        "vape_pm25": Field(figure(1, 10_000)),
        "air_after": Field(span),
    },
}


def _kind(kind: str) -> Section:
    fields = {**_SENSOR, **_OWN[kind], "map": Field(_map(kind))}
    build, refuse = (_lamp if kind == "lighting" else _sensor), (_refusal if kind == "restroom" else lambda key: "")
    return Section(f"devices ({kind})", fields, build, _placed if kind == "lighting" else _found, refuse)


def _placed(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    yield from _found(reading, values)
    yield from _times(reading, values)


def _refusal(key: str) -> str:
    return f": {REASON}" if intrudes(key) else ""


DEVICE: Final = Variants(
    "devices",
    "kind",
    {kind: _kind(kind) for kind in _OWN}
    | {"camera": Section("devices (camera)", _ANY | {"rtsp": needed(_rtsp)}, _camera, _off_the_line)},
)
