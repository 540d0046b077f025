"""A real TCP proxy that does to a channel's connection what networks do, one named fault at a time."""

import contextlib
import socket
import struct
import threading
from enum import StrEnum
from typing import Final

from tests.servers import free_port

GARBAGE: Final = bytes(range(255, -1, -1)) * 2 + b"\r\n\r\n"
DELAY_SECONDS: Final = 0.15
TRICKLE_SECONDS: Final = 0.15
CUT_BYTES: Final = 5
_CHUNK: Final = 65536


class Fault(StrEnum):
    """What happens from the moment at which the hub begins to say the alert itself (the peer's `trigger`)."""

    NONE = "none"
    DELAY = "delay"  # the answer comes late, within the deadline
    STALL = "stall"  # nothing gets through any more, in either direction
    ANSWER_LOST = "answer lost"  # the alert gets through, its answer never
    CUT = "cut in mid-answer"  # the connection ends within the answer's last bytes
    TRICKLE = "trickle"  # the answer comes byte by byte, for longer than the deadline
    RESET = "reset"  # the connection is reset instead of carrying the alert
    GARBAGE = "garbage"  # something else answers
    REFUSE = "refuse"  # nobody listens


HAD_IT: Final = frozenset({Fault.NONE, Fault.DELAY, Fault.ANSWER_LOST, Fault.CUT, Fault.TRICKLE})
"""The faults after which the peer has the alert nevertheless."""


class FaultProxy:
    """Listens on `port` for as long as it may; passes everything on to `upstream` until `set` says otherwise.

    A fault holds for every connection, present and future, until the next `set`. `trigger` is what the client sends
    when it begins with the alert; where it is empty, its first byte on or after `set` is.
    """

    def __init__(self, upstream: int, trigger: bytes = b"") -> None:
        self.port = free_port()
        self.garbage = GARBAGE
        self._upstream, self._trigger = upstream, trigger
        self._fault = Fault.NONE
        self._listener: socket.socket | None = None
        self._lines: set[_Line] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            line.end()

    def set(self, fault: Fault) -> None:
        """From now on. Lines on which a fault has already struck are ended."""
        self._fault = fault
        with self._lock:
            struck = {line for line in self._lines if line.fault is not Fault.NONE}
            self._lines -= struck
        for line in struck:
            line.end()
        if fault is Fault.REFUSE:
            self.stop()
        elif self._listener is None:
            self.start()

    def strikes(self, said: bytes) -> Fault:
        """The fault that begins with what the client said just now."""
        return self._fault if self._trigger in said else Fault.NONE

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream), 5)
            except OSError:
                if self._listener is not listener:
                    return
                continue
            server.settimeout(None)
            line = _Line(self, client, server)
            with self._lock:
                self._lines.add(line)
            line.start()


class _Line:
    """One connection through the proxy."""

    def __init__(self, proxy: FaultProxy, client: socket.socket, server: socket.socket) -> None:
        self.fault = Fault.NONE
        self._proxy, self._client, self._server = proxy, client, server
        self._said = b""
        self._ended = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._guarded, args=(self._forth,), daemon=True).start()
        threading.Thread(target=self._guarded, args=(self._back,), daemon=True).start()

    def end(self, *, hard: bool = False) -> None:
        """`hard` resets the client's connection instead of closing it."""
        self._ended.set()
        if hard:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for one in (self._client, self._server):
            if not (hard and one is self._client):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _guarded(self, pump: "threading._RLock | object") -> None:
        with contextlib.suppress(OSError):
            pump()  # type: ignore[operator]
        if self.fault is not Fault.STALL and self.fault is not Fault.ANSWER_LOST:
            self.end()

    def _forth(self) -> None:
        while said := self._client.recv(_CHUNK):
            self._said = self._said[-200:] + said
            if self.fault is Fault.NONE:
                self.fault = self._proxy.strikes(self._said)
            if self.fault is Fault.RESET:
                self.end(hard=True)
                return
            if self.fault is Fault.GARBAGE:
                self._client.sendall(self._proxy.garbage)
                return
            if self.fault is not Fault.STALL:
                self._server.sendall(said)

    def _back(self) -> None:
        while answer := self._server.recv(_CHUNK):
            if self.fault in (Fault.STALL, Fault.ANSWER_LOST, Fault.GARBAGE):
                continue
            if self.fault is Fault.CUT:
                self._client.sendall(answer[:-CUT_BYTES])
                return
            if self.fault is Fault.TRICKLE:
                self._trickle(answer)
                continue
            if self.fault is Fault.DELAY:
                self._ended.wait(DELAY_SECONDS)
            self._client.sendall(answer)

    def _trickle(self, answer: bytes) -> None:
        for byte in answer:
            if self._ended.wait(TRICKLE_SECONDS):
                return
            self._client.sendall(bytes([byte]))
