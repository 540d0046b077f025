"""The daily probe: from the hub's own topic to headquarters' receipt, or an alarm that says where it got lost."""

import msgspec
import pytest

from hub.domain.commands import RunProbe
from hub.domain.events import Attempted, LineChecked, Tick
from hub.domain.probe import AGAIN_MS, EVERY_MS, FIRST_MS, PATIENCE_MS
from hub.domain.reports import Press, Report
from hub.domain.site import HUB
from tests.domain.build import School


def ready() -> School:
    school = School()
    school.state.supervised = frozenset({"hq"})
    school.state.site = msgspec.structs.replace(school.state.site, proving=frozenset({"hq"}))
    return school


def ticks(school: School, seconds: int, step: int = 1):
    """The first decision with a probe within so many seconds, during which the line keeps its proofs."""
    for _ in range(0, seconds, step):
        school.after(step)
        school.happens(LineChecked("hq", "delivered", "", school.now.wall, True))
        decision = school.happens(Tick())
        if decision.probes:
            return decision
    return None


def heard(school: School, number: int = 1, *, retained: bool = False):
    return school.happens(Report(HUB.id, presses=(Press("test_press", seq=number),), retained=retained))


def receipt(school: School, event: str, settled: str = "delivered", channel: str = "hq"):
    return school.happens(Attempted(channel, event, settled, "", 1, school.now.wall, settled, 0, True))


def test_the_probe_comes_each_day_and_some_minutes_after_a_start():
    school = ready()
    assert ticks(school, FIRST_MS // 1000 - 1) is None
    assert ticks(school, 2) is not None
    (dispatch,) = school.after(1).happens(Report(HUB.id, presses=(Press("test_press", seq=1),))).dispatches
    assert (dispatch.channel, dispatch.alert.type, dispatch.alert.status) == ("hq", "test", "test")
    (probe,) = (
        school.after(0.5)
        .happens(Attempted("hq", dispatch.alert.event_id, "delivered", "", 1, 0, "delivered", 0, True))
        .probes
    )
    assert (probe.heard, probe.latency, probe.failed) == (1000, 1500, "")
    assert ticks(school, EVERY_MS // 1000 - 100, 50) is None
    assert ticks(school, 200) is not None
    assert school.state.find_alarm(1) is None


def test_a_probe_that_does_not_come_back_is_told_to_have_failed_at_the_broker():
    school = ready()
    school.happens(RunProbe("Айгүл"))
    decision = ticks(school, PATIENCE_MS // 1000 + 2)
    assert decision.probes[0].failed == "broker"
    assert [entry.kind for entry in decision.journal if entry.kind == "probe"] == ["probe"]
    school.after(1).happens(Tick())
    assert school.open() == ["probe_failed"]
    (alarm,) = school.state.open_alarms()
    assert alarm.figure == "broker"


def test_a_probe_without_a_receipt_names_the_line_and_a_better_one_ends_the_alarm():
    school = ready()
    school.happens(RunProbe("A"))
    heard(school)
    assert ticks(school, PATIENCE_MS // 1000 + 2).probes[0].failed == "hq"
    school.after(1).happens(Tick())
    assert school.open() == ["probe_failed"]
    assert ticks(school, AGAIN_MS // 1000 + 2, 10) is not None
    (dispatch,) = heard(school, 2).dispatches
    receipt(school, dispatch.alert.event_id)
    school.after(1).happens(Tick())
    assert school.state.find_alarm(1).state == "returned_unacknowledged"


@pytest.mark.parametrize("wrong", [{"number": 2}, {"retained": True}])
def test_what_is_not_the_running_probe_means_nothing(wrong):
    school = ready()
    school.happens(RunProbe("A"))
    assert heard(school, **{"number": 1, **wrong}).dispatches == ()
    assert heard(school).dispatches
    assert heard(school).dispatches == ()


def test_only_a_proven_receipt_of_headquarters_counts():
    school = ready()
    school.happens(RunProbe("A"))
    (dispatch,) = heard(school).dispatches
    event = dispatch.alert.event_id
    assert receipt(school, event, "accepted").probes == ()
    assert receipt(school, "other").probes == ()
    assert receipt(school, event, channel="phone").probes == ()
    assert receipt(school, event).probes[0].ended_at


def test_a_line_that_can_prove_nothing_is_not_waited_for():
    school = ready()
    lines = {"channels": ("hq", "plain"), "hq_channels": frozenset({"hq", "plain"})}
    school.state.site = msgspec.structs.replace(school.state.site, **lines)
    assert school.happens(RunProbe("A")).probes[0].awaited == ("hq",)
    (dispatch,) = heard(school).dispatches
    assert receipt(school, dispatch.alert.event_id).probes[0].latency is not None


@pytest.mark.parametrize(("trusted", "clock"), [(True, "trusted"), (False, "untrusted")])
def test_the_probe_says_first_that_it_is_a_test_and_how_the_clock_is(trusted, clock):
    school = ready()
    school.now = msgspec.structs.replace(school.now, trusted=trusted)
    school.happens(RunProbe("A"))
    (dispatch,) = heard(school).dispatches
    assert dispatch.alert.clock == clock
    assert dispatch.alert.text["ru"].startswith("ПРОВЕРКА. Школа №1. Так ")


def test_one_probe_at_a_time_and_none_without_headquarters():
    assert School().happens(RunProbe("A")).answer == "no_headquarters"
    school = ready()
    assert school.happens(RunProbe("A")).answer == "started"
    assert school.happens(RunProbe("A")).answer == "running"


def test_a_probe_says_in_three_languages_that_it_is_a_test():
    school = ready()
    school.happens(RunProbe("A"))
    text = heard(school).dispatches[0].alert.text
    assert all(mark in text[code] for code, mark in (("kk", "ТЕКСЕРУ"), ("ru", "ПРОВЕРКА"), ("en", "TEST")))
