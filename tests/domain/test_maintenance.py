"""While somebody works on a device, only presses are alarms; afterwards it is judged anew."""

import pytest

from hub.domain.commands import EndMaintenance, Maintain
from hub.domain.events import Tick
from tests.domain.build import School

HOUR = 3_600_000


def maintain(school: School, target: str, ms: int = HOUR, reason: str = "new battery"):
    return school.happens(Maintain(target, school.now.wall + ms, "A", reason))


@pytest.mark.parametrize("target", ["device:wc", "zone:wc"])
def test_what_the_sensor_says_under_maintenance_raises_nothing(target):
    school = School()
    assert maintain(school, target).answer == "maintained"
    assert not school.says("wc", leak=True, tamper=True).alarms
    assert not school.after(600).happens(Tick()).alarms


@pytest.mark.parametrize("target", ["device:panic-hall", "zone:hall"])
def test_a_press_under_maintenance_is_a_real_alarm(target):
    school = School()
    maintain(school, target)
    decision = school.presses()
    assert [(a.type, a.status) for a in decision.alarms] == [("panic", "actual")]
    assert decision.dispatches
    assert school.after(31).happens(Tick()).dispatches


def test_it_ends_by_itself_and_what_still_holds_is_raised_then():
    school = School()
    maintain(school, "device:wc")
    school.says("wc", leak=True)
    assert not school.after(3599).happens(Tick()).alarms
    school.after(2).happens(Tick())
    assert not school.state.maintenance
    assert [a.type for a in school.after(1).happens(Tick()).alarms] == ["leak"]


def test_a_person_ends_it_before_its_time():
    school = School()
    maintain(school, "zone:wc")
    school.says("wc", leak=True)
    assert school.happens(EndMaintenance("zone:wc", "A")).answer == "ended"
    assert school.happens(EndMaintenance("zone:wc", "A")).answer == "not_maintained"
    assert [a.type for a in school.happens(Tick()).alarms] == ["leak"]


def test_delays_and_silence_count_from_its_end():
    school = School(silent_after=90_000)
    school.says("light", lux=5)
    school.after(200).says("panic-hall", battery=90)
    maintain(school, "zone:hall")
    school.after(3601).happens(Tick())
    assert not school.after(89).happens(Tick()).alarms
    assert [a.type for a in school.after(2).happens(Tick()).alarms] == ["silent"]
    assert [a.type for a in school.after(300).happens(Tick()).alarms] == ["dark"]


def test_an_alarm_from_before_can_end_but_is_not_told_anew():
    school = School()
    school.says("wc", leak=True)
    maintain(school, "device:wc")
    decision = school.says("wc", leak=False)
    assert [d.reason for d in decision.dispatches] == ["returned"]
    assert not school.says("wc", leak=True).alarms


@pytest.mark.parametrize(
    ("target", "ms", "reason", "answer"),
    [
        ("wc", HOUR, "r", "unknown_target"),
        ("device:nobody", HOUR, "r", "unknown_target"),
        ("zone:nowhere", HOUR, "r", "unknown_target"),
        ("device:hub", HOUR, "r", "unknown_target"),
        ("device:wc", HOUR, "", "no_reason"),
        ("device:wc", -1, "r", "already_over"),
        ("device:wc", 31 * 24 * HOUR, "r", "too_long"),
    ],
)
def test_what_is_wrong_with_an_order_is_answered_by_name(target, ms, reason, answer):
    school = School()
    decision = maintain(school, target, ms, reason)
    assert decision.answer == answer
    assert not decision.journal
    assert not school.state.maintenance


def test_its_beginning_and_end_are_in_the_journal():
    school = School()
    begun = maintain(school, "device:wc")
    over = school.after(3601).happens(Tick())
    assert [entry.body["change"] for entry in (*begun.journal, *over.journal)] == ["begun", "expired"]
