"""Frames of SIA DC-09: what the hub says to an alarm receiver, and what the receiver's answer is worth.

siadc09 packs, encrypts and checks; what it leaves to its caller is done here.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from siadc09.account import Account
from siadc09.message import Message, parse_frame
from siadc09.util import crc
from siadc09.xdata import Data, XData, XDataTimestamp

from hub.domain.alarms import AlarmState
from hub.domain.alerts import Alert
from hub.forward.sia_codes import code_of

ANSWER_LIMIT: Final = 1024
DAMAGED: Final = b"\n\r"
"""How receivers answer a frame whose check sum is wrong: there is nothing they could refer to."""
_LONGEST: Final = 180
"""Bytes of text: an encrypted frame of twice the size must fit into the kilobyte that receivers read at once."""

_TOKEN: Final = re.compile(rb'\n([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})("(\*?)(ACK|NAK|DUH|RSP)"[^\r\n]*)\r')
_TIME: Final = re.compile(rb"_(\d\d:\d\d:\d\d,\d\d-\d\d-\d{4})$")
_OUTSIDE: Final = re.compile(r"[^0-9A-Za-z ._:/@+-]")

Word = Literal["ACK", "NAK", "DUH", "DAMAGED", "FOREIGN", "GARBLED"]
"""FOREIGN: encrypted, but not with our key."""

for _name in ("siadc09.message", "siadc09.siadcs"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they turn their debugging on themselves


class Answer(NamedTuple):
    """`sealed` is whether only a holder of the key can have written it; `at` is the receiver's time."""

    word: Word
    seq: int | None = None
    account: int | None = None
    sealed: bool = False
    at: datetime | None = None


class _Frame(Message):  # type: ignore[misc]
    """siadc09 keeps the account as a number and would send 0017 as 017, which receivers take for somebody else's."""

    def __init__(self, account: str, key: str | None, idtoken: str) -> None:
        super().__init__(Account(acct=int(account, 16), key=key), config={"idtoken": idtoken})
        self.written = account.upper()

    def pack_header(self, encrypted: bool = False) -> bytes:
        return f'"{"*" if encrypted else ""}{self.idtoken}"{self.seq:04d}L0#{self.written}'.encode("ascii")


def event_frame(alert: Alert, account: str, key: str | None, seq: int, now: datetime, *, bare: bool) -> bytes:
    """One event: code and zone number, and unless it is `bare`, the time of the alarm, the place and the event id."""
    frame = _Frame(account, key, "SIA-DCS")
    frame.data = Data(f"#{frame.written}|N{code_of(alert)}{alert.device_no or ''}".encode("ascii"))
    if not bare:
        frame.xdata = _extended(alert)
    return _packed(frame, seq, now)


def null_frame(account: str, key: str | None, seq: int, now: datetime) -> bytes:
    """The sign of life of a supervised line."""
    return _packed(_Frame(account, key, "NULL"), seq, now)


def read_answer(raw: bytes, key: str | None) -> Answer:
    """What the receiver said. The token is looked at first: not every receiver's NAK has the form of a frame."""
    if raw == DAMAGED:
        return Answer("DAMAGED")
    match = _TOKEN.fullmatch(raw)
    if match is None:
        return Answer("GARBLED")
    check, length, body, star, token = match.groups()
    if int(check, 16) != crc(body) or int(length, 16) != len(body):
        return Answer("GARBLED")
    if token == b"NAK":
        return Answer("NAK", at=_time(body))
    return _parsed(raw, token, bool(star), key)


def _parsed(raw: bytes, token: bytes, encrypted: bool, key: str | None) -> Answer:
    keys = bytes.fromhex(key) if key else None
    try:
        frame = parse_frame(raw, keys)
    except (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        return Answer("FOREIGN" if encrypted else "GARBLED")
    if encrypted and frame.timestamp is None:
        return Answer("FOREIGN")
    word: Word = "DUH" if token == b"DUH" else "ACK"
    return Answer(word, frame.seq, frame.account.acct, encrypted, frame.timestamp)


def _packed(frame: _Frame, seq: int, now: datetime) -> bytes:
    """Encrypted frames must bear the time; in plain ones it would only be one more way to be refused."""
    packed: bytes = frame.encode(seq=seq, timestamp=now if frame.account.key else None)
    return packed


def _extended(alert: Alert) -> list[XData]:
    """Fields of DC-09 5.5.1.8 in ASCII, which every receiver understands. The alarm text names the event, so that the
    receiver can tell a repeat from a new event."""
    taken = " acknowledged" if alert.state is AlarmState.ACKNOWLEDGED else ""
    others = f" and {len(alert.members) - 1} more" if len(alert.members) > 1 else ""
    fields = [
        XData("I", _text(f"{alert.event_id} {alert.alarm or alert.type} {alert.device} {alert.status}{taken}{others}")),
        XData("S", _text(alert.site)),
    ]
    if alert.zone:
        fields.append(XData("L", _text(alert.zone)))
    if alert.raised_at and alert.clock == "trusted":
        moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=alert.pressed_at or alert.raised_at)
        fields.insert(0, XDataTimestamp("H", moment))
    return fields


def _text(text: str) -> str:
    """Nothing that could end a field or a frame: ] CR LF and their like become _."""
    return _OUTSIDE.sub("_", text)[:_LONGEST]


def _time(body: bytes) -> datetime | None:
    match = _TIME.search(body)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1].decode("ascii"), "%H:%M:%S,%m-%d-%Y").replace(tzinfo=UTC)
    except ValueError:
        return None
