"""What comes and goes again and again is one task; presses are never hidden in it."""

from hub.domain.commands import Maintain
from hub.domain.events import Flooded, Tick
from hub.domain.wording import sentence
from tests.domain.build import School


def chattering() -> School:
    school = School()
    for value in (True, False, True, False, True):
        school.after(5).says("wc", leak=value)
    return school


def test_the_third_activation_within_a_minute_is_one_task_that_names_the_device():
    school = School()
    decisions = [school.after(5).says("wc", leak=value) for value in (True, False, True, False, True)]
    (flood,) = decisions[-1].alarms
    assert (flood.type, flood.device, flood.figure, flood.priority) == ("flood", "wc", "leak", "medium")
    assert sentence(school.state.site, flood, "en").startswith(
        "Restroom: the sensor goes off again and again (water is leaking), since 10:00."
    )


def test_what_chatters_is_told_to_nobody_until_it_calms_down():
    school = chattering()
    for _ in range(100):
        decisions = [school.after(5).says("wc", leak=value) for value in (False, True)]
        assert not any(d.alarms or d.dispatches or d.journal for d in decisions)
    assert not school.after(119).happens(Tick()).alarms
    calm = school.after(1).happens(Tick())
    assert [(a.type, d.alert.type) for a, d in zip(calm.alarms, calm.dispatches, strict=True)] == [
        ("leak", "alarm.updated"),
        ("flood", "alarm.cleared"),
    ]


def test_slow_changes_are_no_chattering():
    school = School()
    for _ in range(10):
        school.after(31).says("wc", leak=True)
        school.after(1).says("wc", leak=False)
    assert "flood" not in school.open()


def test_another_alarm_of_the_same_device_is_told_as_ever():
    assert [a.type for a in chattering().says("wc", smoke=True).alarms] == ["smoke_or_vape"]


def test_presses_are_never_collapsed():
    school = chattering()
    for number in range(20):
        decision = school.after(1).presses("wc", 1, number, event="help")
        assert decision.alarms[-1].count == number + 1


def test_a_device_that_floods_is_one_task_that_ends_with_the_flood():
    school = School()
    (flood,) = school.happens(Flooded("door", 412.5)).alarms
    assert (flood.type, flood.device, flood.figure) == ("flood", "door", "412.5")
    assert not school.happens(Flooded("door", 500)).alarms
    assert not school.after(60).happens(Tick()).alarms
    (flood,) = school.happens(Flooded("door", 0)).alarms
    assert not flood.open


def test_messages_of_no_device_flood_the_hub():
    school = School()
    (flood,) = school.happens(Flooded("hub", 900)).alarms
    assert (flood.device, flood.kind) == ("hub", "hub")
    school.happens(Flooded("hub", 0))
    assert not school.open()


def test_a_flood_under_maintenance_is_told_when_that_ends():
    school = School()
    school.happens(Maintain("device:door", school.now.wall + 60_000, "A", "repair"))
    assert not school.happens(Flooded("door", 400)).alarms
    school.after(61).happens(Tick())
    assert [a.type for a in school.after(1).happens(Tick()).alarms] == ["flood"]
