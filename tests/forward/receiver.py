"""A webhook receiver at headquarters, as its software would be: Python's HTTP server and standardwebhooks."""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from standardwebhooks import Webhook

from hub.config.model import Secret, WebhookChannel
from hub.forward.channel import Channel, Outcome
from hub.forward.channels import channel_of
from tests.forward.contract import TcpPeer, usual
from tests.forward.faults import Fault

SECRET = "whsec_" + base64.b64encode(b"a-secret-of-32-bytes-for-testing").decode()

Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class Receiver(TcpPeer):
    """Verifies every request with the library and answers with a signed receipt; `answer` replaces the answer."""

    kind: ClassVar[str] = "webhook"
    secrets = (SECRET, "a-secret-of-32-bytes")
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.DELIVERED)

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.answer: Answer = receipt
        self.connections = 0

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def channel(self, port: int) -> Channel:
        return channel_of(WebhookChannel(name="hq", url=f"http://127.0.0.1:{port}/alerts", secret=Secret(SECRET)))

    def received(self) -> list[str]:
        return [body["event_id"] for body in self.bodies if body["type"] != "heartbeat"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the client breaks is none of the receiver's faults."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.receiver.connections += 1

    def do_POST(self) -> None:
        receiver = self.server.receiver
        data = self.rfile.read(int(self.headers["content-length"]))
        try:
            Webhook(SECRET).verify(data, dict(self.headers.items()))
        except Exception as error:  # noqa: BLE001 - whatever the library says is a refusal
            receiver.refused.append(str(error))
            say(self, 401, {}, b"")
            return
        body = json.loads(data)
        receiver.bodies.append(body)
        receiver.answer(self, body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def say(handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """One whole answer in one piece."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(body)))
    handler._headers_buffer.append(b"\r\n")  # type: ignore[attr-defined]
    handler.wfile.write(b"".join(handler._headers_buffer) + body)  # type: ignore[attr-defined]
    handler._headers_buffer = []  # type: ignore[attr-defined]


def signed(content: Mapping[str, Any], secret: str = SECRET) -> tuple[dict[str, str], bytes]:
    """Headers and body of an answer that headquarters has signed."""
    body = json.dumps(content).encode()
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "answer",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("answer", now.replace(microsecond=0), body.decode()),
    }
    return headers, body


def receipt(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """The answer of a receiver that has kept the alert."""
    headers, answer = signed({"receipt": body["event_id"], "received_at": "2026-11-24T05:00:01Z"})
    say(handler, 200, headers, answer)
