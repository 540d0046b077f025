"""One serial port: opened, read with a pause that others can end, found gone and opened again."""

import contextlib
import os
import select
import termios
from typing import Final

import serial
import serial.rs485

from hub.config.model import SerialPort

READ_AT_ONCE: Final = 4096
WRITE_SECONDS: Final = 1.0
_PARITY: Final = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}

Gone = (OSError, termios.error, select.error)
"""What the operations of a port raise when it is not there, or no longer."""


class Port:
    """Belongs to one thread, but for `wake`."""

    def __init__(self, settings: SerialPort) -> None:
        self.settings = settings
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.line: serial.Serial | None = None

    def open(self) -> None:
        """Raises OSError where there is no port, or another program has it."""
        said = self.settings
        line = serial.Serial(
            said.port, said.baud, parity=_PARITY[said.parity], stopbits=said.stop_bits, timeout=0,
            write_timeout=WRITE_SECONDS, exclusive=True,
        )  # fmt: skip
        try:
            if said.direction == "rts":
                line.rs485_mode = serial.rs485.RS485Settings()
            line.reset_input_buffer()
        except (OSError, ValueError, termios.error):  # pyserial lets the system's own errors through
            line.close()
            raise
        self.line = line

    def read(self, wait_ms: int) -> bytes:
        """What the line has brought; waits up to `wait_ms` for a first byte, less if woken. Raises one of `Gone`."""
        line = self._opened()
        poll = select.poll()
        poll.register(line.fileno(), select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        ready = {fileno for fileno, _ in poll.poll(max(0, wait_ms))}
        if self._wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)
        # A port that is gone is "ready" too: reading then tells.
        return bytes(line.read(READ_AT_ONCE)) if line.fileno() in ready else b""

    def write(self, data: bytes) -> None:
        """Raises one of `Gone`."""
        self._opened().write(data)

    def rest(self, wait_ms: int) -> None:
        """Lets `wait_ms` pass unless woken; for the time without a port."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        if poll.poll(max(0, wait_ms)):
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)

    def wake(self) -> None:
        """Ends a pause; any thread may."""
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Lets go of the port; it can be opened again."""
        line, self.line = self.line, None
        if line is not None:
            with contextlib.suppress(*Gone):
                line.close()

    def _opened(self) -> serial.Serial:
        if self.line is None:
            raise OSError("the port is not open")
        return self.line
