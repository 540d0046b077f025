"""Rules with their delays, silence, opening hours."""

import pytest

from hub.domain.commands import Acknowledge
from hub.domain.events import Tick
from tests.domain.build import School


def test_a_dark_corridor_is_a_task_only_after_its_delay():
    school = School()
    school.says("light", lux=20)
    assert not school.after(299).happens(Tick()).alarms
    assert [a.type for a in school.after(2).happens(Tick()).alarms] == ["dark"]


def test_light_that_comes_back_ends_the_task_without_a_person():
    school = School()
    school.says("light", lux=20)
    school.after(301).happens(Tick())
    decision = school.says("light", lux=400)
    assert [(a.state, d.alert.type) for a, d in zip(decision.alarms, decision.dispatches, strict=True)] == [
        ("normal", "alarm.cleared")
    ]
    assert not school.open()


def test_a_lamp_that_flickers_back_in_time_starts_the_delay_anew():
    school = School()
    school.says("light", lux=20)
    school.after(200).says("light", lux=400)
    school.after(10).says("light", lux=20)
    assert not school.after(200).happens(Tick()).alarms


def test_a_dark_corridor_at_night_is_as_it_should_be():
    school = School().after(12 * 3600)
    school.says("light", lux=0)
    school.after(600).happens(Tick())
    assert "dark" not in school.open()


def test_a_door_opened_at_night_is_an_intrusion_that_waits_for_a_person():
    school = School().after(12 * 3600)
    decision = school.says("door", contact="open")
    assert [a.type for a in decision.alarms] == ["intrusion"]
    decision = school.says("door", contact="closed")
    assert decision.alarms[0].state == "returned_unacknowledged"
    school.happens(Acknowledge(decision.alarms[0].id, "A", "page"))
    assert "intrusion" not in school.open()


def test_a_door_that_opens_again_is_the_same_intrusion():
    school = School().after(12 * 3600)
    school.says("door", contact="open")
    school.says("door", contact="closed")
    decision = school.says("door", contact="open")
    assert [(a.id, a.count, a.state) for a in decision.alarms] == [(1, 2, "unacknowledged")]


def test_a_door_opened_in_hours_is_held_open_after_its_delay():
    school = School()
    assert not school.says("door", contact="open").alarms
    assert [a.type for a in school.after(121).happens(Tick()).alarms] == ["door_held"]


@pytest.mark.parametrize(("signal", "alarm"), [("leak", "leak"), ("smoke", "smoke_or_vape"), ("tamper", "tamper")])
def test_a_flag_of_a_restroom_raises_at_once(signal, alarm):
    assert [a.type for a in School().says("wc", **{signal: True}).alarms] == [alarm]


def test_silence_is_an_alarm_and_a_live_message_ends_it():
    school = School(silent_after=90_000)
    school.says("panic-hall", battery=90)
    assert not school.after(90).happens(Tick()).alarms
    (alarm,) = school.after(1).happens(Tick()).alarms
    assert (alarm.type, alarm.priority) == ("silent", "high")
    assert school.says("panic-hall", battery=90).alarms[0].state == "returned_unacknowledged"


@pytest.mark.parametrize("word", [{"retained": True, "battery": 90}, {"reachable": False}])
def test_the_brokers_word_is_no_sign_of_life(word):
    school = School(silent_after=90_000)
    school.says("panic-hall", battery=90)
    school.after(60).says("panic-hall", **word)
    assert any(a.type == "silent" for a in school.after(31).happens(Tick()).alarms)


def test_a_device_that_was_never_heard_is_silent_from_the_hubs_start():
    school = School(silent_after=90_000)
    school.after(91).happens(Tick())
    assert school.open() == ["silent"]


def test_a_step_of_the_wall_clock_makes_nobody_silent():
    school = School(silent_after=90_000)
    school.says("panic-hall", battery=90)
    assert not school.after(5, wall_jump=86_400).happens(Tick()).alarms


def test_a_missing_signal_decides_nothing():
    school = School()
    school.says("light", relay="on")
    school.after(600).happens(Tick())
    assert not school.open()


def test_a_silent_sensor_keeps_its_other_alarms():
    school = School(silent_after=90_000)
    school.says("panic-hall", tamper=True)
    school.after(91).happens(Tick())
    assert school.open() == ["tamper", "silent"]
