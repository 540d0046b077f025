"""Tasmota: JSON in telegrams by topic, the prefix first or second: `tele/<topic>/SENSOR` or `<topic>/tele/SENSOR`.

Sources: Tasmota's documentation, "MQTT", "Buttons and Switches", "JSON status responses"; its issue 23910 for presses,
which arrive in RESULT, and 8993 for those of version 8 (`BUTTON1T` with `{"TRIG":"SINGLE"}`). `Time` has no zone and is
not read; `Wifi.Signal` is dBm while `Wifi.RSSI` is a percentage; `eCO2` is computed, not measured.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from hub.domain.reports import Decoded, Press, Reason, Rejection, Report
from hub.domain.signals import SIGNALS, Value
from hub.domain.site import Device
from hub.ingest.dialect import LaneName, Message, Route, Subscription, unknown
from hub.ingest.leaves import Leaf, Signals, leaves
from hub.ingest.naming import DEVICE_CLASSES
from hub.ingest.payload import is_unsaid, json_object, text
from hub.ingest.pressing import Buttons
from hub.ingest.units import converted, is_ours

_NAMES: Final = {
    "POWER": "relay", "Temperature": "temperature", "Humidity": "humidity", "Illuminance": "lux",
    "CarbonDioxide": "co2", "PM2.5": "pm25", "Battery": "battery",
}  # fmt: skip
_PATHS: Final = {
    "Wifi.Signal": "rssi",
    "ENERGY.Power": "power",
    "Info1.Version": "firmware",
    "StatusFWR.Version": "firmware",
    "Version": "firmware",  # INFO1 of older versions
}
# Chips that tell how warm they are themselves, and sensors behind a Zigbee bridge: each message is of another one.
_OTHERS: Final = (
    "ESP32.", "BL09XX.", "BL0940.", "ADE7953.", "ENERGY.", "ANALOG.", "ZbReceived.", "ZbInfo.", "ZigbeeReceived.",
)  # fmt: skip
_SWITCH: Final = re.compile(r"(Button|Switch)[0-9]{1,2}", re.IGNORECASE)
_TRIGGER: Final = re.compile(r"((?:BUTTON|SWITCH)[0-9]{1,2})T")
_RELAY: Final = re.compile(r"POWER[0-9]{0,2}")
_PLAIN_JSON: Final = re.compile(r"STATE|SENSOR|RESULT|INFO[0-9]|STATUS[0-9]{0,2}")
# CLEAR is said when a held button or switch is let go.
_LET_GO: Final = "CLEAR"


class Tasmota:
    """Decodes telemetry, states, results of buttons and switches, and the last will."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = {device.topic: device for device in devices}

    def subscriptions(self) -> Sequence[Subscription]:
        """Everybody's telemetry in the usual order of the topic, so that a device nobody registered is noticed; the
        results of buttons on the panic lane."""
        found = [Subscription(f"{prefix}/+/+", LaneName.TELEMETRY) for prefix in ("tele", "stat")]
        for topic, device in self._devices.items():
            found += [Subscription(f"{topic}/{prefix}/+", LaneName.TELEMETRY) for prefix in ("tele", "stat")]
            if "/" in topic:
                found += [Subscription(f"{prefix}/{topic}/+", LaneName.TELEMETRY) for prefix in ("tele", "stat")]
            if Buttons(device).calls:
                found += [Subscription(f"{root}/+", LaneName.PANIC) for root in (f"stat/{topic}", f"{topic}/stat")]
        return found

    def find(self, topic: str) -> Route | None:
        """Routes `tele` and `stat`; commands are nobody's state."""
        rest, _, last = topic.rpartition("/")
        first, _, name = rest.partition("/")
        if first not in ("tele", "stat"):
            name, _, first = rest.rpartition("/")
        if first not in ("tele", "stat"):
            return None
        device = self._devices.get(name)
        if device is None:
            return unknown(name) if last == "LWT" and topic.startswith("tele/") else None
        lane = Buttons(device).lane if first == "stat" else LaneName.TELEMETRY
        return Route(device.id, lane, _decoder(device, last))


