"""What a dialect allows in hub.yaml: by which topics a device is found, and which of its channels can be buttons.

A topic of another form is no mistake to MQTT, but nothing would ever be heard under it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from hub.domain.announcing import BY_IDENTIFIER, place

_ENDS: Final[Mapping[str, re.Pattern[str]]] = {
    "esphome": re.compile(r"/(event|status|receipt|debug|[^/]+/[^/]+/(state|command))$"),
    "zigbee2mqtt": re.compile(r"/(set|get|availability|bridge|bridge/.*)$"),
    "shelly": re.compile(r"/(online|announce|events/rpc|status/[^/]+|command(/.*)?|rpc)$"),
}
"""What a device adds to its topic."""
_TASMOTA_PREFIX: Final = re.compile(r"(^|/)(tele|stat|cmnd)(/|$)")

# Where the dialect fixes the names of what can be a button: an event that is mapped from anything else is never heard.
_BUTTONS: Final = {
    "tasmota": (re.compile(r"(Button|Switch)[0-9]{1,2}"), "Button1 or Switch1"),
    "shelly": (re.compile(r"(input|button|bthomedevice|bthomesensor):[0-9]{1,9}"), "input:0 or bthomedevice:200"),
}


def misplaced(dialect: str, topic: str) -> str:
    """What the topic has to be instead, empty where it can be a device's."""
    if topic.endswith("/") or "//" in topic:
        return "must not end with a / or have two of them in a row"
    end = _ENDS[dialect].search(topic) if dialect in _ENDS else None
    if end is not None:
        return f"must be the device's topic alone, without {end[0]}"
    return _RULES.get(dialect, _any)(topic)


def unheard(dialect: str, channel: str) -> str:
    """Such channels as can be buttons, where `channel` can't be one; else empty."""
    pattern, such = _BUTTONS.get(dialect, (None, ""))
    return such if pattern is not None and not pattern.fullmatch(channel) else ""


def _any(_topic: str) -> str:
    return ""


def _zigbee2mqtt(topic: str) -> str:
    return "" if "/" in topic else "must be <base topic>/<friendly name>, such as zigbee2mqtt/door-main"


def _tasmota(topic: str) -> str:
    if _TASMOTA_PREFIX.search(topic):
        return "must be the device's %topic% alone, such as light-hall, without tele, stat or cmnd"
    return ""


def _json(topic: str) -> str:
    if topic.startswith("zigbee2mqtt/"):
        return (
            "is Zigbee2MQTT's: its dialect is zigbee2mqtt (there 'contact: true' is closed, in plain JSON it is open)"
        )
    return ""


def _homeassistant(topic: str) -> str:
    name = topic.removeprefix(BY_IDENTIFIER)
    is_right = name == name.strip() != "" if name != topic else place(topic) is not None
    if is_right and not topic.endswith("/config"):
        return ""
    return (
        "must be a configuration topic without /config, such as homeassistant/binary_sensor/door-1/contact, "
        "or device:<identifier>"
    )


_RULES: Final[Mapping[str, Callable[[str], str]]] = {
    "zigbee2mqtt": _zigbee2mqtt,
    "tasmota": _tasmota,
    "json": _json,
    "homeassistant": _homeassistant,
}
