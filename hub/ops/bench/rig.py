"""What the measurements run against: a broker, a hub as a process, and one that presses buttons."""

import base64
import os
import secrets
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from hub.ingest.lane import without_delay
from hub.sim import broker
from hub.sim.children import Child, Children
from hub.sim.load import load_devices
from hub.sim.ports import free_port, listens

PASSWORDS = {user: secrets.token_urlsafe(12) for user in ("hub", "sensors", "console")}
HQ_SECRET = "whsec_" + base64.b64encode(b"benchmark-secret-32-bytes-long!!").decode()


class NotMeasured(Exception):
    """Something that a measurement needs did not come about; the text says what."""


def wait_for(condition: Callable[[], bool], seconds: float, what: str, every: float = 0.01) -> None:
    """Looks `every` so many seconds. Raises NotMeasured where the condition does not come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise NotMeasured(f"not within {seconds:g} s: {what}")
        time.sleep(every)


class Rig:
    """Broker, sink, and hubs in `folder`; everything ends with `children`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children = Children(folder)
        self.environment = {
            "HQ_SECRET": HQ_SECRET,
            "BENCH_PASSWORD": PASSWORDS["hub"],
            "SIM_PASSWORD": PASSWORDS["sensors"],
        }
        try:
            self.broker = broker.start(folder, free_port(), PASSWORDS, self.children, "Mosquitto")
        except broker.BrokerFailed as failed:
            raise NotMeasured(f"Mosquitto is needed (apt-get install mosquitto): {failed}") from None
        self.sink = free_port()
        self.run("sink", "hub.ops.bench.sink", self.sink)
        wait_for(lambda: listens(self.sink), 10, "the receiver answers")

    def run(self, name: str, module: str, *arguments: object) -> Child:
        """A module of ours as a process."""
        return self.children.start(name, [sys.executable, "-m", module, *map(str, arguments)], self.environment)

    def output(self, module: str, *arguments: object) -> str:
        """What a module of ours prints, after it has ended."""
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(
            command, env={**os.environ, **self.environment}, capture_output=True, text=True, check=True
        )
        return done.stdout

    def end(self, child: Child) -> None:
        """Ends one process and waits for it."""
        child.process.terminate()
        child.process.wait(10)
        self.children.all.remove(child)

    def answered(self) -> list[tuple[str, int]]:
        """Which device's alert the sink answered when (steady clock, ns)."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.sink}/", timeout=10) as response:
            return msgspec.json.decode(response.read(), type=list[tuple[str, int]])


class HubUnderTest:
    """`hub run` with `buttons` panic buttons and `others` further devices."""

    def __init__(self, rig: Rig, name: str, buttons: int, others: int = 0, *, dead_database: bool = False) -> None:
        self.rig, self.name = rig, name
        self.folder = rig.folder / name
        self.folder.mkdir()
        self.page = free_port()
        (self.folder / "hub.yaml").write_text(self._yaml(buttons, others, dead_database), encoding="utf-8")
        secrets_file = self.folder / "secrets.yaml"
        secrets_file.write_text(f'mqtt: "{PASSWORDS["hub"]}"\nhq: "{HQ_SECRET}"\n')
        secrets_file.chmod(0o600)
        self.child: Child | None = None

    def start(self) -> None:
        """Starts it and waits until it is connected."""
        self.launch()
        beat = self.folder / "hub.db.core"
        wait_for(lambda: beat.exists() and b'"broker":"connected"' in beat.read_bytes(), 20, "the hub is connected")

    def launch(self) -> None:
        self.child = self.rig.run(self.name, "hub", "run", "-c", self.folder / "hub.yaml")

    def stop(self) -> None:
        if self.child is not None:
            self.rig.end(self.child)
            self.child = None

    @property
    def pid(self) -> int:
        """Of the core."""
        if self.child is None:
            raise NotMeasured("the hub does not run")
        return self.child.process.pid

    def pids(self) -> list[int]:
        """Of the core and the processes it started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        threads = [path.read_text().split() for path in Path(f"/proc/{self.pid}/task").glob("*/children")]
        return [self.pid, *{int(pid) for group in [children, *threads] for pid in group}]

    def _yaml(self, buttons: int, others: int, dead_database: bool) -> str:
        device = '  - {{id: {0}, kind: {1}, zone: hall, dialect: {2}, topic: "{3}", silent_after: 30d}}\n'
        devices = [device.format(f"panic-{n}", "panic", "esphome", f"school/panic-{n}") for n in range(buttons)]
        devices += [device.format(d.id, d.kind, d.dialect, d.topic) for d in load_devices(others)]
        database = f'influx:\n  - {{name: dead, api: v1, url: "http://127.0.0.1:{free_port()}", database: school}}\n'
        return (
            "site:\n  id: bench\n  name: Bench\n  timezone: Asia/Almaty\n  language: kk\n"
            '  hours: {weekdays: [mon, tue, wed, thu, fri, sat, sun], open: "00:00", close: "23:59"}\n'
            f"mqtt: {{host: 127.0.0.1, port: {self.rig.broker.port}, username: hub, password: !secret mqtt}}\n"
            f'store: {{path: hub.db}}\nweb: {{listen: "127.0.0.1:{self.page}"}}\n'
            "zones:\n  - {id: hall, floor: 1, name: Hall}\n"
            f"devices:\n{''.join(devices)}"
            "channels:\n  - {name: hq, kind: webhook, secret: !secret hq, "
            f'url: "http://127.0.0.1:{self.rig.sink}/alerts"}}\n'
            "routes:\n  - {priority: critical, to: [hq]}\n"
            f"{database if dead_database else ''}"
        )


class Finger:
    """Presses buttons over MQTT and hears what is answered."""

    def __init__(self, rig: Rig) -> None:
        self.pressed: dict[str, int] = {}
        self.stages: dict[str, set[str]] = {}
        self._connected = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set("sensors", PASSWORDS["sensors"])
        # Else a press would wait for 40 ms behind the confirmation of the last receipt: a button presses alone.
        self._client.on_socket_open = without_delay
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_receipt
        self._client.connect("127.0.0.1", rig.broker.port)
        self._client.loop_start()
        if not self._connected.wait(10):
            raise NotMeasured("the broker does not answer")

    def press(self, number: int, boot: int = 1) -> None:
        """Presses button `number`; when, is noted just before the message goes out."""
        body = msgspec.json.encode({"event": "panic", "boot": boot, "seq": 1})
        self.pressed[f"panic-{number}"] = time.monotonic_ns()
        self._client.publish(f"school/panic-{number}/event", body, qos=1)

    def say(self, topic: str, payload: str) -> None:
        """Any other message, kept by nobody."""
        self._client.publish(topic, payload, qos=1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        client.subscribe("school/+/receipt", 1)
        self._connected.set()

    def _on_receipt(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        receipt = msgspec.json.decode(message.payload)
        self.stages.setdefault(message.topic.split("/")[1], set()).add(receipt["stage"])
