"""A webhook receiver at headquarters, as its software would be: an HTTP server and standardwebhooks."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from standardwebhooks import Webhook

from hub.config.model import Secret, WebhookChannel
from hub.forward.channel import Channel, Outcome
from hub.forward.channels import channel_of
from tests.forward.contract import TcpPeer, usual
from tests.forward.faults import Fault
from tests.forward.http_server import Answered, HttpServer, Posted

SECRET = "whsec_" + base64.b64encode(b"a-secret-of-32-bytes-for-testing").decode()

Answer = Callable[[dict[str, Any]], Answered]


class Receiver(TcpPeer):
    """Verifies every request with the library and answers with a signed receipt; `answer` replaces the answer."""

    kind: ClassVar[str] = "webhook"
    secrets = (SECRET, "a-secret-of-32-bytes")
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.DELIVERED)

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.answer: Answer = receipt
        self._server = HttpServer(self._answer)

    def start(self) -> None:
        self._server.start()
        self.port = self._server.port

    def stop(self) -> None:
        self._server.stop()

    @property
    def connections(self) -> int:
        return self._server.connections

    def channel(self, port: int) -> Channel:
        return channel_of(WebhookChannel(name="hq", url=f"http://127.0.0.1:{port}/alerts", secret=Secret(SECRET)))

    def received(self) -> list[str]:
        return [body["event_id"] for body in self.bodies if body["type"] != "heartbeat"]

    def _answer(self, posted: Posted) -> Answered:
        try:
            Webhook(SECRET).verify(posted.body, posted.headers)
        except Exception as error:  # noqa: BLE001 - whatever the library says is a refusal
            self.refused.append(str(error))
            return Answered(401)
        body = json.loads(posted.body)
        self.bodies.append(body)
        return self.answer(body)


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


def receipt(body: dict[str, Any]) -> Answered:
    """The answer of a receiver that has kept the alert."""
    return Answered(200, *signed({"receipt": body["event_id"], "received_at": "2026-11-24T05:00:01Z"}))
