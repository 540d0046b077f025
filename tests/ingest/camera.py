"""A camera's RTSP end over real sockets, with the manners of good and bad ones."""

import base64
import contextlib
import hashlib
import re
import socket
import threading
from collections.abc import Callable

SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=gate\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


def answer(status: str, body: bytes = b"", extra: str = "") -> bytes:
    length = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"RTSP/1.0 {status}\r\nCSeq: 1\r\n{extra}{length}\r\n".encode() + body


class Camera:
    """`manner(line, method)` answers one request, one that is `Guarded` the whole of it; returning False closes the
    connection."""

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
                    whole = request.decode()
                    said = whole if isinstance(self._manner, Guarded) else whole.split(" ")[0]
                    if self._manner(line, said) is False:
                        return


def answering(**by_method: bytes) -> Callable[[socket.socket, str], None]:
    """Answers OPTIONS with 200 and the other methods as given."""
    answers = {"OPTIONS": answer("200 OK", extra="Public: OPTIONS, DESCRIBE\r\n"), **by_method}
    return lambda line, method: line.sendall(answers[method])


class Guarded:
    """A camera that describes its stream to `user` only; `offers` are its challenges, one line each. It works out by
    itself what a right answer to them is. The first `stale` right answers come too late for their nonce."""

    def __init__(self, *offers: str, user: str = "eye", password: str = "s3cret", stale: int = 0, every: bool = False):
        self.user, self.password, self.offers, self.stale, self.every = user, password, offers, stale, every
        self.requests: list[str] = []
        self.refusals = 0

    def __call__(self, line: socket.socket, request: str) -> None:
        self.requests.append(request)
        method = request.split(" ", maxsplit=1)[0]
        if method == "OPTIONS" and not self.every:
            line.sendall(answer("200 OK"))
        elif not self._is_right(method, request):
            self.refusals += "Authorization:" in request
            line.sendall(self._challenge(""))
        elif self.stale:
            self.stale -= 1
            line.sendall(self._challenge(", stale=true"))
        else:
            line.sendall(answer("200 OK", SDP if method == "DESCRIBE" else b""))

    def _challenge(self, more: str) -> bytes:
        lines = "".join(f"WWW-Authenticate: {offer}{more if 'Digest' in offer else ''}\r\n" for offer in self.offers)
        return answer("401 Unauthorized", extra=lines)

    def _is_right(self, method: str, request: str) -> bool:
        match = re.search(r"\r\nAuthorization: (\w+) (.*?)(?:\r\n|$)", request)
        if match is None:
            return False
        if match[1] == "Basic":
            return base64.b64decode(match[2]).decode() == f"{self.user}:{self.password}"
        said = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', match[2])}
        name = (
            said.get("algorithm", "MD5").lower().removesuffix("-sess").replace("sha-512-", "sha512_").replace("-", "")
        )

        def hashed(text: str) -> str:
            return hashlib.new(name, text.encode()).hexdigest()

        who = hashed(f"{self.user}:{said['realm']}:{self.password}")
        if said.get("algorithm", "").endswith("-sess"):
            who = hashed(f"{who}:{said['nonce']}:{said['cnonce']}")
        middle = f"{said['nc']}:{said['cnonce']}:auth:" if "qop" in said else ""
        what = hashed(f"{method}:{said['uri']}")
        return said["response"] == hashed(f"{who}:{said['nonce']}:{middle}{what}") and said["username"] == self.user


def flood(line: socket.socket, _method: str) -> None:
    while True:
        line.sendall(b"x" * 65536)


def trickle(line: socket.socket, _method: str) -> None:
    for byte in b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 1000:
        line.sendall(bytes([byte]))
        threading.Event().wait(0.02)