def _decoder(device: Device, last: str) -> Callable[[Message], Decoded]:
    if last == "LWT":
        return lambda message: _last_will(device, message)
    if _PLAIN_JSON.fullmatch(last):
        return _json_decoder(device, last)
    trigger = _TRIGGER.fullmatch(last)
    if trigger:
        return _word_decoder(device, trigger[1])
    if _SWITCH.fullmatch(last) or _RELAY.fullmatch(last):
        return _word_decoder(device, last)
    return lambda message: None if message.retained else Report(device.id)


def _last_will(device: Device, message: Message) -> Decoded:
    said = text(message.payload)
    if said in ("Online", "Offline"):
        return Report(device.id, (("reachable", said == "Online"),), retained=message.retained)
    return Rejection(Reason.WRONG_TYPE, "a last will is Online or Offline", device.id)


def _json_decoder(device: Device, last: str) -> Callable[[Message], Decoded]:
    signals, buttons = Signals(device, _usual), Buttons(device)

    def decode(message: Message) -> Decoded:
        said = json_object(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        return _report(signals, buttons, _unwrapped(said), message)

    return decode


def _word_decoder(device: Device, last: str) -> Callable[[Message], Decoded]:
    """`stat/<topic>/POWER` with `ON`, `stat/<topic>/BUTTON1` with `{"ACTION":"SINGLE"}` or a bare word."""
    signals, buttons = Signals(device, _usual), Buttons(device)
    name = last.capitalize() if _SWITCH.fullmatch(last) else last

    def decode(message: Message) -> Decoded:
        said: object = text(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        if str(said).lstrip().startswith("{"):
            body = json_object(message.payload)
            if isinstance(body, Rejection):
                return msgspec.structs.replace(body, device=device.id)
            said = next((body[key] for key in _SAID if key in body), None)
        if name == "POWER" and not (isinstance(said, str) and (is_unsaid(said) or said.upper() in _STATES)):
            return Rejection(Reason.WRONG_TYPE, f"a relay can't be {str(said)[:40]!r}", device.id)
        return _report(signals, buttons, {name: said if name == last else {"Action": said}}, message)

    return decode


_SAID: Final = ("ACTION", "Action", "TRIG", "STATE")
_STATES: Final = frozenset({"ON", "OFF", "1", "0", "TRUE", "FALSE"})


def _unwrapped(said: dict[str, object]) -> dict[str, object]:
    """STATUS8, 10 and 11 wrap what SENSOR and STATE say."""
    for wrap in ("StatusSNS", "StatusSTS"):
        inner = said.get(wrap)
        if isinstance(inner, dict):
            return inner
    return said


def _report(signals: Signals, buttons: Buttons, said: dict[str, object], message: Message) -> Report:
    device, actions = buttons.device, dict(_actions(said))
    found = leaves({**said, **actions}) if actions else leaves(said)
    presses: tuple[Press, ...] = ()
    if buttons.calls and not message.retained:
        for name, action in actions.items():
            own = device.map.get(name)
            if action != _LET_GO and (own is not None or device.kind == "panic" or name.startswith("Button")):
                presses += buttons.pressed(action, own)
    return Report(
        device.id,
        _in_our_units(signals.of(found), said.get("TempUnit", "C")),
        presses,
        retained=message.retained,
        redelivered=message.redelivered,
    )


def _actions(said: dict[str, object]) -> Iterator[tuple[str, object]]:
    """What buttons and switches just did: `{"Button1":{"Action":"SINGLE"}}`. A switch's bare word in SENSOR is a
    state that has been so for long."""
    for name, inner in said.items():
        if isinstance(inner, dict) and "Action" in inner and _SWITCH.fullmatch(name):
            yield name, inner["Action"]


def _in_our_units(found: tuple[tuple[str, Value], ...], unit: object) -> tuple[tuple[str, Value], ...]:
    if unit == "C":
        return found
    return tuple(
        (name, converted(name, str(unit), float(value)) if name == "temperature" else value)
        for name, value in found
        if name != "temperature" or is_ours(name, str(unit))
    )


def _usual(leaf: Leaf) -> str | None:
    signal = _PATHS.get(leaf.path)
    if signal is None and leaf.path.startswith(_OTHERS):
        return None
    signal = signal or _NAMES.get(leaf.name)
    if signal is None:
        signal = leaf.name if leaf.name in SIGNALS else DEVICE_CLASSES.get(leaf.name)
    return signal
