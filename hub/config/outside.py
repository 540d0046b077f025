"""What the hub is connected to in hub.yaml: broker, store, page, databases, channels, routes, people."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from hub.config import addresses as at
from hub.config.fields import (
    Reading,
    checked,
    choice,
    each,
    file,
    known,
    minutes,
    place,
    port,
    secret,
    several,
    slug,
    span,
    text,
    whole,
)
from hub.config.model import CHANNEL_SETTINGS, Flow, Influx, Mqtt, Person, Store, Tls, Viewer, Web
from hub.config.problems import Reported, Wrong, quoted
from hub.config.sections import ANYTHING, Check, Clash, Field, Section, Variants, entries, made, needed, once
from hub.config.serial import BAUD
from hub.config.source import Node, Scalar, scalars
from hub.domain.site import Priority, Role, Route

PRIORITIES: Final = get_args(Priority)


def _pairs(*pairs: tuple[str, str]) -> Check:
    """The first key of each pair needs the second."""

    def check(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
        for key, other in pairs:
            if key in values and other not in values:
                yield Clash(key, f"'{key}' needs '{other}' beside it")

    return check


_LOGIN: Final = _pairs(("password", "username"))


def _database_file(reading: Reading, node: Node) -> Path:
    path: Path = place(reading, node)
    if path.is_dir():
        raise Wrong("is a folder: name the file in it")
    return path


TLS: Final = Section(
    "tls",
    {"ca": Field(file), "cert": Field(file), "key": Field(file)},
    made(Tls),
    _pairs(("cert", "key"), ("key", "cert")),
)

LIMITS: Final = Section("mqtt.limits", {"rate": Field(whole(1, 10_000)), "burst": Field(whole(1, 100_000))}, made(Flow))

MQTT: Final = Section(
    "mqtt",
    {
        "host": Field(at.host),
        "port": Field(port),
        "username": Field(text),
        "password": Field(secret()),
        "tls": Field(TLS.read),
        "version": Field(choice("5", "3.1.1")),
        "limits": Field(LIMITS.read),
    },
    made(Mqtt),
    _LOGIN,
)

STORE: Final = Section("store", {"path": needed(_database_file), "keep_readings": Field(span)}, made(Store))

WEB: Final = Section(
    "web",
    {"listen": needed(at.listening), "viewer": Field(choice(*get_args(Viewer))), "proxy": Field(at.machine)},
    lambda _reading, values: Web(*values.pop("listen"), **values),
)

_NAME: Final = needed(slug)
_DATABASE: Final = {"name": _NAME, "api": ANYTHING, "url": needed(at.database_url), "ca": Field(file)}

INFLUX: Final = Variants(
    "influx",
    "api",
    {
        "v1": Section(
            "influx (v1)",
            _DATABASE | {"database": needed(text), "username": Field(text), "password": Field(secret())},
            made(Influx),
            _LOGIN,
        ),
        "v2": Section(
            "influx (v2)",
            _DATABASE | {"org": needed(text), "bucket": needed(text), "token": needed(secret())},
            made(Influx),
        ),
    },
)

_POSTED: Final = {"url": needed(at.post_url), "ca": Field(file)}

_CHANNELS: Final = {
    "webhook": _POSTED | {"secret": needed(at.webhook_secret)},
    "dc09": {
        "host": needed(at.host),
        "port": needed(port),
        "account": needed(at.account),
        "key": Field(at.dc09_key),
        "secondary": Field(at.endpoint),
    },
    "sms": {
        "port": needed(text),
        "to": needed(several(at.phone)),
        "language": Field(choice("kk", "ru", "en")),
        "baud": Field(BAUD),
        "pin": Field(at.sim_pin),
    },
    "apprise": {"url": needed(at.apprise_url)},
    "cap": _POSTED | {"sender": needed(at.cap_sender), "secret": Field(at.webhook_secret)},
    "mqtt": {
        "host": needed(at.host),
        "port": Field(port),
        "topic": Field(at.topic),
        "username": Field(text),
        "password": Field(secret()),
        "tls": Field(TLS.read),
    },
    "email": {
        "host": needed(at.host),
        "port": Field(port),
        "sender": needed(at.mail),
        "to": needed(several(at.mail)),
        "username": Field(text),
        "password": Field(secret()),
        "security": Field(choice("starttls", "tls", "none")),
        "ca": Field(file),
    },
}


def _mqtt_safety(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("host") and "tls" not in values and not at.is_loopback(values["host"]):
        yield Clash("host", "'host' needs 'tls' beside it: else anybody on the way could forge headquarters' receipts")


def _mail_safety(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    security = values.get("security")
    if security == "tls" and "port" not in values:
        yield Clash("security", "'security: tls' needs 'port' beside it, mostly 465: 587 is for starttls")
    if security == "none" and values.get("password") and not at.is_loopback(values.get("host") or ""):
        yield Clash("security", "'security: none' would send the password in the clear")


_SAFETY: Final[Mapping[str, Check]] = {"mqtt": _mqtt_safety, "email": _mail_safety}


def _channel(kind: str) -> Section:
    def check(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
        yield from _LOGIN(reading, values)
        if kind in _SAFETY:
            yield from _SAFETY[kind](reading, values)

    fields = {"name": _NAME, "kind": ANYTHING, **_CHANNELS[kind]}
    return Section(f"channels ({kind})", fields, made(CHANNEL_SETTINGS[kind], without="kind"), check)


CHANNEL: Final = Variants("channels", "kind", {kind: _channel(kind) for kind in CHANNEL_SETTINGS})

_names: Final = several(known("channel", lambda reading: reading.channels))


def _after(reading: Reading, node: Node) -> tuple[tuple[int, tuple[str, ...]], ...]:
    block, right = entries(reading, node), True
    steps: dict[int, tuple[str, ...]] = {}
    for written, channels in block.values.items():
        line = block.line_of(written)
        delay, good = reading.attempt(span, Scalar(line, written), f"after {quoted(written)}")
        names, told = reading.attempt(_names, channels, f"after {quoted(written)}")
        if delay in steps:
            reading.wrong(line, f"after: {quoted(written)} is doubled: another step comes after the same time")
        right = right and good and told
        if good:
            steps[delay] = names
    if not right:
        raise Reported
    return tuple(sorted(steps.items()))


def _span(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("from") is not None and values.get("from") == values.get("to"):
        yield Clash("to", "'to' must be another time than 'from'")


QUIET: Final = Section(
    "routes.quiet",
    {"from": needed(checked(minutes)), "to": needed(checked(minutes))},
    lambda _reading, values: (values["from"] % 1440, values["to"] % 1440),
    _span,
)


def _quiet_tasks(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("quiet") and values.get("priority") and "medium" not in values["priority"]:
        yield Clash("quiet", "'quiet' is for tasks: the route has no priority medium")


ROUTE: Final = Section(
    "routes",
    {
        "priority": needed(several(choice(*PRIORITIES))),
        "to": needed(_names),
        "after": Field(_after),
        "quiet": Field(QUIET.read),
        "headquarters": Field(choice("important", "all")),
    },
    lambda _reading, values: Route(priorities=frozenset(values.pop("priority")), **values),
    _quiet_tasks,
)


def routes(reading: Reading, node: Node) -> tuple[Route, ...]:
    """All routes: each priority in one of them at most, and critical in one at least."""
    once(reading, node, "priority", "priority")
    if not any(priority.text == "critical" for priority in scalars(node, "priority")):
        reading.wrong(node.line, "routes: no route for priority critical: a panic would reach nobody")
    found: tuple[Route, ...] = each(ROUTE.read)(reading, node)
    return found


def _proves_oneself(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("role") == "caretaker":
        if "pin" not in values:
            yield Clash("pin", "'pin' is missing in people: a caretaker has one")
        if "password" in values:
            yield Clash("password", "'password' is for inspectors and administrators; a caretaker has a PIN")
    elif "pin" not in values and "password" not in values:
        yield Clash("name", "'password' (for the pages) or 'pin' (for alarms) is missing in people")
    if "totp" in values and "password" not in values:
        yield Clash("totp", "'totp' needs a 'password' beside it")


PERSON: Final = Section(
    "people",
    {
        "name": needed(text),
        "role": needed(choice(*get_args(Role))),
        "pin": Field(at.pin_hash),
        "password": Field(at.password_hash),
        "totp": Field(at.totp_key),
    },
    made(Person),
    _proves_oneself,
)
