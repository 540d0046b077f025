"""How devices speak that a school buys and plugs in: Tasmota, Shelly, a Bluetooth gateway that announces its sensors to
Home Assistant, and a board that says plain JSON.

Sources: Tasmota's documentation, "MQTT"; Shelly's API documentation for Gen2, "Notifications"; Home Assistant's
documentation of its MQTT integration, "MQTT discovery".
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from hub.domain.signals import Value
from hub.sim.inventory import Fitting
from hub.sim.outgoing import Outgoing

_GATEWAY: Final = "gateway"
# Ours, and what Home Assistant is told of it: component, device class, unit.
_ENTITIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "contact": ("binary_sensor", "door", ""),
    "tamper": ("binary_sensor", "tamper", ""),
    "battery": ("sensor", "battery", "%"),
    "linkquality": ("sensor", "", "lqi"),
}


def tasmota(fitting: Fitting, signals: Mapping[str, Value]) -> Iterator[Outgoing]:
    """Telemetry of a relay with a light sensor and a power meter. `Wifi.RSSI` is a percentage."""
    sensor: dict[str, object] = {"Time": "2026-12-07T12:00:00"}
    if "lux" in signals:
        sensor["BH1750"] = {"Illuminance": signals["lux"]}
    if "power" in signals:
        sensor["ENERGY"] = {"Power": signals["power"], "Voltage": 228}
    state = {
        "Time": "2026-12-07T12:00:00",
        "POWER": str(signals.get("relay", "off")).upper(),
        "Wifi": {"RSSI": 84, "Signal": signals.get("rssi", -58)},
    }
    for name, body in (("SENSOR", sensor), ("STATE", state)):
        yield Outgoing(f"tele/{fitting.topic}/{name}", json.dumps(body).encode(), qos=0)


def shelly(fitting: Fitting, signals: Mapping[str, Value], changed: Mapping[str, Value]) -> Iterator[Outgoing]:
    """A notification of what has changed and of nothing else; and the whole status of the relay, if it has."""
    components: dict[str, dict[str, object]] = {}
    for signal, value in changed.items():
        match signal:
            case "relay":
                components.setdefault("switch:0", {"id": 0})["output"] = value == "on"
            case "power":
                components.setdefault("switch:0", {"id": 0})["apower"] = value
            case "lux":
                components["illuminance:0"] = {"id": 0, "lux": value}
            case "rssi":
                components["wifi"] = {"rssi": value}
    body = {
        "src": fitting.topic,
        "dst": f"{fitting.topic}/events",
        "method": "NotifyStatus",
        "params": {"ts": 1796641200.0, **components},
    }
    yield Outgoing(f"{fitting.topic}/events/rpc", json.dumps(body).encode())
    if "switch:0" in components:
        status = {"id": 0, "source": "switch", "output": signals.get("relay") == "on", "apower": signals.get("power")}
        yield Outgoing(f"{fitting.topic}/status/switch:0", json.dumps(status).encode())


def gateway(fitting: Fitting, signals: Mapping[str, Value]) -> Iterator[Outgoing]:
    """All that the gateway has heard of a sensor."""
    said = {name: _plain(value) for name, value in signals.items() if name in _ENTITIES}
    yield Outgoing(f"{_GATEWAY}/{fitting.id}", json.dumps(said).encode(), qos=0)


def plain_json(fitting: Fitting, signals: Mapping[str, Value]) -> Iterator[Outgoing]:
    """A board of somebody's own making: all it measures, under the hub's own names."""
    yield Outgoing(fitting.topic, json.dumps(signals).encode(), qos=0)


def _plain(value: Value) -> Value:
    return {"open": True, "closed": False}.get(value, value) if isinstance(value, str) else value


def announcements(fitting: Fitting) -> Iterator[Outgoing]:
    """How the gateway announces a sensor: an entity for each signal, retained; nothing for other dialects."""
    if fitting.dialect != "homeassistant":
        return
    for signal, (component, device_class, unit) in _ENTITIES.items():
        said: dict[str, object] = {
            "~": f"{_GATEWAY}/{fitting.id}",
            "stat_t": "~",
            "avty_t": "~/availability",
            "val_tpl": f"{{{{ value_json.{signal} }}}}",
            "uniq_id": f"{fitting.id}_{signal}",
            "dev": {"ids": [fitting.id], "mf": "Gateway", "sw": "1.7.0"},
        }
        if device_class:
            said["dev_cla"] = device_class
        if unit:
            said["unit_of_meas"] = unit
        if component == "binary_sensor":
            said |= {"pl_on": True, "pl_off": False}
        topic = f"homeassistant/{component}/{fitting.id}/{signal}/config"
        yield Outgoing(topic, json.dumps(said).encode(), retain=True)


def there(fitting: Fitting, *, online: bool) -> Outgoing:
    """Whether the device is there, retained, in the words of its dialect."""
    match fitting.dialect:
        case "tasmota":
            return Outgoing(f"tele/{fitting.topic}/LWT", b"Online" if online else b"Offline", retain=True)
        case "shelly":
            return Outgoing(f"{fitting.topic}/online", b"true" if online else b"false", retain=True)
        case "json":
            return Outgoing(f"{fitting.topic}/reachable", b"true" if online else b"false", retain=True)
        case _:
            topic = f"{_GATEWAY}/{fitting.id}/availability"
            return Outgoing(topic, b"online" if online else b"offline", retain=True)
