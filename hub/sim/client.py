"""How the simulated devices reach the broker: an address, a login, and a client that keeps coming back."""

import sys
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from hub.sim.devices import Outgoing

_LAST_SECONDS: Final = 0.5

Received = Callable[[str, bytes], None]


class Address(msgspec.Struct, frozen=True):
    """A broker and whom to be there."""

    host: str
    port: int
    username: str = ""
    password: str = ""


class Client:
    """An MQTT 3.1.1 connection, as boards and bridges have it: a clean session, a will, and no memory of what could
    not be sent. `connected` is called at each connection, `received` for each live message; both in paho's thread.
    """

    def __init__(self, name: str, will: Outgoing, *, connected: Callable[[], None], received: Received) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        self._client.reconnect_delay_set(1, 5)
        self._client.max_inflight_messages_set(1000)  # by default twenty are sent, the rest would miss a goodbye
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._name = name
        self._will, self._connected, self._received = will, connected, received
        self._topics: tuple[str, ...] = ()

    def start(self, address: Address, *topics: str) -> None:
        """Connects in the background, for as long as it takes, and subscribes to `topics`."""
        self._topics = topics
        if address.username:
            self._client.username_pw_set(address.username, address.password)
        self._client.connect_async(address.host, address.port, keepalive=15)
        self._client.loop_start()

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def send(self, message: Outgoing) -> None:
        """Sends it, or drops it while there is no connection, as the real ones do."""
        if self._client.is_connected():
            self._client.publish(message.topic, message.payload, message.qos, message.retain)

    def stop(self) -> None:
        """Says that it is going, as the will would have, and goes."""
        connected = self._client.is_connected()
        if connected:
            self._say_last(self._will)
        self._client.disconnect()
        if connected:
            self._client.loop_stop()  # else its thread may be waiting to connect again, for seconds

    def _say_last(self, message: Outgoing) -> None:
        """Waits for the acknowledgement: a socket that is closed with something to read takes back what it sent."""
        said = self._client.publish(message.topic, message.payload, 1, message.retain)
        until = time.monotonic() + _LAST_SECONDS
        while not said.is_published() and self._client.is_connected() and time.monotonic() < until:
            time.sleep(0.005)

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        if code.is_failure:
            print(f"{self._name}: the broker refuses the connection: {code}", file=sys.stderr, flush=True)
            return
        for topic in self._topics:
            client.subscribe(topic, qos=1)
        self._connected()

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        if not message.retain:
            self._received(message.topic, bytes(message.payload))
