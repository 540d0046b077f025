"""One connection to the broker, driven by the core's own thread.

paho runs without a thread of its own: an exception in a callback would end that silently, and a panic would wait for
the interpreter to switch threads. Only connecting, which can block for seconds, has a short-lived thread.
"""

import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Final

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.config.model import Mqtt
from hub.ingest.dialect import LaneName, Message, Subscription

log = logging.getLogger(__name__)

KEEPALIVE: Final = 15
"""Seconds: a dead connection is noticed within one and a half of these."""

_CONNECT_TIMEOUT: Final = 5.0
_SESSION_EXPIRY: Final = 0xFFFFFFFF  # never: what was published while the hub was down must wait for it
_PACKET_LIMIT: Final = 1_048_576
_BACKOFF: Final = (0.5, 10.0)  # seconds: first and longest pause between attempts

# Mosquitto sends 20 unacknowledged messages by default and then waits; MQTT 5 lets the hub ask for more.
IN_FLIGHT: Final = {"5": 1000, "3.1.1": 20}

# Retained values only where the session is new: later they would be read as news again.
_OPTIONS: Final = {
    again: SubscribeOptions(
        qos=1,
        retainHandling=SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if again else SubscribeOptions.RETAIN_SEND_IF_NEW_SUB,
    )
    for again in (False, True)
}


class Received(msgspec.Struct, frozen=True, gc=False):
    """A message with what is needed to acknowledge it. `generation` names the connection it came through: message ids
    of an earlier one mean nothing any more."""

    message: Message
    mid: int
    qos: int
    generation: int


