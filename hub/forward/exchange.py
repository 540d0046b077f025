"""One POST over HTTP(S) with one deadline for all of it, and a named outcome for everything that can go wrong."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from hub.forward.channel import Outcome, SendError
from hub.forward.dial import dial

BODY_LIMIT: Final = 8192
_BUSY: Final = frozenset({408, 425, 429, 503})
_ABOUT_THIS_ONE: Final = frozenset({400, 413, 422})


class Answer(NamedTuple):
    """Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Brake:
    """Breaks a connection that is still busy at its deadline, whatever it is doing: timeouts of sockets begin anew
    with each byte, so a peer that trickles would hold a channel for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._deadline = 0.0
        self._busy = self._watched = False
        self._sooner = threading.Event()
        self._looks_at = 0.0
        self.pulled = False

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Whatever `hold` was given is broken `seconds` from now, unless the block ends before."""
        with self._lock:
            self.pulled, self._busy = False, True
            self._deadline = time.monotonic() + seconds
            if self._watched and self._looks_at > self._deadline:
                self._sooner.set()
            if not self._watched:
                self._watched, self._looks_at = True, self._deadline
                threading.Thread(target=self._watch, name="brake", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._busy = False

    @property
    def left(self) -> float:
        """Seconds until the deadline, never quite 0, which sockets would take for something else."""
        return max(0.001, self._deadline - time.monotonic())

    def hold(self, line: socket.socket | None) -> None:
        """The connection to break; None lets go of it."""
        with self._lock:
            if self._held is not None:
                self._held.close()
            self._held = line

    def _watch(self) -> None:
        """Sleeps from deadline to deadline, and ends when nothing is under way at one: while many messages go out, a
        thread for each would cost more than the rest of the hub's work for it."""
        while True:
            with self._lock:
                left = self._deadline - time.monotonic()
                if self._busy and left <= 0:
                    self._pull()
                if not self._busy or left <= 0:
                    self._watched = False
                    return
                self._looks_at = self._deadline
                self._sooner.clear()
            self._sooner.wait(left)

    def _pull(self) -> None:
        self.pulled = True
        if self._held is not None:
            with contextlib.suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


class _Braked(HTTPConnection):
    """`_new_conn` is where urllib3 opens its sockets, and where its own SOCKS support replaces them."""

    def __init__(self, *args: Any, brake: Brake, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._brake = brake

    def _new_conn(self) -> socket.socket:
        try:
            line = dial(self._dns_host, self.port or self.default_port, self._brake.left)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, str(error)) from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error
        self._brake.hold(line.dup())  # a second handle on the same connection survives its wrapping in TLS
        return line

    def close(self) -> None:
        super().close()
        self._brake.hold(None)


class _BrakedTls(_Braked, HTTPSConnection):
    """The same over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Braked


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _BrakedTls


class Exchange:
    """One address; its connection is kept open, so that a message costs one round trip."""

    def __init__(self, url: str, ca: Path | None = None) -> None:
        to = urllib3.util.parse_url(url)
        self._path = to.request_uri
        self._host = (to.host or "").strip("[]")
        self._port = to.port or (443 if to.scheme == "https" else 80)
        self._tls = to.scheme == "https"
        self._ca = str(ca) if ca else None
        self._brake = Brake()
        self._pool: urllib3.HTTPConnectionPool | None = None

    def send(self, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """The answer, whatever its status; redirects are not followed. Raises SendError where there is none within
        `seconds`."""
        with self._brake.within(seconds):
            try:
                return self._send_fresh(body, headers)
            except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                raise self._failure(error) from None

    def close(self) -> None:
        """May be called twice; the next message opens a new connection."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        self._brake.hold(None)

    def _open(self) -> urllib3.HTTPConnectionPool:
        if not self._tls:
            return _Pool(self._host, self._port, maxsize=1, brake=self._brake)
        return _TlsPool(
            self._host, self._port, maxsize=1, brake=self._brake, cert_reqs="CERT_REQUIRED", ca_certs=self._ca
        )

    def _send_fresh(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """A kept connection may have been closed at the other end in the meantime: that is tried once more at once,
        on a new one. Whoever sends makes a repeat harmless by its event id."""
        pool = self._pool = self._pool or self._open()
        kept = pool.num_connections > 0
        try:
            return self._send(pool, body, headers)
        except ProtocolError:
            if not kept or self._brake.pulled:
                raise
            return self._send(pool, body, headers)

    def _send(self, pool: urllib3.HTTPConnectionPool, body: bytes, headers: Mapping[str, str]) -> Answer:
        response = pool.urlopen(
            "POST",
            self._path,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(total=self._brake.left),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            answer = self._read(response)
        except BaseException:  # whatever ended it: half an answer must not be taken for the beginning of the next
            response.close()
            raise
        response.release_conn()
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, answer)

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        answer = b""
        while chunk := response.read1(BODY_LIMIT + 1 - len(answer)):
            answer += chunk
            if len(answer) > BODY_LIMIT:
                raise SendError(Outcome.GARBLED, f"an answer of more than {BODY_LIMIT} bytes")
        if self._brake.pulled:
            raise SendError(Outcome.TIMEOUT, "the answer came too slowly")
        return answer

    def _failure(self, error: Exception) -> SendError:
        if isinstance(error, ConnectTimeoutError | NewConnectionError):
            return SendError(Outcome.UNREACHABLE, reason(error))
        if self._brake.pulled or isinstance(error, ReadTimeoutError | TimeoutError):
            return SendError(Outcome.TIMEOUT, "connected, then no complete answer in time")
        if isinstance(error, SSLError):
            return SendError(Outcome.UNREACHABLE, f"TLS: {reason(error)}")
        if isinstance(error, ProtocolError | OSError):
            broke = _is_garbled(error)
            return SendError(Outcome.GARBLED if broke else Outcome.RESET, f"the connection broke: {reason(error)}")
        return SendError(Outcome.GARBLED, f"not HTTP: {reason(error)}")


def judge_status(status: int) -> None:
    """Raises SendError for everything but a success. None of it is permanent: a mere 404 or 401 is headquarters'
    mistake in its own configuration, and no reason to give up a panic."""
    if 200 <= status < 300:
        return
    said = f"HTTP {status}"
    if 300 <= status < 400:
        raise SendError(Outcome.REDIRECTED, f"{said}: redirects are not followed")
    if status in _BUSY:
        raise SendError(Outcome.BUSY, said)
    if status >= 500:
        raise SendError(Outcome.SERVER_ERROR, said)
    raise SendError(Outcome.CLIENT_ERROR, said, scope="row" if status in _ABOUT_THIS_ONE else "channel")


def reason(error: BaseException) -> str:
    """The innermost cause in a few words: the outer ones repeat the address, which may hold secrets."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _is_garbled(error: BaseException) -> bool:
    """Whether the other side said something that is not HTTP, as opposed to nothing more."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, http.client.RemoteDisconnected | http.client.IncompleteRead):
            return False
        if isinstance(cause, http.client.HTTPException):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
