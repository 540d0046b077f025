"""One MQTT 5 connection to a broker outside: connecting, subscribing and publishing, each with a named outcome.

paho's network thread keeps the connection alive and takes in what comes. Its callbacks only note and notify; a fault in
the thread ends the connection with a reason instead of in silence.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.config.model import MqttChannel
from hub.forward.channel import Outcome, SendError
from hub.forward.dial import CONNECT_SECONDS, dial

KEEPALIVE: Final = 30
"""Seconds between signs of life when nothing else is said."""

_SESSION_SECONDS: Final = 7 * 86_400
"""How long the broker keeps receipts and acknowledgements for a school that is away."""
_PACKET_LIMIT: Final = 65_536
_LATER: Final = frozenset(
    {"Server unavailable", "Server busy", "Server shutting down", "Quota exceeded", "Connection rate exceeded"}
)

Heard = Callable[[str, bytes], None]


class Line:
    """`heard` is called with topic and payload of everything new on `topics`, in the network thread; whoever waits on
    `changed` is notified after it. Retained messages are left out: they are old by definition."""

    def __init__(self, settings: MqttChannel, client_id: str, topics: Sequence[str], heard: Heard) -> None:
        self.changed = threading.Condition()
        self._settings, self._topics, self._heard = settings, topics, heard
        self._connected = self._subscribed = False
        self._broken: SendError | None = None
        self._confirmed: dict[int, ReasonCode] = {}
        self._client = self._new_client(client_id)

    @property
    def alive(self) -> bool:
        return self._subscribed and self._broken is None

    def open(self, until: float) -> None:
        """Connects and subscribes before `until` (steady clock, seconds). Raises SendError."""
        left = until - time.monotonic()
        self._client.connect_timeout = max(0.001, min(CONNECT_SECONDS, left))
        try:
            self._client.connect(
                self._settings.host, self._settings.port, KEEPALIVE, clean_start=False, properties=_session()
            )
        except ssl.SSLError as error:
            raise SendError(Outcome.UNREACHABLE, f"TLS: {_tls_reason(error)}") from None
        except (OSError, ValueError) as error:
            raise SendError(Outcome.UNREACHABLE, _reason(error)) from None
        self._client.loop_start()
        self.wait(lambda: self._connected, until, Outcome.TIMEOUT, "connected, but the broker says nothing")
        options = SubscribeOptions(qos=1, noLocal=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
        self._client.subscribe([(topic, options) for topic in self._topics])
        self.wait(lambda: self._subscribed, until, Outcome.TIMEOUT, "the broker does not confirm the subscription")

    def publish(self, topic: str, payload: bytes, properties: Properties) -> int:
        """Hands it over at QoS 1; the number is for `confirmation`."""
        return self._client.publish(topic, payload, qos=1, properties=properties).mid

    def confirmation(self, number: int) -> ReasonCode | None:
        """What the broker said of a message, None while it has said nothing."""
        return self._confirmed.get(number)

    def wait(self, condition: Callable[[], bool], until: float, late: Outcome, said: str) -> None:
        """Until `condition` holds. Raises SendError when the connection breaks, or with `late` at `until`."""
        with self.changed:
            while not condition():
                if self._broken is not None:
                    raise self._broken
                left = until - time.monotonic()
                if left <= 0:
                    raise SendError(late, said)
                self.changed.wait(left)

    def close(self, *, politely: bool = True) -> None:
        """Ends the connection; the session stays with the broker. Politely costs at most half a second."""
        if politely and self.alive:
            self._client.disconnect()
            with self.changed:
                self.changed.wait_for(lambda: self._broken is not None, 0.5)
        sock = self._client.socket()
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._client.loop_stop()

    def _new_client(self, client_id: str) -> paho.Client:
        client = _Client(client_id, self._faulted)
        if self._settings.username:
            password = self._settings.password
            client.username_pw_set(self._settings.username, password.reveal() if password else None)
        if (tls := self._settings.tls) is not None:
            context = ssl.create_default_context(cafile=str(tls.ca) if tls.ca else None)
            if tls.cert:
                context.load_cert_chain(tls.cert, tls.key)
            client.tls_set_context(context)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        return client

    def _break(self, error: SendError) -> None:
        with self.changed:
            self._broken = self._broken or error
            self.changed.notify_all()

    def _faulted(self, error: Exception) -> None:
        self._break(SendError(Outcome.GARBLED, f"not MQTT: {type(error).__name__}"))

    def _on_connect(self, _client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        if code.is_failure:
            self._break(_refusal(code, "the broker refuses the login"))
            return
        with self.changed:
            self._connected = True
            self.changed.notify_all()

    def _on_subscribe(self, _client: object, _data: object, _mid: int, codes: list[ReasonCode], _more: object) -> None:
        failed = [code for code in codes if code.is_failure]
        if failed:
            self._break(_refusal(failed[0], "the broker refuses the subscription to receipts"))
            return
        with self.changed:
            self._subscribed = True
            self.changed.notify_all()

    def _on_publish(self, _client: object, _data: object, mid: int, code: ReasonCode, _more: object) -> None:
        with self.changed:
            self._confirmed[mid] = code
            self.changed.notify_all()

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        if message.retain:
            return
        self._heard(message.topic, bytes(message.payload))
        with self.changed:
            self.changed.notify_all()

    def _on_disconnect(self, _client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        if code.getName() == "Protocol error":
            self._break(SendError(Outcome.GARBLED, "not MQTT: protocol error"))
        elif code.getName() in _LATER:
            self._break(SendError(Outcome.BUSY, f"the broker ends the connection: {code}"))
        else:
            self._break(SendError(Outcome.RESET, f"the connection broke: {code}"))


class _Client(paho.Client):
    """paho, with the hub's own way to open a connection, and a thread that tells its faults."""

    def __init__(self, client_id: str, faulted: Callable[[Exception], None]) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5, reconnect_on_failure=False
        )
        self._faulted = faulted

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes do to the library, it must be told
            self._faulted(error)
            return MQTTErrorCode.MQTT_ERR_PROTOCOL

    def _create_socket_connection(self) -> socket.socket:
        return dial(self.host, self.port, self.connect_timeout)


def refused(code: ReasonCode) -> SendError:
    """What a broker's refusal of one message means."""
    return _refusal(code, "the broker refuses the message")


def _refusal(code: ReasonCode, said: str) -> SendError:
    outcome = Outcome.BUSY if code.getName() in _LATER else Outcome.CLIENT_ERROR
    return SendError(outcome, f"{said}: {code}")


def _session() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = _SESSION_SECONDS
    properties.MaximumPacketSize = _PACKET_LIMIT
    return properties


def _tls_reason(error: ssl.SSLError) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason or "failed"


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
