"""Who is told, when, and how often: escalation, quiet hours, groups, and what headquarters is spared."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.commands import Acknowledge, Reset
from hub.domain.decide import decide
from hub.domain.events import Tick
from hub.domain.schedule import is_quiet, quiet_end
from hub.domain.site import Device, Hours, Route
from tests.domain.build import LONG, School

MINUTE = 60_000
NIGHT = (22 * 60, 7 * 60)


def school(*routes: Route, lights: int = 1) -> School:
    """A school with these routes, and as many lamps in its hall."""
    built = School()
    extra = {
        f"light-{n}": Device(id=f"light-{n}", kind="lighting", zone="hall", silent_after=LONG, dark_after=1000)
        for n in range(lights)
    }
    site = built.state.site
    built.state.site = msgspec.structs.replace(site, routes=routes or site.routes, devices={**site.devices, **extra})
    return built


def route(priorities, to, after=(), **more) -> Route:
    return Route(frozenset(priorities), to, after, **more)


TASKS = route({"medium"}, ("caretaker",), quiet=NIGHT)
EVERYTHING = route({"critical", "high", "medium"}, ("hq", "caretaker"))


def told(decision) -> list[tuple[str, str, str]]:
    return [(d.channel, d.alert.type, d.reason) for d in decision.dispatches]


def ticks(school: School, seconds: int) -> list[tuple[str, str, str]]:
    return [line for _ in range(seconds) for line in told(school.after(1).happens(Tick()))]


def dark(school: School, *lights: int) -> None:
    for number in lights:
        school.says(f"light-{number}", lux=5)


# Escalation


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((), ["escalation_30s", "escalation_90s"]),
        ((Acknowledge(1, "A", "page"),), []),
        ((Acknowledge(1, "A", "hq"),), []),
        ((Reset(1, "A", "false"),), []),
    ],
)
def test_later_steps_run_until_a_person_answers(answers, expected):
    built = school()
    built.presses()
    for answer in answers:
        built.happens(answer)
    assert [reason for _, _, reason in ticks(built, 120)] == expected


def test_a_press_after_the_acknowledgement_begins_the_escalation_anew():
    built = school()
    built.presses(seq=1)
    ticks(built, 95)
    built.happens(Acknowledge(1, "A", "page"))
    built.after(600).presses(seq=2)
    assert ticks(built, 29) == []
    assert [channel for channel, _, _ in ticks(built, 70)] == ["phone", "caretaker"]


def test_steps_that_fell_due_while_the_hub_was_down_follow_each_other():
    built = school()
    built.presses()
    assert [channel for channel, _, _ in ticks(built.after(300), 3)] == ["phone", "caretaker"]


def test_an_alarm_whose_cause_is_gone_goes_on_asking_for_a_person():
    built = school(route({"high"}, ("caretaker",), ((30_000, ("phone",)),)))
    built.says("wc", leak=True)
    built.says("wc", leak=False)
    (line,) = ticks(built, 40)
    assert line == ("phone", "alarm.raised", "escalation_30s")


def test_whoever_was_told_reads_that_somebody_has_it_and_that_it_is_over():
    built = school()
    built.presses()
    ticks(built, 31)
    assert {c for c, _, _ in told(built.happens(Acknowledge(1, "A", "page")))} == {"hq", "phone"}
    assert {c for c, _, _ in told(built.happens(Reset(1, "A", "real")))} == {"hq", "phone"}


# What headquarters is spared


@pytest.mark.parametrize(
    ("happens", "at_headquarters"),
    [
        (lambda s: s.presses(), True),
        (lambda s: s.presses("wc", None, None, "help"), True),
        (lambda s: s.says("wc", leak=True), False),
        (lambda s: s.says("wc", smoke=True), False),
        (lambda s: s.says("door", tamper=True), False),
        (lambda s: s.says("door", battery=3), False),
    ],
)
def test_headquarters_is_told_only_of_what_it_must_act_on(happens, at_headquarters):
    channels = {d.channel for d in happens(school(EVERYTHING)).dispatches}
    assert ("hq" in channels) is at_headquarters
    assert "caretaker" in channels


def test_a_route_can_send_everything_to_headquarters():
    built = school(msgspec.structs.replace(EVERYTHING, headquarters="all"))
    assert {d.channel for d in built.says("wc", leak=True).dispatches} == {"hq", "caretaker"}


def test_an_intrusion_reaches_headquarters_when_a_second_device_confirms_it():
    built = school(EVERYTHING).after(12 * 3600)
    assert {d.channel for d in built.says("door", contact="open").dispatches} == {"caretaker"}
    assert ticks(built, 60) == []
    built.says("wc", tamper=True)
    assert ("hq", "alarm.raised", "verified") in ticks(built, 1)
    assert {c for c, _, _ in told(built.happens(Acknowledge(1, "A", "page")))} == {"hq", "caretaker"}


def test_two_signals_hours_apart_verify_nothing():
    built = school(EVERYTHING).after(12 * 3600)
    built.says("door", contact="open")
    built.after(7200).says("wc", tamper=True)
    assert "hq" not in {channel for channel, _, _ in ticks(built, 2)}


# Quiet hours


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(21, 59, False), (22, 0, True), (0, 0, True), (6, 59, True), (7, 0, False), (12, 0, False)],
)
def test_quiet_hours_go_over_midnight(hour, minute, quiet):
    hours = School().state.site.hours
    wall = School().now.wall + ((hour - 10) * 60 + minute) * MINUTE
    assert is_quiet(hours, NIGHT, wall) is quiet


@given(
    st.integers(0, 366 * 24 * 60),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sampled_from(["Asia/Almaty", "Asia/Qyzylorda"]),
)
def test_quiet_hours_end_when_they_say(minute, start, end, zone):
    if start == end:
        return
    hours = Hours(zone, frozenset(range(7)), 0, 1440)
    wall = School().now.wall + minute * MINUTE + 12_345
    if is_quiet(hours, (start, end), wall):
        over = quiet_end(hours, (start, end), wall)
        assert wall < over <= wall + 24 * 60 * MINUTE
        assert is_quiet(hours, (start, end), over - 1)
        assert not is_quiet(hours, (start, end), over)


def at_night() -> School:
    return school(TASKS, route({"critical", "high"}, ("hq", "caretaker")), lights=6).after(12.5 * 3600)


def test_a_task_of_the_night_is_told_in_the_morning():
    built = at_night()
    built.says("door", battery=3)
    assert ticks(built, 60) == []
    built.after(8.5 * 3600)
    assert ticks(built, 2) == [("caretaker", "alarm.raised", "after_quiet_hours")]
    assert ticks(built, 5) == []


def test_a_task_that_is_over_by_the_morning_is_never_told():
    built = at_night()
    built.says("door", battery=3)
    assert told(built.after(60).says("door", battery=90)) == []
    built.after(9 * 3600)
    assert ticks(built, 3) == []


def test_a_graver_alarm_does_not_wait():
    built = at_night()
    assert told(built.says("wc", leak=True)) == [("caretaker", "alarm.raised", "raised")]
    assert {c for c, _, _ in told(built.presses())} == {"hq", "caretaker"}


def test_the_end_of_a_task_told_by_day_waits_for_the_morning_in_the_outbox():
    built = school(TASKS)
    built.says("door", battery=3)
    built.after(12.5 * 3600)
    (dispatch,) = built.says("door", battery=90).dispatches
    assert dispatch.alert.type == "alarm.cleared"
    assert dispatch.due_at - built.now.wall == pytest.approx(8.5 * 3_600_000, abs=MINUTE)
    assert dispatch.made_at == built.now.wall


def test_several_tasks_of_the_night_are_one_message():
    built = at_night()
    for device in ("door", "light", "panic-hall"):
        built.says(device, battery=3)
    built.after(9 * 3600)
    decision = built.happens(Tick())
    (dispatch,) = decision.dispatches
    assert dispatch.alert.members == (1, 2, 3)
    assert "3 іс күтіп тұр" in dispatch.alert.text["kk"]
    assert "Ждут 3 дела" in dispatch.alert.text["ru"]
    assert {a.grouped_in for a in decision.alarms} == {"", dispatch.alert.event_id}


# Groups


def test_the_first_task_goes_out_at_once_and_others_like_it_in_one_more_message():
    built = school(lights=6)
    assert [c for c, _, _ in told(built.says("light-0", battery=3))] == ["caretaker"]
    for number in range(1, 6):
        assert told(built.after(1).says(f"light-{number}", battery=3)) == []
    lines = ticks(built, 70)
    assert lines == [("caretaker", "alarm.raised", "grouped")]
    assert all(not alarm.held for alarm in built.state.open_alarms())


def test_tasks_that_come_in_the_same_moment_are_two_messages_at_most():
    built = school(lights=6)
    for number in range(6):
        built.says(f"light-{number}", relay="on", lux=5)
    built.after(12 * 3600)  # closed
    lines = ticks(built, 80)
    assert len(lines) <= 2


def test_a_group_member_that_ends_tells_those_who_read_of_it():
    built = school(lights=3)
    for number in range(3):
        built.says(f"light-{number}", battery=3)
    ticks(built, 62)
    assert told(built.says("light-2", battery=90)) == [("caretaker", "alarm.cleared", "returned")]


def test_headquarters_systems_get_tasks_one_by_one():
    built = school(msgspec.structs.replace(EVERYTHING, headquarters="all"), lights=3)
    for number in range(3):
        built.says(f"light-{number}", battery=3)
    lines = ticks(built, 62)
    assert [channel for channel, _, _ in lines].count("hq") == 2
    assert [channel for channel, _, _ in lines].count("caretaker") == 1


def test_a_step_of_the_wall_clock_holds_no_group_back():
    built = school(lights=2)
    built.says("light-0", battery=3)
    built.says("light-1", battery=3)
    built.after(1, wall_jump=-3600)
    assert len(ticks(built, 62)) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 90)), max_size=30))
def test_every_task_that_lasts_is_told_exactly_once(changes):
    built = school(lights=6)
    raised: dict[int, int] = {}
    for light, low, wait in changes:
        built.after(wait).says(f"light-{light}", battery=3 if low else 90)
        for decision in (built.happens(Tick()),):
            _count(decision, raised)
    for _ in range(5):
        _count(built.after(61).happens(Tick()), raised)
    for alarm in built.state.open_alarms():
        assert not alarm.held
        assert alarm.told


def _count(decision, raised) -> None:
    for dispatch in decision.dispatches:
        if dispatch.alert.type == "alarm.raised":
            for number in dispatch.alert.members or (dispatch.alert.alarm_id,):
                raised[number] = raised.get(number, 0) + 1
                assert raised[number] == 1


def test_deciding_about_groups_changes_nothing_by_itself():
    built = school(lights=2)
    built.says("light-0", battery=3)
    before = built.state.open_alarms()
    decide(built.state, Tick(), built.now)
    assert built.state.open_alarms() == before
