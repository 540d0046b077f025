"""The devices in hub.yaml: how each kind is found, what its channels mean, and its limits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from hub.config import duration
from hub.config.addresses import camera, split, topic
from hub.config.dialects import misplaced, unheard
from hub.config.duration import UNITS
from hub.config.fields import (
    Reader,
    Reading,
    checked,
    choice,
    figure,
    known,
    minutes,
    raw,
    secret,
    slug,
    span,
)
from hub.config.model import Login
from hub.config.privacy import NO_CAMERA, REASON, intrudes, intrudes_as_channel
from hub.config.problems import Reported, Wrong, quoted
from hub.config.school import words
from hub.config.sections import ANYTHING, Clash, Field, Section, Variants, entries, made, needed
from hub.config.source import Node, Scalar
from hub.domain.signals import EVENTS, KIND_SIGNALS, SIGNALS
from hub.domain.site import Device, Dialect, DoorRole, Intrusion, Lit, Mapped

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


def _signal(kind: str) -> Reader:
    def read(reading: Reading, node: Node) -> str:
        name, names = raw(reading, node), sorted(KIND_SIGNALS[kind])
        if kind == "restroom" and intrudes_as_channel(name):
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
        for theirs, ours in (values.get("values") or {}).items():
            if signal is not None and not _allowed(kind, signal, ours):
                yield Clash("values", f"'{signal}' can't be {quoted(ours)}")
            if kind == "restroom" and intrudes_as_channel(theirs):
                yield Clash("values", f"{quoted(theirs)} is {REASON}")

    return Section("devices.map", {"signal": needed(_signal(kind)), "values": Field(_pairs)}, made(Mapped), check)


def _map(kind: str) -> Reader:
    section = _mapped(kind)

    def read_one(reading: Reading, node: Node) -> Mapped:
        return section.read(reading, node) if not isinstance(node, Scalar) else Mapped(_signal(kind)(reading, node))

    def read(reading: Reading, node: Node) -> dict[str, Mapped]:
        block, mapped = entries(reading, node), {}
        right = True
        for theirs, ours in block.values.items():
            if kind == "restroom" and intrudes_as_channel(theirs):
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
    elif values.get("topic") and (wrong := misplaced(dialect, values["topic"])):
        yield Clash("topic", f"topic: {wrong}")
    for theirs, ours in (values.get("map") or {}).items():
        if ours.signal in EVENTS and (such := unheard(dialect, theirs)):
            yield Clash("map", f"map {quoted(theirs)}: no button of {dialect} is called so: {such} would be one")


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


def _lookout(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("id") in reading.on_serial:
        yield Clash("id", f"camera '{values['id']}' is listed at a serial port: only sensors can be")
    if values.get("zone") in reading.restrooms:
        yield Clash("zone", f"zone '{values['zone']}' {NO_CAMERA}")


def _camera(reading: Reading, values: dict[str, Any]) -> Device:
    url, login = values.pop("rtsp")
    if login is not None:
        reading.logins[values["id"]] = login
    return Device(**{"silent_after": SILENT_AFTER["camera"], **values}, rtsp=url)


def _rtsp(reading: Reading, node: Node) -> tuple[str, Login | None]:
    hidden = isinstance(node, Scalar) and node.secret
    url = secret()(reading, node).reveal() if hidden else raw(reading, node)
    try:
        if split(url, "rtsp", "rtsps").password is not None and not hidden:
            raise Wrong("has a password in the clear: leave it out, or write the URL as !secret NAME")
        return camera(url)
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
    checks = (_found, *{"lighting": (_times,), "restroom": (_discreet,)}.get(kind, ()))

    def check(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
        for one in checks:
            yield from one(reading, values)

    return Section(f"devices ({kind})", fields, build, check, refuse)


def _discreet(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    """What a restroom's device is called, and under which topic it speaks."""
    for key in ("id", "topic", "name"):
        said = values.get(key) or ""
        for one in dict.fromkeys([said] if isinstance(said, str) else said.values()):
            if intrudes(one):
                yield Clash(key, f"{key}: {quoted(one)} is {REASON}")


def _refusal(key: str) -> str:
    return f": {REASON}" if intrudes_as_channel(key) else ""


DEVICE: Final = Variants(
    "devices",
    "kind",
    {kind: _kind(kind) for kind in _OWN}
    | {"camera": Section("devices (camera)", _ANY | {"rtsp": needed(_rtsp)}, _camera, _lookout)},
)
