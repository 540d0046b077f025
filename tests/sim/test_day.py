"""The simulated day: a function of school time and seed, believable, and with just the faults it was drawn with."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config.load import load
from hub.domain.decide import decide
from hub.domain.decision import apply
from hub.domain.events import Tick
from hub.domain.now import Now
from hub.domain.reports import Report
from hub.domain.schedule import school_time
from hub.domain.signals import KIND_SIGNALS, clean
from hub.domain.state import SiteState
from hub.sim.day import is_heard, lamps_on, signals
from hub.sim.daylight import daylight
from hub.sim.demo_site import Demo, new_secret, write_site
from hub.sim.inventory import FITTINGS, fitting
from hub.sim.spans import minutes, within
from hub.sim.timetable import BREAKS, LAMPS, timetable

ALMATY = ZoneInfo("Asia/Almaty")
MONDAY = date(2026, 12, 7)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes(clock))


@given(moment=MOMENTS, seed=st.integers(0, 50), device=st.sampled_from(FITTINGS))
def test_whatever_a_device_says_is_a_believable_signal_of_its_kind(moment, seed, device):
    said = signals(device, moment, seed)
    assert said
    for signal, value in said.items():
        assert signal in KIND_SIGNALS[device.kind]
        assert clean(signal, value) == value


@given(moment=MOMENTS, seed=st.integers(0, 50))
def test_the_same_moment_and_seed_give_the_same_school(moment, seed):
    once = [signals(device, moment, seed) for device in FITTINGS]
    timetable.cache_clear()
    assert [signals(device, moment, seed) for device in FITTINGS] == once


def test_another_seed_is_another_day():
    assert timetable(MONDAY, 1).faults != timetable(MONDAY, 2).faults
    assert timetable(MONDAY, 1).doors != timetable(MONDAY, 2).doors


def test_it_is_dark_at_night_brightest_at_noon_and_longer_light_in_summer():
    winter, summer = date(2026, 12, 21), date(2026, 6, 21)
    assert daylight(winter, minutes("03:00"), 1) == 0
    assert daylight(winter, minutes("19:00"), 1) == 0 < daylight(summer, minutes("19:00"), 1)
    curve = [daylight(winter, minute, 1) for minute in range(0, 1440, 10)]
    peak = curve.index(max(curve))
    assert curve[:peak] == sorted(curve[:peak])
    assert curve[peak:] == sorted(curve[peak:], reverse=True)


@pytest.mark.parametrize(
    ("device", "clock", "lit"),
    [
        ("light-1-west", "07:30", True),
        ("light-1-west", "12:00", True),  # a corridor has hardly a window
        ("light-gym", "08:00", True),
        ("light-gym", "19:30", False),
        ("light-porch", "23:00", True),
        ("light-porch", "12:00", False),
    ],
)
def test_lamps_follow_daylight_and_hours(device, clock, lit):
    assert lamps_on(fitting(device), MONDAY, minutes(clock), 1) is lit


def test_a_bright_room_needs_no_lamps_at_noon_of_a_summer_day():
    relay = [signals(fitting("light-gym"), at(clock, date(2026, 6, 8)), 1)["relay"] for clock in ("12:00", "23:00")]
    assert relay == ["off", "off"]


@given(minute=st.floats(LAMPS[0], LAMPS[1] - 0.1), seed=st.integers(0, 30), day=st.dates(MONDAY, date(2027, 12, 1)))
def test_every_working_lamp_keeps_its_norm_while_the_school_is_open(minute, seed, day):
    plan = timetable(day, seed)
    if plan.faults is None:
        return
    moment = at("00:00", day) + timedelta(minutes=minute)
    for device in FITTINGS:
        if device.kind == "lighting" and device.id != plan.faults.burnt_lamp[0]:
            assert signals(device, moment, seed)["lux"] >= device.min_lux


def test_entrances_open_in_breaks_and_all_doors_are_shut_at_night():
    plan = timetable(MONDAY, 1)
    assert any(within(BREAKS, start) for start, _ in plan.doors["door-main"])
    contacts = {signals(fitting(door), at("02:00"), 1)["contact"] for door in plan.doors}
    assert contacts == {"closed"}


def test_the_air_of_a_restroom_follows_the_people_in_it():
    device, plan = fitting("wc-1-boys"), timetable(MONDAY, 1)
    start, end = max(plan.stays[device.id][:20], key=lambda stay: stay[1] - stay[0])
    before, during, long_after = (
        signals(device, at("00:00") + timedelta(minutes=minute), 1) for minute in (minutes("05:00"), end - 0.1, 1380)
    )
    assert during["occupancy"] is True
    assert start < end
    for signal in ("co2", "humidity", "voc"):
        assert before[signal] < during[signal]
        assert long_after[signal] < during[signal]


def test_the_cleaning_lady_goes_from_restroom_to_restroom_in_the_evening():
    restrooms = [device for device in FITTINGS if device.senses == "air"]
    occupied = [
        [
            device.id
            for device in restrooms
            if signals(device, at("18:06") + timedelta(minutes=7 * turn + 3), 1)["occupancy"]
        ]
        for turn in range(len(restrooms))
    ]
    assert occupied == [[device.id] for device in restrooms]


def test_a_burnt_lamp_is_switched_on_dark_and_draws_next_to_nothing():
    device, (start, end) = timetable(MONDAY, 1).faults.burnt_lamp
    said = signals(fitting(device), at("00:00") + timedelta(minutes=(start + end) / 2), 1)
    assert said["relay"] == "on"
    assert said["lux"] < 150
    assert said["power"] < 5


def test_the_silent_sensor_is_heard_before_and_after():
    device, (start, end) = timetable(MONDAY, 1).faults.silent
    heard = [is_heard(fitting(device), at("00:00") + timedelta(minutes=m), 1) for m in (start - 1, start + 1, end + 1)]
    assert heard == [True, False, True]


def test_nobody_comes_on_sunday():
    sunday = MONDAY - timedelta(days=1)
    assert timetable(sunday, 1).faults is None
    for clock in ("08:00", "12:00", "22:40"):
        for device in FITTINGS:
            said = signals(device, at(clock, sunday), 1)
            assert said.get("contact", "closed") == "closed"
            assert said.get("occupancy", False) is False


@pytest.mark.parametrize(("seed", "day"), [(1, MONDAY), (1, date(2026, 6, 8)), (2, date(2026, 9, 1))])
def test_a_whole_day_raises_the_alarms_of_its_faults_and_of_no_other_device(tmp_path: Path, seed, day):
    speed = 60
    anchor = int(datetime.combine(day, datetime.min.time(), ALMATY).timestamp() * 1000)
    demo = Demo(
        language="kk", speed=speed, anchor=anchor, page_port=1, broker_port=1, mqtt_version="5",
        console="http://127.0.0.1:1", line=tmp_path / "line",
    )  # fmt: skip
    site = load(write_site(tmp_path, demo, "password", new_secret()), {}).site
    state = SiteState(site, Now(anchor, 0), "epoch")
    raised = set()
    for second in range(0, 24 * 3600 // speed):
        now = Now(anchor + second * 1000, second * 1000)
        moment = school_time(site.hours, now.wall)
        assert moment.date() == day
        events = [Tick()]
        for device in FITTINGS:
            if is_heard(device, moment, seed):
                events.append(Report(device.id, tuple(signals(device, moment, seed).items())))
        for event in events:
            decision = decide(state, event, now)
            apply(state, decision)
            raised |= {(alarm.device, alarm.type) for alarm in decision.alarms}
    faults = timetable(day, seed).faults
    meant = {
        (faults.burnt_lamp[0], "lamp_fault"),
        (faults.leak[0], "leak"),
        (faults.silent[0], "silent"),
        (faults.held_door[0], "door_held"),
        (faults.low_battery[0], "battery_low"),
        (faults.intrusion[0], "intrusion"),
    }
    assert meant <= raised
    assert {device for device, _ in raised} == {device for device, _ in meant}
