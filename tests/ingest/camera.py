"""A camera's RTSP end over real sockets, with the manners of good and bad ones."""

import contextlib
import socket
import threading
from collections.abc import Callable

SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=gate\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


def answer(status: str, body: bytes = b"", extra: str = "") -> bytes:
    length = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"RTSP/1.0 {status}\r\nCSeq: 1\r\n{extra}{length}\r\n".encode() + body


class Camera:
    """`manner(line, method)` answers one request; returning False closes the connection."""

    def __init__(self, manner: Callable[[socket.socket, str], bool | None]) -> None:
        self._manner = manner
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.url = f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}/1"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for line in (self._listener, *self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._lines.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        data = b""
        with contextlib.suppress(OSError), line:
            while more := line.recv(4096):
                data += more
                while b"\r\n\r\n" in data:
                    request, _, data = data.partition(b"\r\n\r\n")
                    self.requests.append(request.decode())
                    if self._manner(line, request.split(b" ")[0].decode()) is False:
                        return


def answering(**by_method: bytes) -> Callable[[socket.socket, str], None]:
    """Answers OPTIONS with 200 and the other methods as given."""
    answers = {"OPTIONS": answer("200 OK", extra="Public: OPTIONS, DESCRIBE\r\n"), **by_method}
    return lambda line, method: line.sendall(answers[method])


def flood(line: socket.socket, _method: str) -> None:
    while True:
        line.sendall(b"x" * 65536)


def trickle(line: socket.socket, _method: str) -> None:
    for byte in b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 1000:
        line.sendall(bytes([byte]))
        threading.Event().wait(0.02)
