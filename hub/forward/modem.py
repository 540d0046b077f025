"""A GSM modem on a serial line: AT commands in text mode with UCS2 (3GPP TS 27.005 and 27.007), every wait bounded."""

import re
import termios
import time
from collections import deque
from typing import Final

import serial

LINE_LIMIT: Final = 4096
COMMAND_SECONDS: Final = 3.0
CTRL_Z: Final = b"\x1a"
_FINAL: Final = re.compile(r"OK|ERROR|\+CM[ES] ERROR: ?(.*)")
_REPORT: Final = re.compile(r"\+CDS: ?\d+,(\d+),.*,(\d+)")
_SENT: Final = re.compile(r"\+CMGS: ?(\d+)")


class ModemError(Exception):
    """Base of what can go wrong; plain text without secrets or numbers."""


class Gone(ModemError):
    """The modem was unplugged, or is not there."""


class Silent(ModemError):
    """No answer in time."""


class Garbled(ModemError):
    """Something that no modem says."""


class Refused(ModemError):
    """ERROR, with its code where the modem gave one (27.005 3.2.5, 27.007 9.2)."""

    def __init__(self, code: str = "") -> None:
        super().__init__(f"error {code}" if code else "error")
        self.code = code


class Modem:
    """One open port. `reports` holds delivery reports that came in: message number and status (23.040 9.2.3.15)."""

    def __init__(self, port: str, baud: int) -> None:
        """Opens the port. Raises Gone."""
        self.reports: deque[tuple[int, int]] = deque(maxlen=100)
        self._buffer = b""
        try:
            self._port = serial.Serial(port, baud, timeout=0, write_timeout=COMMAND_SECONDS, exclusive=True)
        except (OSError, ValueError) as error:
            raise Gone("the modem's port can't be opened") from error

    def close(self) -> None:
        self._port.close()

    def ask(self, command: str, until: float, seconds: float = COMMAND_SECONDS) -> list[str]:
        """The lines between a command and its OK. Raises ModemError. `until` is a moment of the steady clock."""
        self._write(command.encode("ascii") + b"\r")
        return self.rest(min(until, time.monotonic() + seconds), command)

    def rest(self, until: float, command: str = "") -> list[str]:
        """The lines up to the next final result."""
        lines: list[str] = []
        while True:
            line = self._line(until)
            final = _FINAL.fullmatch(line)
            if line == "OK":
                return lines
            if final:
                raise Refused((final[1] or "").strip())
            if line != command:  # an echo is none of the answer
                lines.append(line)

    def submit(self, number: str, text: str, until: float) -> None:
        """Hands over one message of at most 70 UTF-16 units; `submitted` then waits for the network's word."""
        self._write(f'AT+CMGS="{_ucs2(number)}"\r'.encode("ascii"))
        self._await_prompt(min(until, time.monotonic() + COMMAND_SECONDS))
        self._write(_ucs2(text).encode("ascii") + CTRL_Z)

    def submitted(self, until: float) -> int:
        """The number that the network gave the message handed over last. It may take a minute: after Silent, this can
        be called again. Raises Refused where the network won't have it."""
        for line in self.rest(until):
            match = _SENT.fullmatch(line)
            if match:
                return int(match[1])
        raise Garbled("an OK without a message number")

    def listen(self, until: float) -> None:
        """Takes in delivery reports that come by themselves; returns after the first one, or at `until`."""
        known = len(self.reports)
        while len(self.reports) == known:
            try:
                self._line(until, stray=True)
            except Silent:
                return

    def _await_prompt(self, until: float) -> None:
        while not self._buffer.lstrip(b"\r\n").startswith(b">"):
            if b"\n" in self._buffer.lstrip(b"\r\n"):
                line = self._line(until, stray=True)
                final = _FINAL.fullmatch(line)
                if final:
                    raise Refused((final[1] or "").strip())
                continue
            self._read(until)
        self._buffer = self._buffer.lstrip(b"\r\n")[1:].lstrip(b" ")

    def _line(self, until: float, *, stray: bool = False) -> str:
        """The next line that is an answer; reports are put away on the way. `stray`: any line will do."""
        while True:
            while b"\n" not in self._buffer and not self._buffer.endswith(b"\r"):
                self._read(until)
            raw, _, self._buffer = self._buffer.replace(b"\r", b"\n").partition(b"\n")
            line = raw.decode("ascii", "replace").strip()
            report = _REPORT.fullmatch(line)
            if report:
                self.reports.append((int(report[1]), int(report[2])))
            if line and (stray or not report):
                return line

    def _read(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise Silent("the modem does not answer")
        try:
            self._port.timeout = left
            self._buffer += self._port.read(1) + self._port.read(self._port.in_waiting)
        except (
            OSError,
            TypeError,
            termios.error,
        ) as error:  # pyserial raises TypeError for a port that was closed under it
            raise Gone("the modem was unplugged") from error
        if len(self._buffer) > LINE_LIMIT or any(byte > 126 or byte < 9 for byte in self._buffer):
            raise Garbled("the modem's line is garbled")

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except serial.SerialTimeoutException as error:
            raise Silent("the modem takes nothing") from error
        except (OSError, termios.error) as error:
            raise Gone("the modem was unplugged") from error


def _ucs2(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
