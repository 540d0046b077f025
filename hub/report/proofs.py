"""Whether anchors are what they claim: receipts that headquarters signed, or lines of its own log."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import msgspec
from standardwebhooks import Webhook as Signer

from hub.domain.alerts import Head
from hub.domain.decision import Anchor

LOG_LINE: Final = 65_536
HQ_LOG: Final = "headquarters' log"

Word = Literal["signed", "not checked", "unsigned"]


class Proof(msgspec.Struct, frozen=True):
    """How far an anchor can be believed: its signature was checked with headquarters' secret; or it has one that was
    not checked; or its channel gives none. `wrong` says what is the matter with it, empty where nothing is."""

    word: Word
    wrong: str = ""


class _Receipt(msgspec.Struct, frozen=True):
    receipt: str = ""


class _LogLine(msgspec.Struct, frozen=True):
    journal: Head | None = None


class BadLog(ValueError):
    """The file is not a log of heartbeats."""


def weigh(anchor: Anchor, secrets: Mapping[str, str]) -> Proof:
    """Checks one anchor. `secrets` are headquarters' webhook secrets by channel; "*" stands for any channel."""
    if not anchor.body:
        return Proof("unsigned")
    wrong = _contradiction(anchor)
    secret = secrets.get(anchor.channel, secrets.get("*"))
    if wrong or secret is None:
        return Proof("not checked", wrong)
    if not _is_signed(anchor, secret):
        return Proof("not checked", "the signature of its receipt is wrong")
    return Proof("signed")


def heads_in_log(path: Path) -> list[Anchor]:
    """The heads in headquarters' own log: JSON lines, each the body of a heartbeat as it was received. Lines without
    a head are passed over. Raises OSError, or BadLog for a line that is not JSON."""
    anchors = []
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LOG_LINE), b""), start=1):
            if not line.strip():
                continue
            try:
                head = msgspec.json.decode(line, type=_LogLine).journal
            except (msgspec.DecodeError, RecursionError):
                raise BadLog(f"{path}:{number}: not a line of JSON with the body of a heartbeat") from None
            if head is not None:
                anchors.append(Anchor(head, HQ_LOG, 0, ""))
    return anchors


def wrong_proofs(anchors: Iterable[Anchor], secrets: Mapping[str, str]) -> list[str]:
    """What is the matter with anchors, in words."""
    weighed = ((anchor, weigh(anchor, secrets)) for anchor in anchors)
    return [f"the receipt of {anchor.event_id}: {proof.wrong}" for anchor, proof in weighed if proof.wrong]


def _contradiction(anchor: Anchor) -> str:
    """The receipt names the heartbeat, and the heartbeat's id holds the head."""
    try:
        receipt = msgspec.json.decode(anchor.body, type=_Receipt)
    except (msgspec.DecodeError, RecursionError):
        return "it is not readable"
    if receipt.receipt != anchor.event_id:
        return f"it is one of {receipt.receipt or 'nothing'}"
    if not anchor.event_id.endswith(f"-{anchor.head.no}-{anchor.head.hash}"):
        return f"it proves another head than that of record {anchor.head.no}"
    return ""


def _is_signed(anchor: Anchor, secret: str) -> bool:
    """Made again and compared: the library's own check would want the receipt to be minutes old."""
    try:
        moment = datetime.fromtimestamp(int(anchor.headers.get("webhook-timestamp", "")), UTC)
        expected = Signer(secret).sign(anchor.headers.get("webhook-id", ""), moment, anchor.body)
    except (ValueError, OverflowError, OSError):
        return False
    return expected in anchor.headers.get("webhook-signature", "").split(" ")
