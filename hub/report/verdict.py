"""What a verification found, in words for whoever stands before the school's computer."""

from datetime import UTC, datetime

import msgspec

from hub.report.chain import Examined
from hub.report.proofs import HQ_LOG, Proof


class Verdict(msgspec.Struct, frozen=True):
    """`wrong` names what was altered, removed, inserted or contradicts; empty where all is well. `found` says what
    was examined and how far it is proven."""

    wrong: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        return 1 if self.wrong else 0


def proven_until(examined: Examined, proof: Proof | None) -> str:
    """One sentence: up to which record, and by whose word, the journal is proven."""
    anchor = examined.proven
    if anchor is None or proof is None:
        return "nothing is proven by others: no heartbeat with the journal's head has a receipt yet"
    if anchor.channel == HQ_LOG:
        return f"proven up to record {anchor.head.no} by {HQ_LOG}"
    words = {
        "signed": "its receipt bears headquarters' signature",
        "not checked": "its receipt's signature was not checked: headquarters' secret was not given",
        "unsigned": "this channel gives no signature",
    }
    return (
        f"proven up to record {anchor.head.no}, {moment(anchor.at)}, by channel {anchor.channel} ({words[proof.word]})"
    )


def moment(at: int) -> str:
    """UTC, to the second; the figure itself where it is no moment that a calendar has."""
    if not 0 <= at < 1 << 47:
        return f"{at} ms"
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
