"""Each kind's rules, one table: what is said and when, and which alarms are open then."""

import msgspec
import pytest

from hub.domain.events import Tick
from hub.domain.phrases import ACTION, WHAT
from hub.domain.reports import Report
from hub.domain.rules import RULES
from tests.domain.build import School

NIGHT = 12 * 3600  # seconds from the school's 10:00 until 22:00


def school(device: str, **changes: object) -> School:
    """A school in which one device is set up differently."""
    made = School()
    changed = msgspec.structs.replace(made.state.site.devices[device], **changes)
    site = msgspec.structs.replace(made.state.site, devices={**made.state.site.devices, device: changed})
    made.state.site = site
    return made


def open_after(made: School, device: str, seconds: float, **signals: object) -> list[str]:
    made.says(device, **signals)
    made.after(seconds).happens(Tick())
    return made.open()


@pytest.mark.parametrize(
    ("changes", "locked_first", "at", "signals", "wait", "expected"),
    [
        ({}, False, 0, {"contact": "open"}, 60, []),
        ({}, False, 0, {"contact": "open"}, 121, ["door_held"]),
        ({}, False, NIGHT, {"contact": "open"}, 1, ["intrusion"]),
        ({"intrusion": "always"}, False, 0, {"contact": "open"}, 1, ["intrusion"]),
        ({"intrusion": "never"}, False, NIGHT, {"contact": "open"}, 3600, []),
        ({"role": "exit"}, False, 0, {"contact": "open"}, 121, ["exit_open"]),
        ({"held_after": 0}, False, 0, {"contact": "open"}, 7200, []),
        ({}, True, 0, {"contact": "open"}, 2, []),
        ({}, True, 0, {"contact": "open"}, 4, ["door_forced"]),
        ({}, False, 0, {"contact": "open", "lock": "unlocked"}, 4, []),
        ({}, False, 0, {"contact": "closed", "lock": "locked"}, 4, []),
    ],
)
def test_doors(changes, locked_first, at, signals, wait, expected):
    made = school("door", **changes).after(at)
    if locked_first:
        made.says("door", lock="locked", contact="closed")
        made.after(60)
    assert open_after(made, "door", wait, **signals) == expected


def test_nothing_depends_on_the_hour_while_nobody_knows_it():
    made = School()
    made.after(1, wall_jump=-56 * 365 * 86_400)  # a Raspberry Pi starts in 1970
    assert open_after(made, "door", 300, contact="open") == []
    assert open_after(made, "light", 400, lux=0, relay="off") == []
    made.after(1, wall_jump=56 * 365 * 86_400).happens(Tick())
    made.after(400).happens(Tick())
    assert sorted(made.open()) == ["dark", "door_held"]


def test_a_bolt_thrown_on_an_open_door_is_no_break_in():
    made = School()
    made.says("door", contact="open", lock="unlocked")
    made.after(5)
    assert open_after(made, "door", 10, lock="locked") == []


def test_a_lock_that_says_unlocked_a_moment_later_is_no_break_in():
    made = School()
    made.says("door", contact="closed", lock="locked")
    made.after(60).says("door", contact="open")
    made.after(1).says("door", lock="unlocked")
    made.after(10).happens(Tick())
    assert made.open() == []


@pytest.mark.parametrize(
    ("changes", "at", "signals", "wait", "expected"),
    [
        ({}, 0, {"lux": 149}, 301, ["dark"]),
        ({}, 0, {"lux": 150}, 301, []),
        ({}, NIGHT, {"lux": 0}, 301, []),
        ({"lit": "always"}, NIGHT, {"lux": 0}, 301, ["dark"]),
        ({"lit": "occupied"}, NIGHT, {"lux": 0, "occupancy": True}, 301, ["dark"]),
        ({"lit": "occupied"}, 0, {"lux": 0, "occupancy": False}, 301, []),
        ({"lit": "occupied"}, 0, {"lux": 0}, 301, []),
        ({"lit_from": 18 * 60, "lit_to": 8 * 60}, NIGHT, {"lux": 0}, 301, ["dark"]),
        ({"lit_from": 18 * 60, "lit_to": 8 * 60}, 0, {"lux": 0}, 301, []),
        ({"lux_factor": 2.5}, 0, {"lux": 70}, 301, []),
        ({"lux_factor": 0.4}, 0, {"lux": 300}, 301, ["dark"]),
        ({}, 0, {"relay": "on", "lux": 10}, 301, ["lamp_fault"]),
        ({}, 0, {"relay": "on", "lux": 100}, 301, ["dark"]),
        ({}, 0, {"relay": "on", "power": 0.2}, 61, ["lamp_fault"]),
        ({}, 0, {"relay": "off", "power": 0.2}, 61, []),
        ({}, NIGHT, {"relay": "on", "lux": 300}, 1801, ["left_on"]),
        ({}, NIGHT, {"relay": "on", "lux": 300, "occupancy": True}, 1801, []),
        ({}, NIGHT, {"power": 60}, 1801, ["left_on"]),
        ({}, NIGHT, {"power": 2}, 1801, []),
        ({}, 0, {"relay": "on", "lux": 300}, 1801, []),
        ({"lit_from": 18 * 60, "lit_to": 8 * 60}, NIGHT, {"relay": "on", "lux": 300}, 1801, []),
    ],
)
def test_lamps(changes, at, signals, wait, expected):
    assert open_after(school("light", **changes).after(at), "light", wait, **signals) == expected


