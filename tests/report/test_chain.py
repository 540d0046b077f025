"""One record changed, removed, inserted or moved: the first is named, and what was done to it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.alerts import Head
from hub.domain.decision import Anchor
from hub.report.chain import START, Line, examine
from hub.store.journal import GENESIS, link

replace = msgspec.structs.replace


def chain(count: int) -> list[Line]:
    lines, head = [], GENESIS
    for number in range(1, count + 1):
        body = f'{{"device":"d{number}"}}'
        head = link(head, number, number * 1000, "alarm", body)
        lines.append(Line(number, number * 1000, "alarm", body, head))
    return lines


def rehashed(lines: list[Line], since: int) -> list[Line]:
    """Lines whose hashes were all made again from record `since` on: a forger who knows how."""
    done = lines[: since - 1]
    head = done[-1].hash if done else GENESIS
    for number, line in enumerate(lines[since - 1 :], start=since):
        head = link(head, number, line.at, line.kind, line.body)
        done.append(replace(line, no=number, hash=head))
    return done


def renumbered(lines: list[Line]) -> list[Line]:
    return [replace(line, no=number) for number, line in enumerate(lines, start=1)]


def anchor(line: Line) -> Anchor:
    return Anchor(Head(line.no, line.hash), "hq", line.at, "e")


def deed(lines, anchors=()):
    broken = examine(lines, anchors).broken
    return (broken.no, broken.deed) if broken is not None else None


def test_a_whole_chain_is_whole():
    lines = chain(5)
    examined = examine(lines, [anchor(lines[2])])
    assert (examined.count, examined.head.no, examined.broken) == (5, 5, None)
    assert examined.proven == anchor(lines[2])


def test_an_empty_journal_is_whole():
    assert examine([]).head == START


EXTRA = Line(3, 5, "alarm", "{}", "f" * 64)


@pytest.mark.parametrize(
    ("what", "lines", "expected"),
    [
        ("body", lambda c: [*c[:2], replace(c[2], body="{}"), *c[3:]], (3, "altered")),
        ("time", lambda c: [*c[:2], replace(c[2], at=1), *c[3:]], (3, "altered")),
        ("kind", lambda c: [*c[:2], replace(c[2], kind="x"), *c[3:]], (3, "altered")),
        ("hash", lambda c: [*c[:2], replace(c[2], hash="0" * 64), *c[3:]], (3, "altered")),
        ("number", lambda c: [*c[:-1], replace(c[-1], no=99)], (6, "altered")),
        ("last", lambda c: [*c[:-1], replace(c[-1], body="{}")], (6, "altered")),
        ("first", lambda c: [replace(c[0], body="{}"), *c[1:]], (1, "altered")),
        ("removed", lambda c: c[:2] + c[3:], (3, "removed")),
        ("removed and renumbered", lambda c: renumbered(c[:2] + c[3:]), (3, "removed")),
        ("two removed", lambda c: c[:2] + c[4:], (3, "removed")),
        ("first removed", lambda c: c[1:], (1, "removed")),
        ("inserted and renumbered", lambda c: renumbered([*c[:2], EXTRA, *c[2:]]), (3, "inserted")),
        ("inserted beside", lambda c: [*c[:2], EXTRA, *c[2:]], (3, "inserted")),
        ("doubled", lambda c: [*c[:3], c[2], *c[3:]], (4, "inserted")),
        ("neighbours swapped", lambda c: [*c[:2], c[3], c[2], *c[4:]], (3, "reordered")),
        ("swapped and renumbered", lambda c: renumbered([*c[:2], c[3], c[2], *c[4:]]), (3, "reordered")),
        ("moved far", lambda c: renumbered([*c[:1], c[4], *c[2:4], c[1], *c[5:]]), (2, "reordered")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_done_is_named(what, lines, expected):
    assert deed(lines(chain(6))) == expected


def test_a_record_whose_hash_was_made_again_breaks_the_chain_at_the_next():
    lines = chain(6)
    forged = replace(lines[2], body="{}", hash=link(lines[1].hash, 3, 3000, "alarm", "{}"))
    broken = examine([*lines[:2], forged, *lines[3:]]).broken
    assert broken is not None
    assert broken.text == "record 4 was altered, or record 3 was and its hash made again"


def test_a_chain_written_anew_is_found_by_the_anchor():
    lines = chain(6)
    forged = rehashed([*lines[:3], replace(lines[3], body="{}"), *lines[4:]], 4)
    assert deed(forged) is None
    assert deed(forged, [anchor(lines[1]), anchor(lines[4])]) == (3, "rewritten")


def test_a_tail_that_was_cut_off_is_found_by_the_anchor():
    lines = chain(6)
    assert deed(lines[:4], [anchor(lines[1]), anchor(lines[5])]) == (5, "cut off")
    assert deed([], [anchor(lines[5])]) == (1, "cut off")


def test_an_extract_is_followed_from_the_record_before_it():
    lines = chain(6)
    start = Head(3, lines[2].hash)
    assert examine(lines[3:], [anchor(lines[2])], start).proven == anchor(lines[2])
    assert examine(lines[3:], [], Head(3, "0" * 64)).broken is not None


@given(st.integers(0, 9), st.sampled_from(["no", "at", "kind", "body", "hash"]), st.integers(0, 9))
def test_whatever_is_done_to_one_record_is_found_there(place, field, other):
    lines = chain(10)
    value = getattr(lines[place], field)
    forged = replace(lines[place], **{field: value + 1 + other if isinstance(value, int) else value + "x"})
    broken = examine([*lines[:place], forged, *lines[place + 1 :]]).broken
    assert broken is not None
    assert broken.no == place + 1
