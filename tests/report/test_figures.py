"""Availability, times, tests and days from records: by table."""

import msgspec
import pytest

from hub.domain.alarms import Alarm, AlarmState
from hub.report.availability import DAY, availability, measured
from hub.report.build import build_report
from hub.report.figures import alarm_row, buttons, per_day, responses, spread, trials_since
from hub.report.model import Spread
from hub.report.records import Kept, Message, PressedTest, Records, Trouble, Work
from hub.report.spans import merged, share, total, within, without
from tests.domain.build import TUESDAY_10, site

HOUR = 3_600_000
NOW = TUESDAY_10
SITE = site(silent_after=HOUR)
EMPTY = Records(
    begun=NOW - 400 * DAY, head=None, alarms=(), messages=(), troubles=(), works=(), gaps=(), tests=(),
    first_seen=dict.fromkeys(SITE.devices, NOW - 400 * DAY), seen={}, known={},
)  # fmt: skip
replace = msgspec.structs.replace


def alarm(number: int, *, at: int = NOW - DAY, answered: int = 0, **fields) -> Kept:
    whole = {"device": "panic-hall", "zone": "hall", "kind": "panic", "type": "panic", "priority": "critical"} | fields
    made = Alarm(id=number, raised_at=at, acknowledged_at=at + answered if answered else 0, **whole)
    return Kept(made, at + 5)


def message(number: int, *, alarm: int = 1, settled="delivered", took: int = 100, channel="hq") -> Message:
    at = NOW - DAY
    ended = at + took if settled else None
    return Message(channel, f"school-1-e0-{alarm}-{number}", alarm, "raised", at, 1, at + 10, "", settled, ended)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [([], []), ([(1, 1)], []), ([(1, 3), (2, 5)], [(1, 5)]), ([(4, 5), (1, 4)], [(1, 5)]), ([(1, 2), (3, 4)],) * 2],
)  # fmt: skip
def test_spans_are_merged(spans, expected):
    assert merged(spans) == expected


def test_spans_are_cut_and_counted_once():
    assert within([(0, 10), (20, 30)], 5, 25) == [(5, 10), (20, 25)]
    assert without([(0, 10)], [(2, 3), (5, 20)]) == [(0, 2), (3, 5)]
    assert total([(0, 10), (5, 12)]) == 12


def test_only_all_of_it_is_a_hundred_percent():
    assert share(1, 1) == 1
    assert share(999_999, 1_000_000) == 0.9999
    assert share(0, 0) is None


@pytest.mark.parametrize(
    ("silent", "gaps", "expected"),
    [
        ([], [], (1, 0, 0)),
        ([(0, 25)], [], (0.75, 25, 0)),
        ([], [(0, 10)], (0.9, 0, 10)),
        ([(0, 20)], [(10, 30)], (0.7, 10, 20)),  # what nobody watched is not known to be silent
        ([(-50, 10)], [(90, 500)], (0.8, 10, 10)),
    ],
)
def test_what_is_silent_or_unwatched_is_not_available(silent, gaps, expected):
    found = measured(0, 100, silent, gaps)
    assert (found.share, found.silent, found.unwatched) == expected


def of(records, scope, id_):
    return next(row for row in availability(SITE, records, NOW) if (row.scope, row.id) == (scope, id_))


def test_silence_counts_from_the_last_sign_of_life():
    trouble = Trouble("panic-hall", "silent", NOW - 10 * HOUR, NOW - 4 * HOUR)
    row = of(replace(EMPTY, troubles=(trouble,)), "device", "panic-hall")
    assert row.days_30.silent == 7 * HOUR


def test_a_device_that_was_never_heard_has_no_availability():
    records = replace(EMPTY, first_seen={})
    assert of(records, "device", "door").days_30.share is None
    assert of(records, "zone", "hall").days_365.share is None


def test_a_new_device_counts_from_its_first_day_and_a_camera_by_its_own_alarm():
    records = replace(
        EMPTY,
        first_seen={"cam": NOW - 10 * DAY},
        troubles=(Trouble("cam", "camera_down", NOW - 2 * DAY, None), Trouble("cam", "silent", NOW - 9 * DAY, None)),
    )
    row = of(records, "device", "cam")
    assert (row.days_30.whole, row.days_30.silent, row.days_30.share) == (10 * DAY, 2 * DAY, 0.8)


def test_maintenance_is_time_that_nobody_watched():
    records = replace(
        EMPTY, works=(Work("zone:wc", NOW - 3 * DAY, NOW - 2 * DAY), Work("device:door", NOW - DAY, None))
    )
    assert of(records, "device", "wc").days_30.unwatched == DAY
    assert of(records, "device", "door").days_30.unwatched == DAY
    assert of(records, "device", "light").days_30.unwatched == 0


