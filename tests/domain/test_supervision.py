"""The hub's own alarms: what fails in it is told within a stated time, and through something that works."""

import msgspec
import pytest

from hub.domain.commands import Acknowledge
from hub.domain.events import Attempted, DiskChecked, LineChecked, StoreChecked, Tick
from hub.domain.now import Now
from hub.domain.site import HUB
from hub.domain.state import Probe
from hub.domain.supervision import DISK_LOW, MEGABYTE
from hub.domain.wording import sentence
from tests.domain.build import School


def proven(school: School, channel: str = "hq"):
    return school.happens(LineChecked(channel, "delivered", "", school.now.wall, True))


def tries(school: School, channel: str, ok: bool | None):
    return school.happens(Attempted(channel, "e", "reset", "", 1, school.now.wall, "", 0, ok))


def supervised() -> School:
    school = School()
    school.state.supervised = frozenset({"hq"})
    school.state.last_probe = Probe(id=1, started_at=school.now.wall, started=school.now, awaited=("hq",), ended_at=1)
    return school


def run(school: School, seconds: int, each=lambda second: None) -> list:
    """Ticks for so long; all that was decided."""
    decisions = []
    for second in range(seconds):
        school.after(1)
        each(second)
        decisions.append(school.happens(Tick()))
    return decisions


def raised_after(decisions, code: str) -> int | None:
    return next((n for n, d in enumerate(decisions, 1) if code in [a.type for a in d.alarms]), None)


def test_a_line_that_answers_each_minute_is_never_lost():
    school = supervised()
    run(school, 600, lambda second: proven(school) if second % 60 == 0 else None)
    assert not school.open()


@pytest.mark.parametrize("answers", ["nothing is heard", "every attempt fails", "every attempt is unproven"])
def test_a_line_that_proves_nothing_is_lost_within_three_minutes(answers):
    school = supervised()
    proven(school)

    def fails(second: int) -> None:
        if answers != "nothing is heard" and second % 20 == 0:
            outcome = "unproven" if "unproven" in answers else "timeout"
            school.happens(LineChecked("hq", outcome, "", school.now.wall, False))

    assert raised_after(run(school, 200, fails), "hq_line_lost") in range(120, 181)
    (alarm,) = school.state.open_alarms()
    assert (alarm.device, alarm.kind, alarm.priority, alarm.zone) == (HUB.id, "hub", "high", "")
    assert school.state.channels["hq"].state != "up"


def test_one_lost_heartbeat_raises_nothing():
    school = supervised()
    proven(school)
    run(school, 119)
    proven(school)
    run(school, 119)
    assert not school.open()


def test_a_step_of_the_wall_clock_loses_no_line():
    school = supervised()
    proven(school)
    school.after(1, wall_jump=86_400).happens(Tick())
    school.after(1, wall_jump=-172_800).happens(Tick())
    assert not school.open()


def test_a_line_that_is_proven_again_waits_for_a_person_who_saw_it():
    school = supervised()
    run(school, 151)
    proven(school)
    decision = school.after(1).happens(Tick())
    assert [(a.state, d.alert.type) for a, d in zip(decision.alarms, decision.dispatches[:1], strict=True)] == [
        ("returned_unacknowledged", "alarm.updated")
    ]
    school.happens(Acknowledge(1, "A", "page"))
    assert not school.open()


def test_a_line_lost_before_a_restart_stays_lost_until_it_is_proven():
    school = supervised()
    run(school, 151)
    school.state.started = school.now
    assert school.after(1).happens(Tick()).alarms == ()
    proven(school)
    assert school.after(1).happens(Tick()).alarms[0].state == "returned_unacknowledged"


def test_the_caretaker_is_told_at_once_and_headquarters_when_the_line_is_back():
    decisions = run(supervised(), 151)
    told = [d.channel for decision in decisions for d in decision.dispatches]
    assert "caretaker" in told


def test_the_text_says_what_is_lost_and_what_to_do():
    school = supervised()
    run(school, 151)
    (alarm,) = school.state.open_alarms()
    assert sentence(school.state.site, alarm, "kk").startswith("№1 мектеп: штабпен байланыс жоқ (hq)")
    assert "102" in sentence(school.state.site, alarm, "ru")


