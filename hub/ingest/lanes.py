"""Both lanes together: the core sleeps here until there is something to do, and the panic lane always goes first."""

import select
from collections.abc import Callable
from typing import Final

from hub.ingest.dialect import LaneName
from hub.ingest.floodgate import Floodgate
from hub.ingest.lane import Lane, Received
from hub.ingest.mailbox import Mailbox

_READ_WRITE: Final = select.POLLIN | select.POLLOUT


class Lanes:
    """Waits for sockets and letters. `panic` and `telemetry` are read one packet at a time, so that the core looks
    after the other lane when it will. What they bring passes the `gate`."""

    def __init__(self, panic: Lane, telemetry: Lane, mailbox: Mailbox, gate: Floodgate) -> None:
        self.panic, self.telemetry, self.gate = panic, telemetry, gate
        self._mailbox = mailbox

    def named(self, name: LaneName) -> Lane:
        return self.panic if name is LaneName.PANIC else self.telemetry

    @property
    def connected(self) -> bool:
        return self.panic.connected and self.telemetry.connected

    @property
    def problem(self) -> str:
        """Why there is no connection, empty while there is one."""
        return self.panic.problem or self.telemetry.problem

    def tend(self) -> None:
        self.panic.tend()
        self.telemetry.tend()

    def wait(self, timeout_ms: float, *, telemetry: bool = True) -> set[int]:
        """Sleeps until a socket or the mailbox has something, at most `timeout_ms`. Returns what is readable.

        Without `telemetry` that lane is left to wait at the broker.
        """
        poll = select.poll()
        poll.register(self._mailbox.fileno(), select.POLLIN)
        for lane in (self.panic, self.telemetry) if telemetry else (self.panic,):
            descriptor = lane.fileno()
            if descriptor is not None:
                poll.register(descriptor, _READ_WRITE if lane.wants_write else select.POLLIN)
                timeout_ms = 0 if lane.has_buffered else timeout_ms
        ready = dict(poll.poll(max(0.0, timeout_ms)))
        for lane in (self.panic, self.telemetry):
            if lane.wants_write and ready.get(lane.fileno() or -1, 0) & select.POLLOUT:
                lane.write()
        return {descriptor for descriptor, events in ready.items() if events & ~select.POLLOUT}

    def read(self, lane: Lane, ready: set[int], take: Callable[[Received], None]) -> bool:
        """Reads one packet of `lane` if it is said to have one; True where another may be there already: behind a
        message, whose next is cheaper to try than to ask for, or behind one that brought none."""
        descriptor = lane.fileno()
        if descriptor is None or not (descriptor in ready or lane.has_buffered):
            return False
        brought = lane.read()
        for received in brought:
            take(received)
        return lane.fileno() == descriptor and (bool(brought) or lane.has_buffered or _is_readable(descriptor))

    def close(self) -> None:
        self.telemetry.close()
        self.panic.close()


def _is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
