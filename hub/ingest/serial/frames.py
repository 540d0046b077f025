"""Frames of the line protocol (docs/serial.md): built, and found again in whatever a line brings. Pure."""

import binascii
import re
from typing import Final, NamedTuple

from hub.domain.reports import Reason

LIMIT: Final = 200
"""Bytes of a frame, from `$` to the line end: a small controller keeps one in its memory."""
STATE: Final = "S"
EVENT: Final = "E"
POLL: Final = "P"
RECEIPT: Final = "R"

_FRAME: Final = re.compile(rb"([a-z0-9-]{1,64});([A-Z]);([0-9]{1,3});([ -#%-)+-~]*)\*([0-9A-Fa-f]{4})")
_LINE_END: Final = re.compile(rb"[\r\n]")
# What a bus brings while its drivers are switched on and off, and what parts frames: no fault of anybody.
_QUIET: Final = b"\r\n\0\xff "


class Frame(NamedTuple):
    """`address` is the device's id, `kind` one of the letters above, `number` 0 to 255, `body` `key=value,…`."""

    address: str
    kind: str
    number: int
    body: str = ""


class Spoiled(NamedTuple):
    """Bytes that are no frame, and why."""

    reason: Reason
    detail: str
    raw: bytes


def checksum(data: bytes) -> int:
    """CRC-16 with the polynomial 0x1021 and the start 0xFFFF ("CCITT-FALSE"); of `123456789` it is 0x29B1."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode(frame: Frame) -> bytes:
    """The frame as it goes over the line."""
    inside = f"{frame.address};{frame.kind};{frame.number};{frame.body}".encode("ascii")
    return b"$%s*%04X\r\n" % (inside, checksum(inside))


class Framer:
    """Finds frames in pieces of any size. A `$` always begins a new one, so that a half frame spoils nothing but
    itself. Memory is bounded by LIMIT."""

    def __init__(self) -> None:
        self._begun = b""
        self._noise = b""

    def reset(self) -> None:
        """Forgets what had begun, when the line was gone."""
        self._begun = b""

    def feed(self, data: bytes) -> list[Frame | Spoiled]:
        """All frames that are complete now, and what was none, in the order in which they came."""
        found: list[Frame | Spoiled] = []
        before, dollar, rest = data.partition(b"$")
        self._go_on(before, found)
        if dollar:
            for piece in rest.split(b"$"):
                self._cut_off(found)
                self._begun = b"$"
                self._go_on(piece, found)
        self._tell_noise(found)
        return found

    def _go_on(self, piece: bytes, found: list[Frame | Spoiled]) -> None:
        """Takes bytes without a `$`."""
        if not self._begun:
            self._outside(piece)
            return
        end = _LINE_END.search(piece)
        self._begun += piece if end is None else piece[: end.start()]
        if len(self._begun) >= LIMIT:
            self._spoil(found, Reason.OVERSIZED, f"longer than {LIMIT} bytes")
        elif end is not None:
            self._complete(found)
        if end is not None:
            self._outside(piece[end.start() :])

    def _complete(self, found: list[Frame | Spoiled]) -> None:
        match = _FRAME.fullmatch(self._begun, 1)
        if match is None:
            self._spoil(found, Reason.BAD_FRAME, "not of the form $address;kind;number;body*checksum")
            return
        inside, number = self._begun[1:-5], int(match[3])
        if int(match[5], 16) != checksum(inside):
            self._spoil(found, Reason.BAD_CHECKSUM, f"the checksum is {match[5].decode()}, not {checksum(inside):04X}")
        elif number > 255:
            self._spoil(found, Reason.BAD_FRAME, "a frame's number is 0 to 255")
        else:
            self._tell_noise(found)
            found.append(Frame(match[1].decode(), match[2].decode(), number, match[4].decode()))
            self._begun = b""

    def _cut_off(self, found: list[Frame | Spoiled]) -> None:
        if self._begun:
            self._spoil(found, Reason.BAD_FRAME, "cut off: another frame begins inside")

    def _spoil(self, found: list[Frame | Spoiled], reason: Reason, detail: str) -> None:
        self._tell_noise(found)
        found.append(Spoiled(reason, detail, self._begun[:LIMIT]))
        self._begun = b""

    def _outside(self, piece: bytes) -> None:
        if piece.strip(_QUIET):
            self._noise = (self._noise + piece)[:LIMIT]

    def _tell_noise(self, found: list[Frame | Spoiled]) -> None:
        if self._noise:
            found.append(Spoiled(Reason.BAD_FRAME, "bytes between the frames", self._noise))
            self._noise = b""
