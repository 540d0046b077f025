"""A serial line without a cable: a pseudo terminal, whose one end the hub opens as a port. It has no baud rate."""

import os
import select
import termios
import tty
from pathlib import Path

from hub.ingest.serial.frames import Frame, Framer, encode


class Line:
    """The devices' end. `path` is the hub's, a link that is there as long as the adapter is plugged in."""

    def __init__(self, path: Path, *, plugged: bool = True) -> None:
        self.path, self.master, self._slave = path, -1, -1
        self._framer = Framer()
        if plugged:
            self.plug()

    def plug(self) -> None:
        """Raises OSError where this system has no pseudo terminals to give."""
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        self.path.unlink(missing_ok=True)  # what a line left behind that ended by force
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Nothing where it is not plugged in."""
        if self.master >= 0:
            self.path.unlink()
            os.close(self._slave)
            os.close(self.master)
            self.master = -1

    def write(self, data: bytes) -> None:
        """Waits while the line is full: some thousand bytes that the hub has not read."""
        os.write(self.master, data)

    def write_all(self, data: bytes) -> None:
        """More than the line takes at once."""
        while data:
            data = data[os.write(self.master, data) :]

    def say(self, address: str, kind: str, body: str = "", number: int = 1) -> None:
        """A frame of a device."""
        self.write(encode(Frame(address, kind, number, body)))

    def read(self, seconds: float) -> bytes:
        """What the hub says within `seconds`, as far as it is there."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        return os.read(self.master, 4096) if ready else b""

    def heard(self, seconds: float = 0.05) -> list[Frame]:
        """Frames that the hub sends within `seconds`."""
        return [frame for frame in self._framer.feed(self.read(seconds)) if isinstance(frame, Frame)]


def has_lines() -> bool:
    """Whether this system gives pseudo terminals."""
    try:
        master, slave = os.openpty()
    except OSError:
        return False
    os.close(slave)
    os.close(master)
    return True
