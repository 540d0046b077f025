"""Headquarters' acknowledgement that changes nothing any more goes on record, and opens nothing again."""

import pytest

from hub.domain.commands import Acknowledge, Reset
from tests.domain.build import School


def also(school, number=1):
    alarm = school.state.find_alarm(number) or school.state.ended[number]
    return [(one.by, one.through) for one in alarm.also]


def reset(school):
    school.presses()
    school.happens(Reset(1, "A", "real"))


def acknowledged(school):
    school.presses()
    school.happens(Acknowledge(1, "A", "page"))


@pytest.mark.parametrize(
    ("before", "answer", "is_open"), [(reset, "closed", False), (acknowledged, "not_possible", True)]
)
def test_it_is_in_the_journal_and_in_the_alarm(before, answer, is_open):
    school = School()
    before(school)
    decision = school.after(60).happens(Acknowledge(1, "Dulat", "hq"))
    assert decision.answer == answer
    assert [entry.body["reason"] for entry in decision.journal] == ["acknowledged_late"]
    assert [alarm.open for alarm in decision.alarms] == [is_open]
    assert also(school) == [("Dulat", "hq")]
    assert not decision.dispatches
    assert bool(school.open()) is is_open


def test_headquarters_may_repeat_it_for_ever():
    school = School()
    reset(school)
    school.happens(Acknowledge(1, "Dulat", "hq"))
    for _ in range(20):
        assert not school.after(60).happens(Acknowledge(1, "Dulat", "hq")).journal
    for number in range(20):
        school.happens(Acknowledge(1, f"operator {number}", "hq"))
    assert len(also(school)) == 8


def test_the_one_that_took_effect_is_not_late_when_it_is_repeated():
    school = School()
    school.presses()
    school.happens(Acknowledge(1, "Dulat", "hq"))
    assert not school.happens(Acknowledge(1, "Dulat", "hq")).journal


def test_the_page_is_only_told():
    school = School()
    reset(school)
    assert not school.happens(Acknowledge(1, "A", "page")).journal


def test_of_an_alarm_that_nobody_knows_nothing_is_kept():
    decision = School().happens(Acknowledge(99, "Dulat", "hq"))
    assert (decision.answer, decision.journal) == ("closed", ())
