"""Headquarters for measuring: answers each POST with a signed receipt, and remembers when it did.

`python -m hub.ops.bench.sink PORT`. GET / gives `[[device, monotonic ns], …]` in the order of the answers; the
steady clock is the same for all processes of a machine.
"""

import os
import sys
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
from standardwebhooks import Webhook


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    signer = Webhook(os.environ.get("HQ_SECRET", "whsec_AAAA"))
    answered: list[tuple[str, int]] = []  # noqa: RUF012 - one process, one list

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])))
        event = self.headers["webhook-id"]
        answer = msgspec.json.encode({"receipt": event, "received_at": ""})
        now = datetime.fromtimestamp(int(time.time()), UTC)
        signature = self.signer.sign(event, now, answer.decode())
        headers = {"webhook-id": event, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
        self._send(answer, headers)
        if body.get("type") in ("alarm.raised", "floor"):
            self.answered.append((body["device"], time.monotonic_ns()))

    def do_GET(self) -> None:
        self._send(msgspec.json.encode(self.answered), {})

    def _send(self, body: bytes, headers: dict[str, str]) -> None:
        head = [b"HTTP/1.1 200 OK", b"content-type: application/json", b"content-length: %d" % len(body)]
        head += [f"{name}: {value}".encode() for name, value in headers.items()]
        self.wfile.write(b"\r\n".join([*head, b"", body]))

    def log_message(self, *_: object) -> None:
        """Says nothing: it is measuring."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()