@pytest.mark.parametrize(
    ("signals", "wait", "expected"),
    [
        ({"leak": True}, 0, ["leak"]),
        ({"smoke": True}, 0, ["smoke_or_vape"]),
        ({"smoke": False}, 0, []),
        ({"pm25": 300}, 0, ["smoke_or_vape"]),
        ({"pm25": 60}, 901, ["air_poor"]),
        ({"pm25": 60}, 600, []),
        ({"co2": 2001}, 901, ["air_poor"]),
        ({"co2": 2000}, 901, []),
        ({"voc": 260}, 901, ["air_poor"]),
        ({"humidity": 90, "co2": 500}, 901, ["air_poor"]),
        ({"occupancy": True}, 2701, ["long_stay"]),
        ({"loop": "open"}, 0, ["loop_fault"]),
        ({"loop": "normal"}, 0, []),
    ],
)
def test_restrooms(signals, wait, expected):
    assert open_after(School(), "wc", wait, **signals) == expected


def test_air_that_sways_about_its_limit_is_one_alarm():
    made = School()
    made.says("wc", co2=2100)
    made.after(901).happens(Tick())
    for co2 in (1950, 2050, 1900, 2100):
        assert not made.after(60).says("wc", co2=co2).alarms
    assert [alarm.state for alarm in made.after(60).says("wc", co2=1700).alarms] == ["normal"]


def test_an_alarm_is_raised_with_its_figure():
    made = School()
    made.says("light", lux=20)
    assert made.after(301).happens(Tick()).alarms[0].figure == "20 lx"
    made.says("wc", co2=2500, humidity=86)
    assert made.after(901).happens(Tick()).alarms[0].figure == "2500 ppm"


def days(made: School, device: str, signal: str, values: list[float]) -> list[str]:
    """One value a day."""
    for value in values:
        made.says(device, **{signal: value})
        made.after(86_400)
    made.happens(Tick())
    return made.open()


@pytest.mark.parametrize(
    ("signal", "values", "expected"),
    [
        ("battery", [11], []),
        ("battery", [10], ["battery_low"]),
        ("battery", [60, 55, 50, 45, 40, 35, 30, 25], ["battery_low"]),
        ("battery", [60, 60, 59, 60, 59, 59, 58, 58], []),
        ("battery", [60, 55, 50, 45], []),
        ("voltage", [3.0, 2.95, 2.9, 2.85, 2.8, 2.75, 2.7, 2.65], ["battery_low"]),
        ("voltage", [3.0, 3.0, 3.0, 2.99, 3.0, 3.0, 2.99, 2.99], []),
        ("voltage", [3.0], []),
    ],
)
def test_batteries_are_judged_by_their_trend(signal, values, expected):
    others = ("silent", "camera_down")
    assert [alarm for alarm in days(School(), "door", signal, values) if alarm not in others] == expected


def test_a_battery_of_which_little_was_left_when_the_device_fell_silent_has_run_out():
    made = school("door", silent_after=3_600_000)
    made.says("door", battery=22)
    made.after(3601).happens(Tick())
    assert sorted(made.open()) == ["battery_low", "silent"]


@pytest.mark.parametrize(
    ("signal", "value", "hours", "expected"),
    [
        ("co2", 700, 13, True),
        ("co2", 700, 11, False),
        ("temperature", 21.5, 100, False),
        ("temperature", 21.5, 170, True),
        ("humidity", 40, 73, True),
        ("lux", 0, 200, False),
    ],
)
def test_a_figure_that_never_moves_is_suspect(signal, value, hours, expected):
    made = School()
    device = "light" if signal == "lux" else "wc"
    for _ in range(hours):
        made.says(device, **{signal: value})
        made.after(3600)
    made.happens(Tick())
    assert ("suspect" in made.open()) is expected


@pytest.mark.parametrize(("signal", "value"), [("co2", 200), ("temperature", 80), ("humidity", 0)])
def test_a_figure_that_no_school_has_is_suspect(signal, value):
    made = School()
    made.says("wc", **{signal: value})
    made.happens(Tick())
    assert made.open() == ["suspect"]
    made.says("wc", **{signal: 420 if signal == "co2" else 20})
    assert made.open() == []


def test_a_sensor_that_says_nothing_is_silent_and_not_stuck():
    made = School()
    made.says("wc", co2=700)
    made.after(30 * 3600).happens(Tick())
    assert "suspect" not in made.open()


def test_a_device_that_goes_on_without_its_figure_is_suspect():
    made = School()
    made.says("wc", co2=700)
    for _ in range(13):
        made.after(3600).says("wc", occupancy=False)  # what can't be, such as 65535 ppm, sets nothing
    made.happens(Tick())
    assert made.open() == ["suspect"]
    made.says("wc", co2=640)
    assert made.open() == []


def old(made: School, minutes: float, **signals: object) -> Report:
    stamp = made.now.wall - int(minutes * 60_000)
    return Report("door", tuple(signals.items()), said_at=stamp)


def test_what_a_gateway_repeats_from_its_memory_is_no_sign_of_life():
    made = school("door", silent_after=3_600_000)
    made.happens(old(made, 0, contact="closed"))
    for _ in range(12):
        made.after(600).happens(old(made, 120, contact="closed"))
    made.happens(Tick())
    assert sorted(made.open()) == ["silent", "suspect"]
    made.happens(old(made, 0, contact="closed"))
    assert made.open() == []


def test_what_waited_during_an_outage_makes_nobody_suspect():
    made = School()
    for minutes in (300, 200, 100, 0):
        made.after(1).happens(old(made, minutes, contact="closed"))
    made.after(3600).happens(Tick())
    assert "suspect" not in made.open()


def test_every_alarm_of_a_rule_has_its_words():
    codes = {rule.alarm for rules in RULES.values() for rule in rules}
    assert codes <= WHAT.keys()
    assert codes <= ACTION.keys()
