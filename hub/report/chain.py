"""Examines the journal's chain: names the first record that was altered, removed, inserted or moved. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, Literal

import msgspec

from hub.domain.alerts import Head
from hub.domain.decision import Anchor
from hub.store.journal import GENESIS, link

AHEAD: Final = 2000
"""Records that are read on after the first wrong one, to tell what was done."""

START: Final = Head(0, GENESIS)

Deed = Literal["altered", "removed", "inserted", "reordered", "rewritten", "cut off"]


class Line(msgspec.Struct, frozen=True, gc=False):
    """One record of the journal as it is kept."""

    no: int
    at: int
    kind: str
    body: str
    hash: str


class Break(msgspec.Struct, frozen=True):
    """Where the chain first breaks: the record's number in the true order, and what was done to it."""

    no: int
    deed: Deed
    text: str


class Examined(msgspec.Struct, frozen=True):
    """Result of an examination: how many records are right and the last of them; what is wrong, if anything; and the
    last anchor that the chain agrees with."""

    count: int
    head: Head
    broken: Break | None = None
    proven: Anchor | None = None


def examine(lines: Iterable[Line], anchors: Iterable[Anchor] = (), start: Head = START) -> Examined:
    """Follows the chain from behind `start` and holds it against `anchors`, others' proofs of what it was."""
    heads: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        heads.setdefault(anchor.head.no, []).append(anchor)
    head, count = start, 0
    proven, broken = _held_against(heads.get(start.no, ()), start, None)
    rest = iter(lines)
    for line in rest:
        if broken is not None:
            break
        if not _follows(head, line):
            broken = _diagnosis(head, [line, *islice(rest, AHEAD)])
            break
        head = Head(line.no, line.hash)
        count += 1
        if line.no in heads:
            proven, broken = _held_against(heads[line.no], head, proven)
    if broken is None:
        broken = _cut_off(heads, head)
    return Examined(count, head, broken, proven)


def fits(line: Line, previous: str, number: int) -> bool:
    """Whether the record's hash is right behind `previous` at `number`."""
    return link(previous, number, line.at, line.kind, line.body) == line.hash


def _follows(head: Head, line: Line) -> bool:
    return line.no == head.no + 1 and fits(line, head.hash, line.no)


def _held_against(anchors: Sequence[Anchor], head: Head, proven: Anchor | None) -> tuple[Anchor | None, Break | None]:
    for anchor in anchors:
        if anchor.head.hash != head.hash:
            since = proven.head.no + 1 if proven is not None else 1
            text = (
                f"{_were(since, head.no)} written anew: {anchor.channel} has proof that record {head.no} was "
                "another one"
            )
            return proven, Break(since, "rewritten", text)
        if proven is None or anchor.at >= proven.at:
            proven = anchor
    return proven, None


def _cut_off(heads: Mapping[int, list[Anchor]], head: Head) -> Break | None:
    last = max(heads, default=0)
    if last <= head.no:
        return None
    text = f"{_were(head.no + 1, last)} removed at the end: {heads[last][0].channel} has proof"
    return Break(head.no + 1, "cut off", text)


def _were(first: int, last: int) -> str:
    """`record 7 was` or `records 7 to 9 were`."""
    return f"record {first} was" if first == last else f"records {first} to {last} were"


def _diagnosis(head: Head, ahead: Sequence[Line]) -> Break:
    """What was done at the place behind `head`; `ahead` starts with the record that does not fit there."""
    number, first = head.no + 1, ahead[0]
    true = next((index for index, line in enumerate(ahead) if fits(line, head.hash, number)), None)
    if true is not None:
        return _displaced(number, true, ahead)
    if first.no != number and any(line.no == number for line in ahead):
        return Break(number, "reordered", f"record {number} is not in its place, and not what it was")
    if first.no > number:
        return Break(number, "removed", f"{_were(number, first.no - 1)} removed")
    if first.no < number:
        return Break(number, "inserted", f"record {first.no} stands there twice")
    if len(ahead) > 1 and fits(ahead[1], first.hash, number + 2):
        return Break(number, "removed", f"record {number} was removed and the later ones renumbered")
    return Break(number, "altered", f"record {number} was altered{_or_the_one_before(head, ahead)}")


def _or_the_one_before(head: Head, ahead: Sequence[Line]) -> str:
    """A forger who makes the hash of an altered record again breaks the chain one record later."""
    if head.no > 0 and len(ahead) > 1 and fits(ahead[1], ahead[0].hash, ahead[0].no + 1):
        return f", or record {head.no} was and its hash made again"
    return ""


def _displaced(number: int, true: int, ahead: Sequence[Line]) -> Break:
    """The record that belongs at `number` stands `true` places later, or has another number."""
    first = ahead[0]
    if true == 0:
        return Break(number, "altered", f"record {number} was altered: its number is now {first.no}")
    if _belongs_later(first, number, ahead):
        return Break(number, "reordered", f"record {number} was moved: it stands too late, by {true}")
    return Break(number, "inserted", f"{_were(number, number + true - 1)} inserted")


def _belongs_later(first: Line, number: int, ahead: Sequence[Line]) -> bool:
    """Whether the record is a true one, of another place."""
    return any(
        fits(first, line.hash, place)
        for index, line in enumerate(ahead[1:], start=number + 1)
        for place in (index, index + 1, index + 2, line.no + 1)
    )
