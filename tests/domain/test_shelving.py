"""An alarm is put aside for a time, with a reason; panic and help never are."""

import pytest

from hub.domain.alarms import AlarmState
from hub.domain.commands import Acknowledge, Shelve, Unshelve
from hub.domain.events import Tick
from tests.domain.build import School

HOUR = 3_600_000


def leaking() -> School:
    school = School()
    school.says("wc", leak=True)
    return school


def shelve(school: School, alarm: int = 1, ms: int = HOUR, reason: str = "the plumber comes"):
    return school.happens(Shelve(alarm, school.now.wall + ms, "A", reason))


def test_a_shelved_alarm_carries_who_why_and_until_when():
    school = leaking()
    decision = shelve(school)
    (alarm,) = decision.alarms
    assert decision.answer == "shelved"
    assert (alarm.state, alarm.shelved_by, alarm.shelve_reason) == (
        AlarmState.SHELVED,
        "A",
        "the plumber comes",
    )
    assert alarm.shelved_until == school.now.wall + HOUR
    assert [d.reason for d in decision.dispatches] == ["shelved"]


@pytest.mark.parametrize(
    ("ms", "reason", "answer"),
    [
        (HOUR, "  ", "no_reason"),
        (HOUR, "x" * 501, "reason_too_long"),
        (0, "r", "already_over"),
        (-HOUR, "r", "already_over"),
        (31 * 24 * HOUR, "r", "too_long"),
    ],
)
def test_what_is_wrong_with_an_order_is_answered_by_name(ms, reason, answer):
    school = leaking()
    decision = shelve(school, ms=ms, reason=reason)
    assert decision.answer == answer
    assert not decision.alarms
    assert not decision.journal


@pytest.mark.parametrize(("device", "event"), [("panic-hall", "press"), ("wc", "help")])
def test_panic_and_help_are_never_shelved(device, event):
    school = School()
    school.presses(device, event=event)
    assert shelve(school).answer == "never_shelved"
    assert school.state.open_alarms()[0].state is AlarmState.UNACKNOWLEDGED


def test_an_alarm_that_is_over_can_not_be_shelved():
    assert shelve(School(), 7).answer == "closed"


def test_a_cause_that_comes_and_goes_on_the_shelf_is_counted_and_told_to_nobody():
    school = leaking()
    shelve(school)
    decisions = [school.after(1).says("wc", leak=value) for value in (False, True, False)]
    assert not any(decision.dispatches for decision in decisions)
    (alarm,) = school.state.open_alarms()
    assert (alarm.id, alarm.count, alarm.state) == (1, 2, AlarmState.SHELVED)


def test_when_its_time_is_over_it_asks_for_a_person_again():
    school = leaking()
    shelve(school)
    assert not school.after(3599).happens(Tick()).alarms
    decision = school.after(2).happens(Tick())
    assert [(a.state, a.shelved_until) for a in decision.alarms] == [(AlarmState.UNACKNOWLEDGED, 0)]
    assert [d.reason for d in decision.dispatches] == ["unshelved"]


def test_when_its_time_is_over_and_the_cause_is_gone_it_ends():
    school = leaking()
    shelve(school)
    school.says("wc", leak=False)
    decision = school.after(3601).happens(Tick())
    assert [d.alert.type for d in decision.dispatches] == ["alarm.cleared"]
    assert not school.open()


def test_a_person_takes_it_back_before_its_time():
    school = leaking()
    shelve(school)
    assert school.happens(Unshelve(1, "A")).answer == "unshelved"
    assert school.happens(Unshelve(1, "A")).answer == "not_possible"
    assert school.happens(Unshelve(9, "A")).answer == "closed"


def test_a_shelved_alarm_is_neither_acknowledged_nor_escalated():
    school = leaking()
    shelve(school)
    assert school.happens(Acknowledge(1, "A", "page")).answer == "not_possible"
    assert not school.after(600).happens(Tick()).dispatches


def test_a_step_of_the_wall_clock_neither_ends_nor_lengthens_the_shelf():
    school = leaking()
    shelve(school)
    assert not school.after(1, wall_jump=50 * 365 * 86_400).happens(Tick()).alarms
    assert school.after(3600, wall_jump=-60 * 365 * 86_400).happens(Tick()).alarms
