"""A device's firmware as a process, the broker it speaks to, and the one who listens."""

import functools
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

DEADLINE = 15.0
"""Seconds until a condition that doesn't come true is a failure."""

NORMAL, PRESSED, CUT, SHORTED = 1.65, 0.80, 3.25, 0.05
"""Volts of the supervised loop."""

T = TypeVar("T")


class Waiting:
    """A condition variable with a deadline."""

    def __init__(self) -> None:
        self._changed = threading.Condition()

    def _record(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def wait_for(self, find: Callable[[], T], what: str, deadline: float = DEADLINE) -> T:
        """The first true result of `find`, asked again after each change."""
        with self._changed:
            if found := self._changed.wait_for(find, deadline):
                return found
        raise AssertionError(f"not within {deadline:.0f} s: {what}; {self.seen()}")

    def seen(self) -> str:
        return ""


class Broker:
    """A Mosquitto on a free port that keeps what it holds over a SIGKILL as the hub's would."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        settings = self._folder / "mosquitto.conf"
        settings.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"persistence true\npersistence_location {self._folder}/\n"
            "autosave_interval 1\nautosave_on_changes true\n"
        )
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, "-c", str(settings)], stdout=log, stderr=log)
        end = time.monotonic() + DEADLINE
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end, "mosquitto doesn't answer"
            threading.Event().wait(0.02)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Device(Waiting):
    """`memory` outlives the process as a board's RTC memory outlives a crash; remove it for a power cut.

    `authority` is the file of a certificate, and means TLS; the broker's certificate is for localhost then.
    """

    def __init__(
        self, program: Path, port: int, topic: str, memory: Path, login: tuple[str, str] = ("", ""), authority: str = ""
    ) -> None:
        super().__init__()
        self.topic = topic
        self.memory = memory
        self.output: list[str] = []
        self._program = program
        self._environment = {
            **os.environ,
            "HOST_MQTT_BROKER": "localhost" if authority else "127.0.0.1",
            "HOST_MQTT_PORT": str(port),
            "HOST_MQTT_TOPIC_PREFIX": topic,
            "HOST_MQTT_USERNAME": login[0],
            "HOST_MQTT_PASSWORD": login[1],
            "HOST_MQTT_CA": authority,
            "ESPHOME_PREFDIR": str(memory),
        }
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [str(self._program)],
            env=self._environment,
            text=True,
            errors="replace",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._record(functools.partial(self.output.append, line.rstrip("\n")))

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None and self._reader is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process = None

    def stop(self) -> None:
        """SIGTERM: the orderly end, as of a board that restarts for an update."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    def set(self, **inputs: float | bool) -> None:
        """Sets inputs: ON or OFF, or a figure."""
        assert self._process is not None
        assert self._process.stdin is not None
        for name, value in inputs.items():
            text = ("ON" if value else "OFF") if isinstance(value, bool) else str(value)
            self._process.stdin.write(f"{name} {text}\n")
        self._process.stdin.flush()

    def press(self) -> None:
        """Presses the button, waits until the firmware has taken it, and lets go."""
        before = self.count("Pressed")
        self.set(loop_volts=PRESSED)
        self.wait_for(lambda: self.count("Pressed") > before, "the press was taken")
        self.release()

    def release(self) -> None:
        """Lets go, and waits until the next press can be told from this one."""
        self.set(loop_volts=NORMAL)
        self.wait_quietly(0.2)

    def hold_service(self, seconds: float) -> None:
        """The time of a hold is a real one: the firmware's clock is the wall's."""
        self.set(service_input=True)
        self.wait_quietly(seconds)
        self.set(service_input=False)

    def wait_quietly(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: False, seconds)

    def count(self, text: str) -> int:
        return sum(text in line for line in self.output)

    def seen(self) -> str:
        return "output: " + "\n".join(self.output[-30:])


class Message:
    """One MQTT message as the hub got it."""

    def __init__(self, message: mqtt.MQTTMessage) -> None:
        self.topic = message.topic
        self.text = message.payload.decode()
        self.qos = message.qos
        self.retained = message.retain

    def __repr__(self) -> str:
        return f"{self.topic} {self.text}"

    def event(self) -> tuple[str, int, int]:
        """(event, boot, seq) of a message on `<topic>/event`."""
        content = json.loads(self.text)
        return content["event"], content["boot"], content["seq"]


class Hub(Waiting):
    """A listener with a session of its own on the broker; reconnects by itself."""

    def __init__(self, port: int, login: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self._port = port
        self._subscribed = False
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener", clean_session=False)
        if login is not None:
            self._client.username_pw_set(*login)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("school/#", 1)
        self._client.on_subscribe = lambda *_: self._record(lambda: setattr(self, "_subscribed", True))
        self._client.on_message = lambda _client, _data, message: self._record(
            lambda: self.messages.append(Message(message))
        )

    def start(self) -> None:
        self._client.connect("127.0.0.1", self._port, keepalive=10)
        self._client.loop_start()
        self.wait_for(lambda: self._subscribed, "the subscription")

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def receipt(self, device: Device, boot: int, seq: int, stage: str) -> None:
        payload = json.dumps({"boot": boot, "seq": seq, "stage": stage})
        self._client.publish(f"{device.topic}/receipt", payload, qos=1)

    def events(self, device: Device) -> list[Message]:
        return [message for message in self.messages if message.topic == f"{device.topic}/event"]

    def event(self, device: Device, number: int = 1) -> Message:
        """The `number`th different press that arrived."""

        def find() -> Message | None:
            first = {message.event(): message for message in reversed(self.events(device))}
            in_order = [message for message in self.events(device) if message is first[message.event()]]
            return in_order[number - 1] if len(in_order) >= number else None

        found = self.wait_for(find, f"press {number} of {device.topic}")
        assert found is not None
        return found

    def state(self, device: Device, name: str) -> str | None:
        """The last state of an entity, `sensor/loop` for instance."""
        topic = f"{device.topic}/{name}/state" if "/" in name else f"{device.topic}/{name}"
        return next((message.text for message in reversed(self.messages) if message.topic == topic), None)

    def wait_state(self, device: Device, name: str, text: str, deadline: float = DEADLINE) -> None:
        self.wait_for(lambda: self.state(device, name) == text, f"{name} of {device.topic} is {text}", deadline)

    def restart(self, device: Device, **inputs: float | bool) -> None:
        """Starts a killed device, sets its inputs, and waits until it has read its loop anew."""
        topic = f"{device.topic}/sensor/loop/state"
        before = sum(message.topic == topic for message in self.messages)
        device.start()
        device.set(**inputs)
        self.wait_for(lambda: sum(message.topic == topic for message in self.messages) > before, "the loop's state")

    def states(self, device: Device, name: str) -> list[str]:
        """Every state of an entity in turn, repeats left out."""
        texts = [message.text for message in self.messages if message.topic == f"{device.topic}/{name}/state"]
        return [text for index, text in enumerate(texts) if index == 0 or texts[index - 1] != text]

    def seen(self) -> str:
        return f"messages: {self.messages[-30:]}"
