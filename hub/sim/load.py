"""Publishes telemetry of many devices at a steady rate, for measurements.

`python -m hub.sim.load --port 1883 --rate 2000 --devices 300 --seconds 60` prints what was published and
acknowledged, as JSON. The password comes from the environment variable SIM_PASSWORD.
"""

import argparse
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Any, Final

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from hub.domain.site import Dialect, Kind
from hub.sim.client import Address
from hub.sim.devices import Outgoing, esphome_state, zigbee_state

_VARIANTS: Final = 8
_IN_FLIGHT: Final = 2000  # messages of one connection that the broker has not acknowledged
_SLICE: Final = 0.01  # seconds
_DRAIN_SECONDS: Final = 10.0


class LoadDevice(msgspec.Struct, frozen=True):
    """One of the devices that publish, as hub.yaml needs to declare it."""

    id: str
    kind: Kind
    dialect: Dialect
    topic: str


class LoadReport(msgspec.Struct, frozen=True):
    """What one run did. `acknowledged` counts the broker's PUBACKs, `latency_ms` the worst of them, and `rate` is
    what was really published per second: less than `wanted_rate` where broker or machine did not keep up."""

    published: int
    acknowledged: int
    seconds: float
    rate: float
    wanted_rate: int
    latency_ms: float


def load_devices(count: int) -> tuple[LoadDevice, ...]:
    """`count` devices: doors and light sensors behind Zigbee2MQTT, restrooms and lamps on ESPHome."""
    kinds: tuple[tuple[Kind, Dialect], ...] = (
        ("door", "zigbee2mqtt"),
        ("lighting", "zigbee2mqtt"),
        ("restroom", "esphome"),
        ("lighting", "esphome"),
    )
    devices = []
    for number in range(count):
        kind, dialect = kinds[number % len(kinds)]
        name = f"load-{number:03d}"
        prefix = "zigbee2mqtt" if dialect == "zigbee2mqtt" else "school"
        devices.append(LoadDevice(name, kind, dialect, f"{prefix}/{name}"))
    return tuple(devices)


def messages(count: int, seed: int = 1) -> list[Outgoing]:
    """Messages of `count` devices in the order of sending; sent round and round, every value changes each time."""
    random = Random(seed)
    devices = load_devices(count)
    return [_message(device, turn, random) for turn in range(_VARIANTS) for device in devices]


def _message(device: LoadDevice, turn: int, random: Random) -> Outgoing:
    if device.dialect == "zigbee2mqtt":
        own = {"contact": "closed"} if device.kind == "door" else {"lux": random.randrange(180, 600)}
        common = {"battery": random.randrange(40, 100), "linkquality": random.randrange(60, 220)}
        return zigbee_state(device.topic, {**own, **common})
    figures = {
        "restroom": (("humidity", 38, 60), ("co2", 420, 900), ("temperature", 19, 24), ("voc", 80, 200)),
        "lighting": (("lux", 180, 600), ("power", 40, 160), ("rssi", -80, -50)),
    }[device.kind]
    signal, low, high = figures[turn % len(figures)]
    value = random.uniform(low, high)
    return esphome_state(device.topic, signal, round(value) if signal in ("co2", "rssi", "voc") else round(value, 1))


class Load:
    """One connection that publishes at QoS 1. `rate` is messages per second."""

    def __init__(self, address: Address, rate: int, devices: int) -> None:
        self._address, self._rate, self._devices = address, rate, devices
        self._sent_at: deque[float] = deque()
        self._acknowledged = 0
        self._latency = 0.0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self._client.max_inflight_messages_set(_IN_FLIGHT)
        self._client.on_publish = self._on_publish

    def run(self, seconds: float, stop: threading.Event | None = None) -> LoadReport:
        """Publishes `rate` x `seconds` messages, fewer where `stop` is set, then waits for the last acknowledgements.

        Raises OSError where there is no broker.
        """
        if self._address.username:
            self._client.username_pw_set(self._address.username, self._address.password)
        self._client.connect(self._address.host, self._address.port, keepalive=30)
        self._client.loop_start()
        begin = time.perf_counter()
        published = self._publish(begin, seconds, stop or threading.Event())
        took = time.perf_counter() - begin
        self._drain(published)
        self._client.disconnect()
        self._client.loop_stop()
        return LoadReport(
            published=published,
            acknowledged=self._acknowledged,
            seconds=round(took, 3),
            rate=round(published / took, 1),
            wanted_rate=self._rate,
            latency_ms=round(self._latency * 1000, 1),
        )

    def _publish(self, begin: float, seconds: float, stop: threading.Event) -> int:
        """Behind schedule it catches up, unless the broker's acknowledgements are what is missing."""
        plan, count = messages(self._devices), round(self._rate * seconds)
        published = 0
        while published < count and not stop.is_set():
            passed = time.perf_counter() - begin
            if passed > seconds + _DRAIN_SECONDS:
                break
            due = min(int(passed * self._rate), published + _IN_FLIGHT, count)
            while published < due and published - self._acknowledged < _IN_FLIGHT:
                self._send(plan[published % len(plan)])
                published += 1
            stop.wait(_SLICE)
        return published

    def _send(self, message: Outgoing) -> None:
        self._sent_at.append(time.perf_counter())
        self._client.publish(message.topic, message.payload, 1, message.retain)

    def _drain(self, published: int) -> None:
        until = time.perf_counter() + _DRAIN_SECONDS
        while self._acknowledged < published and time.perf_counter() < until:
            time.sleep(_SLICE)

    def _on_publish(self, _client: paho.Client, _data: Any, _mid: int, _code: Any, _properties: Any) -> None:
        # Acknowledgements come in the order of sending (MQTT 3.1.1, 4.6). No lock: paho holds its own here.
        self._latency = max(self._latency, time.perf_counter() - self._sent_at.popleft())
        self._acknowledged += 1


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the report as JSON; 1 where a message was not acknowledged."""
    parser = argparse.ArgumentParser(prog="python -m hub.sim.load", description="Telemetry at a steady rate")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--username", default="")
    parser.add_argument("--rate", type=int, default=1000, help="messages per second")
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args(argv)
    address = Address(options.host, options.port, options.username, os.environ.get("SIM_PASSWORD", ""))
    report = Load(address, options.rate, options.devices).run(options.seconds)
    print(msgspec.json.encode(report).decode())
    return 0 if report.acknowledged == report.published else 1


if __name__ == "__main__":
    sys.exit(main())
