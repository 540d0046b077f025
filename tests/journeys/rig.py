"""A whole hub for the journeys: its files and processes, a button that speaks the panic protocol, headquarters."""

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import paho.mqtt.client as paho
from argon2 import PasswordHasher
from paho.mqtt.enums import CallbackAPIVersion

from hub.store.beat import read_pulse
from tests.servers import Mosquitto, Server, answers, free_port, wait_until

HQ_SECRET = "whsec_" + base64.b64encode(b"journeys-secret-of-32-bytes-long").decode()
PIN = "4711"
_PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)


class Headquarters(Server):
    """The console of the demonstration, in its own process; it verifies with the standardwebhooks library."""

    name = "hq"

    def command(self) -> list[str]:
        os.environ["HQ_SECRET"] = HQ_SECRET
        return [sys.executable, "-m", "hub.sim.hq", "--port", str(self.port), "--secret-env", "HQ_SECRET", "--faults"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def alerts(self) -> list[dict]:
        """What it has received, each event once, in the order of arrival."""
        return get_json(f"{self.url}/api/alerts")["alerts"]

    def incidents(self, alarm: str = "panic") -> set[int]:
        return {alert["alarm_id"] for alert in self.alerts() if alert["alarm"] == alarm}

    def fault(self, mode: str, count: int = 1_000_000) -> None:
        """From now on it answers wrongly, `count` times."""
        body = json.dumps({"mode": mode, "count": count}).encode()
        request = urllib.request.Request(f"{self.url}/fault", body, {"content-type": "application/json"}, method="PUT")
        urllib.request.urlopen(request, timeout=5).close()

    def acknowledge(self, event_id: str, operator: str, *, promotes: bool = False) -> None:
        """With `promotes` it makes an exercise real instead."""
        body = json.dumps({"event_id": event_id, "operator": operator, "promotes": promotes}).encode()
        request = urllib.request.Request(f"{self.url}/api/ack", body, {"content-type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()


class Hub:
    """`hub run` as a process: started, stopped, killed and started again on the same store."""

    def __init__(self, folder: Path, broker: Mosquitto, hq: Headquarters, extra: str = "") -> None:
        self.folder, self.page_port = folder, free_port()
        self.store = folder / "hub.db"
        self.config = folder / "hub.yaml"
        self.prefix: tuple[str, ...] = ()
        """A command that starts it otherwise, such as with fewer rights."""
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(hub_yaml(broker.port, self.page_port, hq.url, extra), encoding="utf-8")
        secrets = folder / "secrets.yaml"
        secrets.write_text(f'mqtt: {broker.users["hub"]}\nhq: {HQ_SECRET}\npin: "{_PIN_HASH}"\n')
        secrets.chmod(0o600)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.page_port}"

    @property
    def pid(self) -> int:
        """Of the core."""
        assert self._process is not None
        return self._process.pid

    @property
    def page_pid(self) -> int:
        """Of the page, the core's only child."""
        children = [path.read_text().split() for path in Path(f"/proc/{self.pid}/task").glob("*/children")]
        (page,) = {int(pid) for group in children for pid in group}
        return page

    def store_on(self, folder: Path) -> None:
        """Its store is to be on another disk than its configuration."""
        self.store = folder / "hub.db"
        self.config.write_text(self.config.read_text().replace("path: hub.db", f"path: {self.store}"))

    def memory(self) -> int:
        """Of the core, in MB."""
        return int(next(x for x in open(f"/proc/{self.pid}/status") if x.startswith("VmRSS")).split()[1]) // 1024

    def start(self) -> None:
        with (self.folder / "hub.log").open("ab") as log:
            command = [*self.prefix, sys.executable, "-m", "hub", "run", "-c", str(self.config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def started(self) -> "Hub":
        """Starts it and waits until both lanes are connected."""
        self.start()
        self.wait_connected()
        return self

    def wait_connected(self) -> None:
        pid = self._process.pid if self._process else 0

        def connected() -> bool:
            assert self._process is None or self._process.poll() is None, self.log()
            beat = read_pulse(self.store).beat
            return beat is not None and beat.pid == pid and beat.broker == "connected"

        wait_until(connected, 20, "the hub is connected")

    def kill(self) -> None:
        """SIGKILL to the core; the page stays behind and says that the core is down."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        code = 0
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            code = self._process.wait(15)
            self._process = None
        self._end_pages()
        return code

    def pages(self) -> list[int]:
        """Process ids of its pages: one, and another for a moment after its core was killed."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = entry.read_bytes().split(b"\0")
                if b"page" in words and str(self.config).encode() in words:
                    found.append(int(entry.parent.name))
        return found

    def _end_pages(self) -> None:
        """Pages that outlived a core that was killed."""
        for pid in self.pages():
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")

    def rows(self, query: str, *values: object) -> list[tuple]:
        """Reads the store."""
        if not self.store.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=5)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:
            return []  # it is being made

    def count(self, table: str, where: str = "1") -> int:
        rows = self.rows(f"SELECT count(*) FROM {table} WHERE {where}")
        return rows[0][0] if rows else 0

    def page_listens(self) -> None:
        """The page is a process of its own, and starts after the core."""
        wait_until(lambda: answers(self.page_port), 30, "the page listens")

    def status(self) -> dict:
        self.page_listens()
        return get_json(f"{self.url}/api/v1/status")

    def alarms(self) -> list[dict]:
        self.page_listens()
        return get_json(f"{self.url}/api/v1/alarms")


class Button:
    """A panic button: repeats its numbered press until it is told that it is stored."""

    def __init__(self, broker: Mosquitto, device: str = "panic-hall", boot: int = 7) -> None:
        self.device, self.boot, self.stages = device, boot, {}
        self._lock = threading.Lock()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"button-{device}-{boot}")
        self._client.username_pw_set("sensors", broker.users["sensors"])
        self._client.reconnect_delay_set(0.1, 0.5)
        self._client.on_connect = lambda client, *_: client.subscribe(f"school/{device}/receipt", 1)
        self._client.on_message = self._on_receipt
        self._client.connect_async("127.0.0.1", broker.port, 10)
        self._client.loop_start()
        wait_until(self._client.is_connected, 10, "the button is connected")

    def press(self, seq: int) -> None:
        """One message; no repeat."""
        body = json.dumps({"event": "panic", "boot": self.boot, "seq": seq})
        self._client.publish(f"school/{self.device}/event", body, qos=1)

    def press_until_stored(self, seq: int, seconds: float = 30) -> None:
        """Repeats as the firmware does, though faster than every two seconds."""
        stop = threading.Event()

        def repeat() -> None:
            while not stop.wait(0.2):
                self.press(seq)

        self.press(seq)
        repeater = threading.Thread(target=repeat, daemon=True)
        repeater.start()
        try:
            self.wait_for(seq, "stored", seconds)
        finally:
            stop.set()
            repeater.join()

    def wait_for(self, seq: int, stage: str, seconds: float = 30) -> None:
        wait_until(lambda: self.has(seq, stage), seconds, f"press {seq} is answered {stage}")

    def has(self, seq: int, stage: str) -> bool:
        """What headquarters has is stored, too: a button that missed the first receipt is told no more than that."""
        with self._lock:
            stages = self.stages.get(seq, ())
            return stage in stages or (stage == "stored" and "hq" in stages)

    def told(self, seq: int) -> tuple[str, ...]:
        """The stages that a press was really answered, in their order."""
        with self._lock:
            return tuple(self.stages.get(seq, ()))

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_receipt(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        receipt = json.loads(message.payload)
        if receipt["boot"] == self.boot:
            with self._lock:
                self.stages.setdefault(receipt["seq"], []).append(receipt["stage"])


def get_json(url: str):
    with urllib.request.urlopen(url, timeout=5) as response:
        return json.load(response)


def post_json(url: str, body: dict) -> tuple[int, dict]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def hub_yaml(broker_port: int, page_port: int, hq_url: str, extra: str = "") -> str:
    """A small school with one device of each kind."""
    return f"""\
site:
  id: school-1
  name: {{kk: "№1 мектеп", ru: "Школа №1", en: "School No. 1"}}
  timezone: Asia/Almaty
  language: kk
  hours: {{weekdays: [mon, tue, wed, thu, fri, sat, sun], open: "00:00", close: "23:59"}}
mqtt: {{host: 127.0.0.1, port: {broker_port}, username: hub, password: !secret mqtt, limits: {{rate: 1000}}}}
store: {{path: hub.db}}
web: {{listen: "127.0.0.1:{page_port}"}}
zones:
  - {{id: hall, floor: 1, name: {{kk: "Вестибюль", ru: "Вестибюль", en: "Hall"}}}}
  - {{id: gym, floor: 1, name: {{kk: "Спорт залы", ru: "Спортзал", en: "Gym"}}}}
devices:
  - {{id: panic-hall, kind: panic, zone: hall, dialect: esphome, topic: school/panic-hall, silent_after: 1h}}
  - {{id: panic-gym, kind: panic, zone: gym, dialect: esphome, topic: school/panic-gym, silent_after: 1h}}
  - {{id: door-main, kind: door, zone: hall, dialect: esphome, topic: school/door-main, role: entrance}}
  - {{id: light-hall, kind: lighting, zone: hall, dialect: esphome, topic: school/light-hall, min_lux: 150}}
  - {{id: wc-1, kind: restroom, zone: hall, dialect: esphome, topic: school/wc-1}}
channels:
  - {{name: hq, kind: webhook, url: "{hq_url}/alerts", secret: !secret hq}}
routes:
  - {{priority: critical, to: [hq]}}
people:
  - {{name: "Айгүл", role: caretaker, pin: !secret pin}}
{extra}"""
