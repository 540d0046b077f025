"""The open report tells no small count, no room, no person, and nothing that is still broken."""

import msgspec
import pytest

from hub.domain.site import Device
from hub.report.availability import DAY
from hub.report.open import last_midnight, open_report
from hub.report.records import Trouble
from tests.report.test_figures import EMPTY, HOUR, NOW, SITE, alarm, message

replace = msgspec.structs.replace
LAMPS = {f"lamp-{n}": Device(id=f"lamp-{n}", kind="lighting", zone="hall", silent_after=HOUR) for n in range(6)}
BIG = replace(SITE, devices={**SITE.devices, **LAMPS})
SEEN = dict.fromkeys(BIG.devices, NOW - 400 * DAY)
RECORDS = replace(EMPTY, first_seen=SEEN)
MIDNIGHT = NOW - 10 * HOUR


def told(records=RECORDS):
    return open_report(BIG, records, NOW)


def kind(report, name):
    return next(kind for kind in report.kinds if kind.kind == name)


def test_it_stands_as_of_the_last_midnight_of_the_school():
    assert last_midnight("Asia/Almaty", NOW) == MIDNIGHT
    assert told().as_of == "2026-11-24"


def test_few_devices_are_not_told():
    report = told()
    assert kind(report, "panic").devices is None
    assert kind(report, "panic").available_365 is None
    assert (kind(report, "lighting").devices, kind(report, "lighting").available_365) == (7, 1.0)


@pytest.mark.parametrize(("count", "said"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_few_alarms_are_not_told(count, said):
    alarms = tuple(alarm(n, answered=60_000, cleared_at=NOW - DAY + HOUR) for n in range(1, count + 1))
    critical = told(replace(RECORDS, alarms=alarms)).alarms[0]
    assert critical.alarms == said
    assert critical.response_median_s == (60 if count >= 5 else None)


def test_a_few_unanswered_alarms_do_not_show_in_a_share():
    alarms = tuple(alarm(n, answered=60_000 if n < 7 else 0, cleared_at=NOW - DAY + HOUR) for n in range(1, 9))
    assert told(replace(RECORDS, alarms=alarms)).alarms[0].answered is None


def test_what_is_broken_now_is_seen_in_no_figure():
    lost = (Trouble("lamp-1", "silent", NOW - 20 * DAY, None), Trouble("hub", "hq_line_lost", NOW - 2 * DAY, None))
    open_alarms = tuple(alarm(n, priority="medium", type="dark") for n in range(1, 7))
    waiting = tuple(message(n, settled=None) for n in range(9))
    assert told(replace(RECORDS, troubles=lost, alarms=open_alarms, messages=waiting)) == told()


def test_what_was_repaired_after_midnight_is_told_tomorrow():
    trouble = Trouble("lamp-1", "silent", NOW - 20 * DAY, NOW - HOUR)
    assert told(replace(RECORDS, troubles=(trouble,))) == told()
    assert told(replace(RECORDS, troubles=(replace(trouble, end=MIDNIGHT - 1),))).available_30 < 1


def test_nothing_of_persons_rooms_or_single_devices_is_in_it():
    alarms = tuple(alarm(n, answered=60_000, cleared_at=NOW, acknowledged_by="Aigul") for n in range(1, 9))
    text = msgspec.json.encode(told(replace(RECORDS, alarms=alarms))).decode()
    for word in ("Aigul", "hall", "wc", "lamp-", "panic-hall", "Вестибюль"):
        assert word not in text
