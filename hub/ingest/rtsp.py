"""Asks a camera by RTSP whether it is there and has its stream: OPTIONS, then DESCRIBE. No picture is ever asked for.

Time and memory are bounded, whatever is at the other end. A user and password are only sent where they are asked for;
without them a camera that wants a password says so, and thereby that it is there.
"""

import re
import socket
import ssl
import time
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from hub.config.model import Login
from hub.forward.dial import dial
from hub.ingest.rtsp_login import authorization, best

SECONDS: Final = 5.0
"""For everything: name, connection, all answers."""
HEAD_LIMIT: Final = 8192
BODY_LIMIT: Final = 32_768
"""Bytes; descriptions of streams have one or two thousand."""
REFUSED: Final = "refuses the user or password"
_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_STATUS: Final = re.compile(rb"RTSP/[0-9]\.[0-9] ([1-5][0-9]{2})(?: [^\r\n]*)?")
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n|$)", re.IGNORECASE)


class Answer(NamedTuple):
    """Whether the camera is there with its stream, and what is wrong with it. `refused`: it is there, and did not let
    in whom we said we are."""

    reachable: bool
    detail: str = ""
    refused: bool = False


class NoAnswer(Exception):
    """What came is no RTSP, or nothing came; `early` where the connection ended before a first byte."""

    def __init__(self, detail: str, *, early: bool = False) -> None:
        super().__init__(detail)
        self.early = early


class Head(NamedTuple):
    status: int
    length: int


class Reply(NamedTuple):
    status: int
    head: bytes
    body: bytes

    @property
    def wants_login(self) -> bool:
        return self.status in (401, 403)


def ask(url: str, login: Login | None = None, seconds: float = SECONDS) -> Answer:
    """Never raises; takes at most `seconds`."""
    try:
        with _Conversation(url, time.monotonic() + seconds) as camera:
            if camera.say("OPTIONS").wants_login and login is None:
                return Answer(True)
            reply = camera.say("DESCRIBE")
            return judged(reply) if login is None or reply.status != 401 else _let_in(camera, login, reply)
    except NoAnswer as problem:
        return Answer(False, str(problem))
    except TimeoutError:
        return Answer(False, "no answer in time")
    except (OSError, ValueError) as problem:
        return Answer(False, (getattr(problem, "strerror", None) or str(problem))[:100])


def _let_in(camera: "_Conversation", login: Login, reply: Reply) -> Answer:
    """What the camera says when it is told who asks; once more where all that is wrong is the age of its own nonce."""
    for _attempt in range(2):
        offer = best(reply.head)
        if offer is None:
            return Answer(True, "wants a password in a way that the hub doesn't know", refused=True)
        reply = camera.say("DESCRIBE", authorization(offer, login, "DESCRIBE", camera.url))
        offered = best(reply.head)
        if reply.status != 401 or offered is None or offered.get("stale").lower() != "true":
            break
    return Answer(True, REFUSED, refused=True) if reply.wants_login else judged(reply)


def judged(reply: Reply) -> Answer:
    """What an answer to DESCRIBE says: a password is wanted, the stream is elsewhere, or here it is."""
    if reply.wants_login or 300 <= reply.status < 400:
        return Answer(True)
    if not 200 <= reply.status < 300:
        return Answer(False, f"answers {reply.status} for this stream")
    if not re.search(rb"(?:^|\n)m=video ", reply.body):
        return Answer(False, "has no video in this stream")
    return Answer(True)


def head_of(data: bytes) -> Head:
    """Status and length of the body in the head of an answer, its empty line excluded. Raises NoAnswer."""
    match = _STATUS.match(data)
    if match is None or data[match.end() : match.end() + 2] not in (b"", b"\r\n"):
        raise NoAnswer("does not answer in RTSP")
    length = _LENGTH.search(data)
    return Head(int(match[1]), int(length[1]) if length else 0)


class _Conversation:
    """Requests to one camera and its answers; over a new connection where it closes after an answer, as some do."""

    def __init__(self, url: str, deadline: float) -> None:
        self.url, self._deadline, self._number = url, deadline, 0
        self._line = _connected(url, deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._line.close()

    def say(self, method: str, login: bytes = b"") -> Reply:
        """The answer to one request. Raises NoAnswer, OSError, TimeoutError."""
        self._number += 1
        try:
            return self._exchange(method, login)
        except NoAnswer as problem:
            if not problem.early or self._number == 1:
                raise
        self._line.close()
        self._line = _connected(self.url, self._deadline)
        return self._exchange(method, login)

    def _exchange(self, method: str, login: bytes) -> Reply:
        accept = "Accept: application/sdp\r\n" if method == "DESCRIBE" else ""
        request = f"{method} {self.url} RTSP/1.0\r\nCSeq: {self._number}\r\nUser-Agent: hub\r\n{accept}"
        self._line.settimeout(_left(self._deadline))
        try:
            self._line.sendall(request.encode() + login + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            raise NoAnswer("closes the connection", early=True) from None
        data = b""
        while b"\r\n\r\n" not in data:
            if len(data) > HEAD_LIMIT:
                raise NoAnswer("sends too much")
            data += self._received(early=not data)
        head_bytes, _, body = data.partition(b"\r\n\r\n")
        head = head_of(head_bytes)
        if head.length > BODY_LIMIT:
            raise NoAnswer("sends too much")
        while len(body) < head.length:
            body += self._received(early=False)
        return Reply(head.status, head_bytes, body[: head.length])

    def _received(self, *, early: bool) -> bytes:
        self._line.settimeout(_left(self._deadline))
        try:
            data = self._line.recv(4096)
        except ConnectionResetError:
            data = b""
        if not data:
            raise NoAnswer("closes the connection", early=early)
        return data


def _connected(url: str, deadline: float) -> socket.socket:
    parts = urlsplit(url)
    line = dial(parts.hostname or "", parts.port or _PORTS[parts.scheme], _left(deadline))
    if parts.scheme != "rtsps":
        return line
    # Cameras sign their certificates themselves, so none can be checked: it keeps out only those who listen.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        line.settimeout(_left(deadline))
        return context.wrap_socket(line, server_hostname=parts.hostname)
    except (OSError, ValueError):  # a handshake that fails, or a name that no certificate can bear
        line.close()
        raise


def _left(deadline: float) -> float:
    """Seconds. Raises TimeoutError where none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