def test_a_channel_that_refuses_an_alert_for_good_is_down_until_it_takes_one_however_well_its_modem_is():
    school = School()
    school.state.supervised = frozenset({"phone"})
    refusal = Attempted(
        "phone", "school-1-e0-1-1", "refused", "no such numbers", 1, school.now.wall, "refused", 0, True
    )
    school.happens(refusal)
    school.happens(LineChecked("phone", "accepted", "signal -71 dBm", school.now.wall, True))
    assert (school.state.channels["phone"].state, school.state.channels["phone"].detail) == ("down", "no such numbers")
    (told,) = school.after(1).happens(Tick()).dispatches
    assert (told.alert.alarm, told.channel) == ("channel_down", "caretaker")
    school.happens(msgspec.structs.replace(refusal, outcome="accepted", settled="accepted"))
    school.after(1).happens(Tick())
    assert school.state.channels["phone"].state == "up"
    assert not school.open()


def test_that_headquarters_refuses_an_alert_is_told_to_people_and_leaves_its_line_alone():
    school = School()
    school.happens(Attempted("hq", "school-1-e0-1-1", "refused", "", 1, school.now.wall, "refused", 0, True))
    assert school.state.channels["hq"].state == "up"
    (told,) = school.after(1).happens(Tick()).dispatches
    assert (told.alert.alarm, told.channel) == ("channel_down", "caretaker")
    assert "(hq)" in told.alert.text["ru"]
    proven(school)
    school.after(1).happens(Tick())
    assert school.open() == ["channel_down"]
    school.happens(Attempted("hq", "school-1-e0-2-1", "delivered", "", 1, school.now.wall, "delivered", 0, True))
    school.after(1).happens(Tick())
    assert not school.open()


def test_a_dead_channel_is_told_through_another_one():
    school = School()
    tries(school, "caretaker", False)
    decisions = run(school, 170, lambda _: tries(school, "caretaker", False))
    told = [d for decision in decisions for d in decision.dispatches if d.alert.alarm == "channel_down"]
    assert [d.channel for d in told] == ["phone"]
    assert "caretaker" in told[0].alert.text["en"]


def test_a_second_dead_channel_is_told_as_well_and_fewer_are_only_written_down():
    school = School()
    tries(school, "caretaker", False)
    run(school, 152)
    tries(school, "phone", False)
    decisions = run(school, 152)
    assert [a.figure for d in decisions for a in d.alarms] == ["phone, caretaker"]
    assert [d.channel for decision in decisions for d in decision.dispatches] == ["hq"]
    tries(school, "caretaker", True)
    decision = school.after(1).happens(Tick())
    assert [a.figure for a in decision.alarms] == ["phone"]
    assert not decision.dispatches
    tries(school, "phone", True)
    assert school.after(1).happens(Tick()).dispatches[0].alert.type == "alarm.cleared"
    assert not school.open()


def test_a_row_that_is_wrong_says_nothing_about_its_channel():
    school = School()
    tries(school, "caretaker", None)
    run(school, 200)
    assert not school.open()


def test_a_store_that_fails_is_told_after_a_moment_and_its_recovery_too():
    school = School()
    school.happens(StoreChecked("disk I/O error"))
    assert raised_after(run(school, 10), "store_failing") in (5, 6)
    school.happens(StoreChecked(""))
    assert school.after(1).happens(Tick()).alarms[0].state == "returned_unacknowledged"


def test_a_store_that_is_busy_for_a_moment_raises_nothing():
    school = School()
    school.happens(StoreChecked("database is locked"))
    run(school, 3)
    school.happens(StoreChecked(""))
    run(school, 10)
    assert not school.open()


def test_a_disk_that_fills_up_is_a_task_with_its_free_space():
    school, total = School(), 32 * 1024 * MEGABYTE
    school.happens(DiskChecked(DISK_LOW, total, True))
    assert not school.after(1).happens(Tick()).alarms
    school.happens(DiskChecked(DISK_LOW - MEGABYTE, total, True))
    (dispatch,) = school.after(1).happens(Tick()).dispatches
    assert "255 МБ" in dispatch.alert.text["kk"]
    school.happens(DiskChecked(DISK_LOW + MEGABYTE, total, True))
    assert not school.after(1).happens(Tick()).alarms
    school.happens(DiskChecked(2 * DISK_LOW, total, True))
    assert school.after(1).happens(Tick()).alarms[0].state == "normal"


def test_a_clock_that_is_never_set_is_told_after_ten_minutes():
    school = School()
    for _ in range(601):
        school.now = Now(school.now.wall + 1000, school.now.mono + 1000, trusted=False)
        school.happens(Tick())
    assert school.open() == ["clock_untrusted"]
    school.after(1).happens(Tick())
    assert not school.open()
