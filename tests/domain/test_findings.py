"""Findings: raised, given on, closed on evidence."""

import pytest

from hub.domain.commands import CloseFinding, MoveFinding, RaiseFinding
from tests.domain.build import School

LATE = "2026-12-01"
PHOTO = "a1" * 32


def raised(school, **changes):
    said = {"text": "Lamp is loose", "target": "device:light", "assignee": "school", "due": LATE, "by": "Inspector"}
    return school.happens(RaiseFinding(**{**said, **changes}))


def test_a_finding_is_raised_and_stands_in_the_journal():
    school = School()
    decision = raised(school)
    assert decision.answer == "finding_raised"
    assert [entry.kind for entry in decision.journal] == ["finding"]
    assert school.state.findings[1].raised_by == "Inspector"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"text": "  "}, "no_text"),
        ({"text": "x" * 1001}, "reason_too_long"),
        ({"target": "device:none"}, "unknown_target"),
        ({"target": "none"}, "unknown_target"),
        ({"assignee": "nobody"}, "unknown_assignee"),
        ({"due": "soon"}, "no_date"),
    ],
)
def test_what_is_not_whole_is_refused(changes, answer):
    school = School()
    decision = raised(school, **changes)
    assert (decision.answer, decision.findings, decision.journal) == (answer, (), ())


def test_it_is_closed_on_evidence_only_and_once():
    school = School()
    raised(school)
    assert school.happens(CloseFinding(1, " ", "Inspector", (PHOTO,))).answer == "no_evidence"
    assert school.happens(CloseFinding(1, "Seen", "Inspector", ("IMG_1",))).answer == "bad_photo"
    many = tuple(f"{number:064x}" for number in range(7))
    assert school.happens(CloseFinding(1, "Seen", "Inspector", many)).answer == "too_many_photos"
    closed = school.happens(CloseFinding(1, "Screwed on, seen by me", "Inspector", (PHOTO, PHOTO)))
    assert closed.answer == "finding_closed"
    assert (closed.findings[0].closed_by, closed.findings[0].photos) == ("Inspector", (PHOTO,))
    assert school.happens(CloseFinding(1, "again", "Inspector")).answer == "no_such_finding"


def test_it_is_given_on():
    school = School()
    raised(school)
    assert school.happens(MoveFinding(1, "akimat", "2027-01-10", "Inspector")).answer == "finding_moved"
    assert (school.state.findings[1].assignee, school.state.findings[1].due) == ("akimat", "2027-01-10")
    assert school.happens(MoveFinding(1, "akimat", "", "Inspector")).answer == "no_date"
    assert school.happens(MoveFinding(9, "akimat", LATE, "Inspector")).answer == "no_such_finding"
