"""How the simulated devices speak: signals of the hub turned into the topics and payloads of real dialects.

ESPHome: one retained plain value per topic (esphome.io, MQTT client component), at QoS 1 and with the signals' own
names as `firmware_configs/` has them. Zigbee2MQTT: one JSON of everything the bridge knows of a device, at QoS 0 and
not retained; `contact: true` is closed (zigbee2mqtt.io, devices and exposes). The others:
`hub/sim/bought.py`; those on a serial line: `hub/sim/panel.py`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from hub.domain.signals import Value
from hub.sim import bought
from hub.sim.inventory import Fitting
from hub.sim.outgoing import Outgoing

__all__ = ["Outgoing", "availability", "bridge_state", "states"]

BRIDGE_STATE: Final = "zigbee2mqtt/bridge/state"


_COMPONENTS: Final[Mapping[str, str]] = {
    "contact": "binary_sensor",
    "occupancy": "binary_sensor",
    "leak": "binary_sensor",
    "smoke": "binary_sensor",
    "tamper": "binary_sensor",
    "relay": "switch",
    "loop": "text_sensor",
    "firmware": "text_sensor",
    "lamp": "text_sensor",
}
_PROPERTIES: Final[Mapping[str, str]] = {"lux": "illuminance", "leak": "water_leak"}
_ON: Final = frozenset({"on", "open"})


def states(fitting: Fitting, signals: Mapping[str, Value], changed: Mapping[str, Value]) -> Iterator[Outgoing]:
    """The messages by which the device tells `changed`, a part of `signals`."""
    if not changed:
        return
    match fitting.dialect:
        case "esphome":
            for signal, value in changed.items():
                yield esphome_state(fitting.topic, signal, value)
        case "tasmota":
            yield from bought.tasmota(fitting, signals)
        case "shelly":
            yield from bought.shelly(fitting, signals, changed)
        case "homeassistant":
            yield from bought.gateway(fitting, signals)
        case "json":
            yield from bought.plain_json(fitting, signals)
        case _:
            yield zigbee_state(fitting.topic, signals)


def esphome_state(prefix: str, signal: str, value: Value) -> Outgoing:
    """One sensor's state."""
    component = _COMPONENTS.get(signal, "sensor")
    topic = f"{prefix}/{component}/{signal}/state"
    if component in ("binary_sensor", "switch"):
        text = "ON" if value is True or value in _ON else "OFF"
    else:
        text = str(value)
    return Outgoing(topic, text.encode(), retain=True)


def zigbee_state(topic: str, signals: Mapping[str, Value]) -> Outgoing:
    """All that the bridge knows of a device."""
    said: dict[str, Value] = {}
    for signal, value in signals.items():
        said[_PROPERTIES.get(signal, signal)] = value == "closed" if signal == "contact" else value
    if "battery" in signals and "contact" in signals:
        said["battery_low"] = float(signals["battery"]) <= 10
    return Outgoing(topic, json.dumps(said).encode(), qos=0)


def zigbee_action(fitting: Fitting, signals: Mapping[str, Value]) -> Outgoing:
    """A button pressed once: the action comes with everything else that is known."""
    return zigbee_state(fitting.topic, {**signals, "action": "single"})


def availability(fitting: Fitting, *, online: bool) -> Outgoing:
    """What is kept for whoever subscribes later: whether the device is there."""
    word = "online" if online else "offline"
    if fitting.dialect == "esphome":
        return Outgoing(f"{fitting.topic}/status", word.encode(), retain=True)
    if fitting.dialect != "zigbee2mqtt":
        return bought.there(fitting, online=online)
    return Outgoing(f"{fitting.topic}/availability", json.dumps({"state": word}).encode(), retain=True)


def bridge_state(*, online: bool) -> Outgoing:
    """Zigbee2MQTT's own."""
    return Outgoing(BRIDGE_STATE, json.dumps({"state": "online" if online else "offline"}).encode(), retain=True)
