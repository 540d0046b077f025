"""Occupancy by the quarter of an hour: right, late enough, and never more than that."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.decision import Reading
from hub.forward.influx.quarters import QUARTER_MS, Quarters
from tests.domain.build import TUESDAY_10 as TEN
from tests.domain.build import site

MINUTE = 60_000


def said(quarters: Quarters, minute: float, value: bool) -> list[tuple[int, bool]]:
    return told(quarters.take(Reading("wc", "occupancy", TEN + int(minute * MINUTE), value, False)))


def over(quarters: Quarters, minute: float) -> list[tuple[int, bool]]:
    return told(quarters.over(TEN + int(minute * MINUTE)))


def told(lines: list[str]) -> list[tuple[int, bool]]:
    """Minute at which each quarter began, and its value."""
    words = [line.split(" ") for line in lines]
    assert all(head == "restroom,device=wc,site=school-1,zone=wc" for head, _, _ in words)
    return [((int(at) - TEN) // MINUTE, field == "occupancy=true") for _, field, at in words]


def test_nothing_is_told_before_the_quarter_is_over():
    quarters = Quarters(site())
    assert said(quarters, 2, True) == []
    assert said(quarters, 4, False) == []
    assert over(quarters, 15) == []  # readings may still be on their way
    assert over(quarters, 16) == [(0, True)]
    assert over(quarters, 30) == []


def test_who_stays_is_there_in_the_next_quarters_too():
    quarters = Quarters(site())
    said(quarters, 14, True)
    assert said(quarters, 31, False) == [(0, True), (15, True)]
    assert over(quarters, 46) == [(30, True)]


def test_an_empty_room_is_told_only_when_something_said_so():
    quarters = Quarters(site())
    said(quarters, 1, False)
    assert over(quarters, 16) == [(0, False)]
    assert over(quarters, 61) == []


def test_a_sensor_that_died_does_not_hold_the_room_occupied():
    quarters = Quarters(site())
    said(quarters, 1, True)
    assert over(quarters, 600) == [(0, True), (15, True), (30, True), (45, True), (60, True)]


def test_what_comes_late_may_make_a_quarter_true_but_never_false():
    quarters = Quarters(site())
    said(quarters, 16, False)
    assert said(quarters, 14, False) == []
    assert said(quarters, 14, True) == [(0, True)]


def test_a_clock_that_was_a_day_ahead_does_not_silence_the_room():
    quarters = Quarters(site())
    said(quarters, 1440, True)
    said(quarters, 1, False)
    assert over(quarters, 16) == [(0, False)]


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=40))
def test_a_quarter_is_true_exactly_if_somebody_was_seen_in_it_or_had_not_left(steps):
    quarters, steps = Quarters(site()), sorted(steps, key=lambda step: step[0])
    points = [point for minute, value in steps for point in said(quarters, minute, value)]
    points += over(quarters, 1000)
    assert len(points) == len({at for at, _ in points})
    seen = {minute // 15 * 15 for minute, value in steps if value}
    assert seen <= {at for at, value in points if value}
    assert {at for at, value in points if not value} <= {minute // 15 * 15 for minute, _ in steps}
    assert all(at * MINUTE % QUARTER_MS == 0 for at, _ in points)
