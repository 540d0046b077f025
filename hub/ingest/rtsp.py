"""Asks a camera by RTSP whether it is there and has its stream: OPTIONS, then DESCRIBE. No picture is ever asked for.

Time and memory are bounded, whatever is at the other end. Nothing secret is sent: a camera that wants a password says
so, and thereby that it is there.
"""

import re
import socket
import ssl
import time
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from hub.forward.dial import dial

SECONDS: Final = 5.0
"""For everything: name, connection, both answers."""
HEAD_LIMIT: Final = 8192
BODY_LIMIT: Final = 32_768
"""Bytes; descriptions of streams have one or two thousand."""
_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_STATUS: Final = re.compile(rb"RTSP/[0-9]\.[0-9] ([1-5][0-9]{2})(?: [^\r\n]*)?")
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n|$)", re.IGNORECASE)


class Answer(NamedTuple):
    """Whether the camera is there with its stream, and why not."""

    reachable: bool
    detail: str = ""


class NoAnswer(Exception):
    """What came is no RTSP, or nothing came; `early` where the connection ended before a first byte."""

    def __init__(self, detail: str, *, early: bool = False) -> None:
        super().__init__(detail)
        self.early = early


class Head(NamedTuple):
    status: int
    length: int


def ask(url: str, seconds: float = SECONDS) -> Answer:
    """Never raises; takes at most `seconds`."""
    deadline = time.monotonic() + seconds
    try:
        with _connected(url, deadline) as line:
            status, _ = _exchange(line, "OPTIONS", url, 1, deadline)
            if status in (401, 403):
                return Answer(True)
            try:
                return judged(*_exchange(line, "DESCRIBE", url, 2, deadline))
            except NoAnswer as problem:
                if not problem.early:
                    raise
        with _connected(url, deadline) as line:  # some close after each answer
            return judged(*_exchange(line, "DESCRIBE", url, 1, deadline))
    except NoAnswer as problem:
        return Answer(False, str(problem))
    except TimeoutError:
        return Answer(False, "no answer in time")
    except (OSError, ValueError) as problem:
        return Answer(False, (getattr(problem, "strerror", None) or str(problem))[:100])


def judged(status: int, body: bytes) -> Answer:
    """What an answer to DESCRIBE says: a password is wanted, the stream is elsewhere, or here it is."""
    if status in (401, 403) or 300 <= status < 400:
        return Answer(True)
    if not 200 <= status < 300:
        return Answer(False, f"answers {status} for this stream")
    if not re.search(rb"(?:^|\n)m=video ", body):
        return Answer(False, "has no video in this stream")
    return Answer(True)


def head_of(data: bytes) -> Head:
    """Status and length of the body in the head of an answer, its empty line excluded. Raises NoAnswer."""
    match = _STATUS.match(data)
    if match is None or data[match.end() : match.end() + 2] not in (b"", b"\r\n"):
        raise NoAnswer("does not answer in RTSP")
    length = _LENGTH.search(data)
    return Head(int(match[1]), int(length[1]) if length else 0)


def _connected(url: str, deadline: float) -> socket.socket:
    parts = urlsplit(url)
    line = dial(parts.hostname or "", parts.port or _PORTS[parts.scheme], _left(deadline))
    if parts.scheme != "rtsps":
        return line
    # Cameras sign their certificates themselves; nothing is told to whoever answers, so it doesn't matter who it is.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        line.settimeout(_left(deadline))
        return context.wrap_socket(line, server_hostname=parts.hostname)
    except (OSError, ValueError):  # a handshake that fails, or a name that no certificate can bear
        line.close()
        raise


def _exchange(line: socket.socket, method: str, url: str, number: int, deadline: float) -> tuple[int, bytes]:
    line.settimeout(_left(deadline))
    accept = "Accept: application/sdp\r\n" if method == "DESCRIBE" else ""
    try:
        line.sendall(f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: hub\r\n{accept}\r\n".encode())
    except (BrokenPipeError, ConnectionResetError):
        raise NoAnswer("closes the connection", early=True) from None
    data = b""
    while b"\r\n\r\n" not in data:
        if len(data) > HEAD_LIMIT:
            raise NoAnswer("sends too much")
        data += _received(line, deadline, early=not data)
    head_bytes, _, body = data.partition(b"\r\n\r\n")
    head = head_of(head_bytes)
    if head.length > BODY_LIMIT:
        raise NoAnswer("sends too much")
    while len(body) < head.length:
        body += _received(line, deadline, early=False)
    return head.status, body[: head.length]


def _received(line: socket.socket, deadline: float, *, early: bool) -> bytes:
    line.settimeout(_left(deadline))
    try:
        data = line.recv(4096)
    except ConnectionResetError:
        data = b""
    if not data:
        raise NoAnswer("closes the connection", early=early)
    return data


def _left(deadline: float) -> float:
    """Seconds. Raises TimeoutError where none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
