"""A task is taken once, said done by people, and closed by the sensor alone, or accepted by an inspector."""

import pytest

from hub.domain.commands import AcceptTask, FinishTask, GiveBackTask, TakeTask
from hub.domain.events import Tick
from tests.domain.build import School

DAY = 86_400_000


def with_a_task() -> tuple[School, int]:
    school = School()
    school.says("door", battery=4)
    return school, next(alarm.id for alarm in school.state.open_alarms() if alarm.type == "battery_low")


def test_the_first_who_takes_it_has_it_and_the_other_is_told():
    school, number = with_a_task()
    decision = school.happens(TakeTask(number, "Айгүл"))
    assert (decision.answer, decision.tasks[0].taken_by) == ("taken", "Айгүл")
    assert school.state.find_alarm(number).state == "acknowledged"
    assert school.happens(TakeTask(number, "Болат")).answer == "taken_already"
    assert school.happens(TakeTask(number, "Айгүл")).answer == "taken"


def test_said_done_waits_for_the_sensor_which_closes_it():
    school, number = with_a_task()
    school.happens(TakeTask(number, "Айгүл"))
    assert school.happens(FinishTask(number, "Айгүл", "new battery", ("a" * 64,))).answer == "said_done"
    assert school.state.tasks[number].state == "said_done"
    decision = school.after(5).says("door", battery=97)
    assert [(task.state, task.closed_by) for task in decision.tasks] == [("closed", "sensor")]
    assert [entry.body["change"] for entry in decision.journal if entry.kind == "task"] == ["closed"]
    assert number not in school.state.tasks


def test_a_task_nobody_has_touched_leaves_nothing_behind():
    school, number = with_a_task()
    assert school.says("door", battery=97).tasks == ()
    assert school.happens(TakeTask(number, "Айгүл")).answer == "no_such_task"


def test_what_an_inspector_accepts_is_put_aside_and_comes_back_when_the_time_is_over():
    school, number = with_a_task()
    school.happens(TakeTask(number, "Айгүл"))
    decision = school.happens(AcceptTask(number, school.now.wall + DAY, "Болат", "spare part ordered"))
    assert decision.answer == "accepted"
    assert school.state.find_alarm(number).state == "shelved"
    assert school.happens(TakeTask(number, "Айгүл")).answer == "put_aside"
    decision = school.after(DAY / 1000 + 1).happens(Tick())
    assert [(task.state, task.taken_by) for task in decision.tasks] == [("open", "")]


def test_what_was_accepted_and_repaired_meanwhile_is_closed_by_the_sensor():
    school, number = with_a_task()
    school.happens(AcceptTask(number, school.now.wall + DAY, "Болат", "spare part ordered"))
    school.says("door", battery=97)
    decision = school.after(DAY / 1000 + 1).happens(Tick())
    assert [(task.state, task.closed_by) for task in decision.tasks] == [("closed", "sensor")]


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        (lambda n, t: AcceptTask(n, t + DAY, "Болат", " "), "no_reason"),
        (lambda n, t: AcceptTask(n, t - 1, "Болат", "x"), "already_over"),
        (lambda n, t: AcceptTask(n, t + 99 * DAY, "Болат", "x"), "too_long"),
        (lambda n, t: AcceptTask(n + 1, t + DAY, "Болат", "x"), "no_such_task"),
        (lambda n, t: FinishTask(n, "Айгүл", "x" * 501), "reason_too_long"),
        (lambda n, t: FinishTask(n, "Айгүл", "", ("../../etc/passwd",)), "bad_photo"),
        (lambda n, t: FinishTask(n, "Айгүл", "", tuple(f"{i:064x}" for i in range(7))), "too_many_photos"),
        (lambda n, t: FinishTask(n + 1, "Айгүл"), "no_such_task"),
        (lambda n, t: GiveBackTask(n, "Айгүл"), "no_such_task"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(order, answer):
    school, number = with_a_task()
    decision = school.happens(order(number, school.now.wall))
    assert decision.answer == answer
    assert not decision.urgent


def test_a_task_that_is_given_back_waits_for_somebody_else():
    school, number = with_a_task()
    school.happens(TakeTask(number, "Айгүл"))
    assert school.happens(GiveBackTask(number, "Айгүл")).answer == "given_back"
    assert school.happens(TakeTask(number, "Болат")).answer == "taken"


def test_a_panic_alarm_is_no_task():
    school = School()
    number = school.presses().alarms[0].id
    assert school.happens(TakeTask(number, "Айгүл")).answer == "no_such_task"
