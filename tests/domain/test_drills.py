"""Drills: inside the window an exercise, anywhere else real; and the tests that buttons owe."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.commands import Acknowledge, EndDrill, Promote, StartDrill
from hub.domain.drills import LONGEST_MS, placed
from hub.domain.events import Tick
from hub.domain.now import Now
from tests.domain.build import School

MINUTE = 60_000


def drilling(school: School, minutes: int = 15, devices=("panic-hall",), starts_in: int = 0) -> str:
    now = school.now.wall
    from_at = now + starts_in * MINUTE if starts_in else 0
    return school.happens(StartDrill(devices, now + (starts_in + minutes) * MINUTE, "Айгүл", from_at)).answer


def statuses(decision) -> set[str]:
    return {dispatch.alert.status for dispatch in decision.dispatches}


def test_a_press_inside_the_window_goes_out_as_an_exercise():
    school = School()
    assert drilling(school) == "started"
    decision = school.after(60).presses()
    assert statuses(decision) == {"exercise"}
    assert all("ОҚУ" in d.alert.text["kk"] for d in decision.dispatches)
    assert decision.receipts[0].stage == "stored"


@pytest.mark.parametrize(("seconds", "status"), [(-1, "actual"), (0, "exercise"), (899, "exercise"), (900, "actual")])
def test_the_window_has_sharp_edges(seconds, status):
    school = School()
    drilling(school, starts_in=1)
    assert statuses(school.after(60 + seconds).presses()) == {status}


def test_another_button_is_real_while_a_drill_goes_on():
    school = School()
    drilling(school)
    assert statuses(school.presses("panic-zb", None, None)) == {"actual"}


@pytest.mark.parametrize("jump", [3600, -3600, 86_400])
def test_a_step_of_the_wall_clock_neither_opens_nor_shuts_the_window(jump):
    school = School()
    drilling(school)
    assert statuses(school.after(600, wall_jump=jump).presses()) == {"exercise"}
    school = School()
    drilling(school, starts_in=120)
    assert statuses(school.after(1, wall_jump=7300).presses()) == {"actual"}


def test_a_press_after_the_window_makes_the_open_exercise_real():
    school = School()
    drilling(school)
    school.presses(seq=1)
    school.happens(Acknowledge(1, "A", "page"))
    school.after(901).happens(Tick())
    decision = school.presses(seq=2)
    assert statuses(decision) == {"actual"}
    assert {d.alert.type for d in decision.dispatches} == {"alarm.raised"}
    assert [d.reason for d in decision.dispatches] == ["outside_the_drill"]
    assert school.state.find_alarm(1).state == "unacknowledged"
    assert school.after(31).happens(Tick()).dispatches[0].reason == "escalation_30s"


def test_a_real_alarm_is_never_made_an_exercise():
    school = School()
    school.presses(seq=1)
    drilling(school)
    school.after(70).presses(seq=2)
    assert school.state.find_alarm(1).status == "actual"


def test_headquarters_makes_an_exercise_real():
    school = School()
    drilling(school)
    school.presses()
    decision = school.happens(Promote(1, "Duty officer", "hq"))
    assert (decision.answer, statuses(decision)) == ("promoted", {"actual"})
    alarm = school.state.find_alarm(1)
    assert (alarm.promoted_by, alarm.promoted_through, alarm.hq_receipt_at) == ("Duty officer", "hq", 0)
    assert school.happens(Promote(1, "Duty officer", "hq")).answer == "not_an_exercise"
    assert school.happens(Promote(9, "Duty officer", "hq")).answer == "closed"


def test_a_drill_ended_by_a_person_is_over_at_once():
    school = School()
    drilling(school)
    assert school.happens(EndDrill(1, "Айгүл")).answer == "ended"
    assert school.happens(EndDrill(1, "Айгүл")).answer == "no_such_drill"
    assert statuses(school.presses()) == {"actual"}


def test_a_drill_remembers_who_was_pressed_and_ends_by_itself():
    school = School()
    drilling(school, devices=("panic-hall", "panic-zb"))
    school.presses(seq=1)
    school.presses(seq=2)
    decision = school.after(900).happens(Tick())
    (drill,) = decision.drills
    assert set(drill.presses) == {"panic-hall"}
    assert (drill.ended_at, drill.ended_by) == (school.now.wall, "")
    assert [entry.body["change"] for entry in decision.journal if entry.kind == "drill"] == ["ended"]
    assert not school.state.drills


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ({"devices": ()}, "no_button"),
        ({"devices": ("door",)}, "not_a_button"),
        ({"devices": ("nowhere",)}, "not_a_button"),
        ({"minutes": 0}, "already_over"),
        ({"minutes": LONGEST_MS // MINUTE + 1}, "too_long"),
        ({"starts_in": 200 * 24 * 60}, "too_far"),
    ],
)
def test_an_order_that_makes_no_sense_has_its_answer(order, answer):
    assert drilling(School(), **order) == answer


def test_a_button_is_in_one_drill_at_a_time():
    school = School()
    drilling(school)
    assert drilling(school) == "overlaps"
    assert drilling(school, starts_in=15) == "started"
    assert drilling(school, devices=("panic-zb",)) == "started"


def restarted(school: School, now: Now):
    (drill,) = school.state.drills.values()
    return placed(drill, now)


def test_a_restart_of_the_hub_keeps_the_window_whatever_the_clock_is_worth():
    school = School()
    drilling(school)
    now = Now(school.now.wall + 5000, school.now.mono + 5000, trusted=False)
    assert restarted(school, now) == school.state.drills[1]


def test_a_restart_of_the_machine_places_the_window_by_a_trusted_clock():
    school = School()
    drilling(school)
    drill = restarted(school, Now(school.now.wall + 60_000, 7000))
    assert (drill.from_mono, drill.until_mono) == (7000 - 60_000, 7000 + 14 * MINUTE)


def test_after_a_restart_of_the_machine_with_an_untrusted_clock_every_press_is_real():
    school = School()
    drilling(school)
    drill = restarted(school, Now(school.now.wall + 60_000, 7000, trusted=False))
    school.state.drills = {1: drill}
    school.now = Now(school.now.wall + 60_000, 7000)
    assert statuses(school.presses()) == {"actual"}


@given(st.integers(-7200, 7200), st.integers(0, 3600), st.integers(1, 240), st.integers(-(10**6), 10**6))
def test_only_a_press_inside_the_window_is_ever_an_exercise(pressed, starts, minutes, jump):
    school = School()
    now = school.now.wall
    until = now + (starts + minutes * 60) * 1000
    school.happens(StartDrill(("panic-hall",), until, "A", now + starts * 1000))
    inside = starts <= pressed < starts + minutes * 60
    if pressed >= 0:
        assert statuses(school.after(pressed, wall_jump=jump).presses()) == {"exercise" if inside else "actual"}


def test_a_button_that_nobody_tested_for_long_is_a_task_and_a_test_ends_it():
    school = School()
    school.says("panic-hall", battery=90)
    days = 86_400
    assert not school.after(31 * days).happens(Tick()).alarms or "untested" not in school.open()
    school.after(1).happens(Tick())
    assert "untested" in school.open()
    school.presses(event="test_press")
    school.after(1).happens(Tick())
    assert "untested" not in school.open()


@pytest.mark.parametrize("event", ["press", "test_press"])
def test_every_press_is_a_test_of_its_button(event):
    school = School()
    school.says("panic-hall", battery=90)
    school.after(20 * 86_400).presses(event=event)
    school.after(20 * 86_400).happens(Tick())
    assert "untested" not in school.open()


def test_the_press_of_a_drill_is_the_buttons_test():
    school = School()
    school.says("panic-hall", battery=90)
    school.after(32 * 86_400).happens(Tick())
    assert "untested" in school.open()
    drilling(school)
    school.presses()
    school.after(1).happens(Tick())
    assert "untested" not in school.open()
    assert msgspec.to_builtins(school.state.drills[1].presses)["panic-hall"]
