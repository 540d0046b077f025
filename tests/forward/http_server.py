"""A real HTTP(S) server on the loopback that keeps what it is sent, and answers as it is told."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Posted(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Answered(NamedTuple):
    """In one piece; with `every` seconds between two bytes of its body where that is not 0."""

    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012
    body: bytes = b""
    every: float = 0


class HttpServer:
    """`answer` makes the answer to each post."""

    def __init__(
        self, answer: Callable[[Posted], Answered] = lambda _: Answered(), tls: ssl.SSLContext | None = None
    ) -> None:
        self.answer, self._tls = answer, tls
        self.posted: list[Posted] = []
        self.connections = 0

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.told = self
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/in"


@contextmanager
def receiving(
    answer: Callable[[Posted], Answered] = lambda _: Answered(), tls: ssl.SSLContext | None = None
) -> Iterator[HttpServer]:
    server = HttpServer(answer, tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    told: HttpServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the client breaks is none of the server's faults."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave in one piece, as from a grown-up server
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.told.connections += 1

    def do_POST(self) -> None:
        told = self.server.told
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        posted = Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        told.posted.append(posted)
        answered = told.answer(posted)
        self.send_response(answered.status)
        for name, value in answered.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answered.body)))
        self.end_headers()
        for piece in [answered.body] if not answered.every else [bytes([byte]) for byte in answered.body]:
            self.wfile.write(piece)
            if answered.every:
                self.wfile.flush()
                time.sleep(answered.every)

    def log_message(self, *_: object) -> None:
        """The tests' output is for results."""