def test_the_hub_and_its_line_have_figures_of_their_own():
    records = replace(
        EMPTY, gaps=((NOW - 3 * DAY, NOW),), troubles=(Trouble("hub", "hq_line_lost", NOW - 9 * DAY, NOW - 6 * DAY),)
    )
    assert of(records, "hub", SITE.id).days_30.share == 0.9
    assert of(records, "hq_line", SITE.id).days_30.share == 0.8


@pytest.mark.parametrize(
    ("durations", "expected"),
    [([], Spread(0, None, None)), ([7], Spread(1, 7, 7)), ([4, 1, 3, 2], Spread(4, 2, 4)),
     (range(1, 101), Spread(100, 50, 95))],
)  # fmt: skip
def test_median_and_p95_are_times_that_occurred(durations, expected):
    assert spread(durations) == expected


def report(records):
    return build_report(SITE, records, NOW, 365)


def test_response_times_are_of_actual_alarms_alone():
    drill = alarm(4, answered=1, status="exercise")
    records = replace(EMPTY, alarms=(alarm(1, answered=1000), alarm(2, answered=3000), alarm(3), drill))
    critical = responses(report(records).alarms)[0]
    assert (critical.alarms, critical.unanswered, critical.response) == (3, 1, Spread(2, 1000, 3000))


def test_a_ladder_stands_in_the_order_of_time():
    records = replace(EMPTY, alarms=(alarm(1, answered=900),), messages=(message(1), message(2, channel="caretaker")))
    row = report(records).alarms[0]
    assert [(step.step, step.channel) for step in row.steps] == [
        ("received", ""), ("stored", ""), ("sent", "hq"), ("sent", "caretaker"), ("receipt", "hq"),
        ("acknowledged", ""),
    ]  # fmt: skip
    assert row.receipt_ms == 100


def test_what_waits_for_a_channel_is_not_delivered():
    records = replace(EMPTY, messages=(message(1), message(2, settled=None), message(3, settled="refused")))
    hq = report(records).deliveries[0]
    assert (hq.channel, hq.messages, hq.delivered, hq.refused, hq.waiting) == ("hq", 3, 1, 1, 1)


def test_tests_and_drills_count_and_a_button_without_is_overdue():
    records = replace(
        EMPTY,
        tests=(PressedTest("panic-hall", NOW - 40 * DAY),),
        alarms=(alarm(1, status="exercise", device="panic-zb"), alarm(2, reset_as="drill", device="panic-zb")),
    )
    assert [test.how for test in trials_since(records, 0)] == ["test_press", "exercise", "drill"]
    assert [(button.device, button.tests, button.overdue) for button in buttons(SITE, records, 0, NOW)] == [
        ("panic-hall", 1, True), ("panic-zb", 2, False),
    ]  # fmt: skip
    assert all(button.overdue for button in buttons(SITE, EMPTY, 0, NOW))


def test_days_are_those_of_the_school_and_quiet_ones_count():
    late = alarm(1, at=NOW - DAY - 11 * HOUR)  # 23:00 two days ago in Almaty
    days = per_day(SITE.hours, report(replace(EMPTY, alarms=(late,))).alarms, NOW - 3 * DAY, NOW)
    assert [(day.day, day.critical) for day in days] == [
        ("2026-11-21", 0), ("2026-11-22", 1), ("2026-11-23", 0), ("2026-11-24", 0),
    ]  # fmt: skip


def test_a_report_of_a_school_without_history_says_nothing_it_does_not_know():
    young = replace(EMPTY, begun=0, first_seen={})
    made = report(young)
    assert made.headline["available"] is None
    assert made.headline["response_median_ms"] is None
    assert made.since == NOW
    assert AlarmState.NORMAL not in {row.state for row in made.alarms}


@pytest.mark.parametrize(
    ("late", "answered", "expected"),
    [
        ((), 0, (None, None)),
        ((700,), 0, (700, None)),
        ((700, 300), 60_900, (300, 900)),
        ((700,), 59_000, (700, None)),  # the exercise was acknowledged, what it turned out to be was not
    ],
)
def test_what_an_exercise_was_proven_by_is_no_proof_of_what_was_made_real(late, answered, expected):
    real = NOW - DAY + 60_000
    kept = alarm(1, answered=answered, promoted_at=real)
    of_it = [replace(message(n, took=0), created_at=real, settled_at=real + took) for n, took in enumerate(late, 2)]
    row = alarm_row(kept, [message(1), *of_it], SITE)
    assert (row.receipt_ms, row.response_ms) == expected
    assert next(step.at for step in row.steps if step.step == "receipt") == NOW - DAY + 100, "the ladder has them all"
