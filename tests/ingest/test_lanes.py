"""Both lanes: when there is more to read, the panic lane is read on."""

import socket

from hub.config.model import Flow
from hub.ingest.floodgate import Floodgate
from hub.ingest.lanes import Lanes
from hub.ingest.mailbox import Mailbox


class Line:
    """A lane over a socket: each byte is a packet, of which `?` brings no message, as a confirmation."""

    has_buffered = False

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def fileno(self) -> int:
        return self._sock.fileno()

    def read(self) -> list[bytes]:
        try:
            packet = self._sock.recv(1)
        except BlockingIOError:
            return []
        return [] if packet == b"?" else [packet]


def test_a_press_behind_confirmations_is_read_in_the_same_turn():
    broker, ours = socket.socketpair()
    ours.setblocking(False)
    panic = Line(ours)
    lanes = Lanes(panic, panic, Mailbox(), Floodgate(Flow(rate=1000, burst=1000), {}))
    broker.sendall(b"??!")
    taken: list[bytes] = []
    more = [lanes.read(panic, {ours.fileno()}, taken.append) for _ in range(4)]
    assert more == [True, True, True, False], "behind a press there may be another, behind nothing there is none"
    assert taken == [b"!"]
    broker.close()
    ours.close()
