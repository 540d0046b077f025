"""An MQTT client of the tests that hears everything and may answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion


class Heard(NamedTuple):
    topic: str
    payload: bytes
    qos: int
    retained: bool


class Listener:
    """`heard` is everything since the start, the broker's memory included."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.subscribed = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self.client.on_message = self._on_message
        self.client.on_subscribe = lambda *_: self.subscribed.set()

    def of(self, topic: str) -> list[Heard]:
        return [message for message in list(self.heard) if message.topic == topic]

    def last(self, topic: str) -> bytes | None:
        messages = self.of(topic)
        return messages[-1].payload if messages else None

    def presses(self, device: str) -> list[dict[str, Any]]:
        return [json.loads(message.payload) for message in self.of(f"school/{device}/event")]

    def answer(self, device: str, boot: int, seq: int, stage: str) -> None:
        body = {"boot": boot, "seq": seq, "stage": stage}
        self.client.publish(f"school/{device}/receipt", json.dumps(body), qos=1)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self.heard.append(Heard(message.topic, message.payload, message.qos, message.retain))


@contextmanager
def listening(port: int, user: str, password: str) -> Iterator[Listener]:
    listener = Listener()
    listener.client.username_pw_set(user, password)
    listener.client.connect("127.0.0.1", port)
    listener.client.loop_start()
    listener.client.subscribe("#", qos=1)
    assert listener.subscribed.wait(5)
    yield listener
    listener.client.disconnect()
    listener.client.loop_stop()