class Lane:
    """A persistent session with manual acknowledgement. All methods are the core thread's."""

    def __init__(self, mqtt: Mqtt, name: LaneName, client_id: str, filters: Sequence[Subscription]) -> None:
        self.name = name
        self._mqtt, self._filters = mqtt, tuple(filters)
        self._received: list[Received] = []
        self._generation = 0
        self._connecting: threading.Thread | None = None
        self._failures = 0
        self._retry_at = 0.0
        self.connected = False
        self.problem = ""
        self._client = self._new_client(client_id)

    @property
    def generation(self) -> int:
        """Counts the connections: message ids of an earlier one mean nothing any more."""
        return self._generation

    @property
    def in_flight(self) -> int:
        """How many messages the broker sends before it waits for an acknowledgement."""
        return IN_FLIGHT[self._mqtt.version]

    def fileno(self) -> int | None:
        """The socket to poll, None while there is no connection."""
        if self._connecting is not None:
            return None
        sock = self._client.socket()
        return None if sock is None else sock.fileno()

    @property
    def wants_write(self) -> bool:
        return self._connecting is None and self._client.want_write()

    @property
    def has_buffered(self) -> bool:
        """TLS may hold decrypted bytes that poll() knows nothing of."""
        sock = self._client.socket() if self._connecting is None else None
        return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0

    def tend(self) -> None:
        """Keep-alive, and connecting again after a pause: call it several times a second."""
        if self._connecting is not None:
            if self._connecting.is_alive():
                return
            self._connecting = None
        if self._client.socket() is not None:
            self._client.loop_misc()
        elif time.monotonic() >= self._retry_at:
            self._connecting = threading.Thread(target=self._connect, name=f"connect-{self.name}", daemon=True)
            self._connecting.start()

    def read(self) -> list[Received]:
        """Reads one packet; returns the messages that are in, mostly one or none."""
        self._client.loop_read()
        if self.name is LaneName.PANIC:
            self._confirm_at_once()
        received, self._received = self._received, []
        return received

    def _confirm_at_once(self) -> None:
        """Brokers leave Nagle's algorithm on: the next press would wait at the broker until this machine confirms the
        last packet, which the kernel puts off for 40 ms. Linux forgets the wish with every packet."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket):  # TLS sockets are, too
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def write(self) -> None:
        self._client.loop_write()

    def acknowledge(self, received: Received) -> None:
        """Tells the broker that the message is safe with us."""
        if received.qos and received.generation == self._generation and self.connected:
            self._client.ack(received.mid, received.qos)

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends at QoS 1. While there is no connection it is dropped: devices ask again until they are answered."""
        if self.connected:
            self._client.publish(topic, payload, qos=1)

    def listen(self, filters: Sequence[Subscription]) -> None:
        """From now on these filters and no others."""
        known, wanted = set(self._filters), set(filters)
        self._filters = tuple(filters)
        if self.connected:
            gone = {one.filter for one in known - wanted} - {one.filter for one in wanted}
            if gone:
                self._client.unsubscribe(sorted(gone))
            self._subscribe([one for one in filters if one not in known])

    def close(self) -> None:
        """Says goodbye; the session and what it holds stay with the broker."""
        if self._connecting is not None:
            self._connecting.join(_CONNECT_TIMEOUT + 1)
            self._connecting = None
        if self._client.socket() is not None:
            self._client.disconnect()
            self._client.loop_write()

    def _new_client(self, client_id: str) -> paho.Client:
        five = self._mqtt.version == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if five else False,
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = _CONNECT_TIMEOUT
        client.max_queued_messages_set(1000)
        if self._mqtt.username:
            password = self._mqtt.password
            client.username_pw_set(self._mqtt.username, password.reveal() if password else None)
        client.on_socket_open = without_delay
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _connect(self) -> None:
        try:
            self._prepare_tls()
            self._client.connect(
                self._mqtt.host,
                self._mqtt.port,
                KEEPALIVE,
                clean_start=False if self._mqtt.version == "5" else paho.MQTT_CLEAN_START_FIRST_ONLY,
                properties=self._session(),
            )
        except (OSError, ValueError) as error:
            self._failed(f"{self._mqtt.host}:{self._mqtt.port}: {error}")

    def _prepare_tls(self) -> None:
        tls = self._mqtt.tls
        if tls is not None and self._client._ssl_context is None:
            context = ssl.create_default_context(cafile=str(tls.ca) if tls.ca else None)
            if tls.cert:
                context.load_cert_chain(tls.cert, tls.key)
            self._client.tls_set_context(context)

    def _session(self) -> Properties | None:
        if self._mqtt.version != "5":
            return None
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _SESSION_EXPIRY
        properties.ReceiveMaximum = self.in_flight
        properties.MaximumPacketSize = _PACKET_LIMIT
        return properties

    def _failed(self, problem: str) -> None:
        first, longest = _BACKOFF
        pause = min(longest, first * 2 ** min(self._failures, 10)) * random.uniform(0.5, 1.0)
        self._failures += 1
        self._retry_at = time.monotonic() + pause
        if problem != self.problem:
            log.warning("%s lane: no broker: %s", self.name, problem)
        self.problem = problem

    def _subscribe(self, filters: Sequence[Subscription]) -> None:
        if not filters:
            return
        if self._mqtt.version == "5":
            self._client.subscribe([(one.filter, _OPTIONS[one.again]) for one in filters])
        else:
            self._client.subscribe([(one.filter, 1) for one in filters])

    def _on_connect(
        self, client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: object
    ) -> None:
        if code.is_failure:
            client.disconnect()
            self._failed(f"refused: {code}")
            return
        self._generation += 1
        self._failures = 0
        self.connected, self.problem = True, ""
        self._subscribe(self._filters)
        log.info("%s lane: connected to %s:%d", self.name, self._mqtt.host, self._mqtt.port)

    def _on_disconnect(
        self, _client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: object
    ) -> None:
        was, self.connected = self.connected, False
        if was and code.is_failure:
            self._failed(f"connection lost: {code}")

    def _on_message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "?"  # no broker that keeps to the standard lets it through
        content = Message(topic, bytes(message.payload), message.retain, message.dup)
        self._received.append(Received(content, message.mid, message.qos, self._generation))


def without_delay(_client: paho.Client, _data: object, sock: object) -> None:
    """For paho's `on_socket_open`. paho leaves Nagle's algorithm on: a small packet would wait for the broker's
    confirmation of the last one."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
