"""Headquarters' budget: no school takes more than its share of a duty officer, and nothing waits with a panic."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.commands import Acknowledge, Reset, Shelve
from hub.domain.events import Attempted, Tick
from hub.domain.site import Device, Route
from tests.domain.build import LONG, School

WINDOW = 600
AT_MOST = 3
LEAKS = 12


def school(at_most: int = AT_MOST, *, escalates: bool = False) -> School:
    """A school that tells headquarters of everything, with many restrooms."""
    built = School()
    site = built.state.site
    rooms = {
        f"wc-{n}": Device(id=f"wc-{n}", kind="restroom", zone="wc", silent_after=LONG, air_after=1)
        for n in range(LEAKS)
    }
    after = ((30_000, ("hq",)),) if escalates else ()
    route = Route(frozenset({"critical", "high", "medium"}), ("hq", "caretaker"), after, headquarters="all")
    limits = msgspec.structs.replace(site.limits, headquarters_at_most=at_most)
    built.state.site = msgspec.structs.replace(site, routes=(route,), limits=limits, devices={**site.devices, **rooms})
    return built


def to_hq(decision) -> list[tuple[str, tuple[int, ...], str]]:
    """What headquarters is told: type, alarms, reason."""
    return [
        (d.alert.type, d.alert.members or (d.alert.alarm_id,), d.reason)
        for d in decision.dispatches
        if d.channel == "hq"
    ]


def leaks(built: School, *numbers: int) -> list[tuple[str, tuple[int, ...], str]]:
    return [told for number in numbers for told in to_hq(built.says(f"wc-{number}", leak=True))]


def test_what_is_beyond_the_budget_is_one_alert_when_there_is_room_again():
    built = school()
    assert leaks(built, 0, 1, 2) == [("alarm.raised", (n,), "raised") for n in (1, 2, 3)]
    assert leaks(built.after(100), 3, 4, 5) == []
    assert [alarm.owed for alarm in built.state.open_alarms()] == [("hq",)] * 3 + [()] * 3
    assert to_hq(built.after(100).happens(Tick())) == []
    assert to_hq(built.after(WINDOW - 200).happens(Tick())) == [("alarm.raised", (4, 5, 6), "over_budget")]
    assert to_hq(built.after(1).happens(Tick())) == []
    assert not any(alarm.owed for alarm in built.state.open_alarms())


def test_others_are_told_of_it_at_once():
    built = school()
    leaks(built, 0, 1, 2)
    assert [d.channel for d in built.says("wc-3", leak=True).dispatches] == ["caretaker"]


@pytest.mark.parametrize("press", [("panic-hall", 7, 1, "press"), ("wc", None, None, "help")])
def test_panic_and_help_are_never_held_back_and_take_nothing_of_it(press):
    built = school()
    leaks(built, 0, 1, 2, 3)
    assert to_hq(built.presses(*press)) == [("alarm.raised", (5,), "raised")]
    assert to_hq(built.after(WINDOW).happens(Tick())) == [("alarm.raised", (4,), "over_budget")]


def test_whoever_headquarters_was_told_of_is_told_how_it_goes_on():
    built = school()
    leaks(built, 0, 1, 2, 3)
    assert to_hq(built.happens(Acknowledge(1, "A", "page"))) == [("alarm.updated", (1,), "acknowledged")]
    assert to_hq(built.says("wc-0", leak=False)) == [("alarm.cleared", (1,), "returned")]


def test_of_an_owed_alarm_headquarters_reads_nothing_until_it_is_told_and_then_its_end():
    built = school()
    leaks(built, 0, 1, 2, 3, 4)
    assert to_hq(built.happens(Acknowledge(4, "A", "page"))) == []
    assert to_hq(built.after(WINDOW).happens(Tick())) == [("alarm.raised", (4, 5), "over_budget")]
    assert to_hq(built.says("wc-4", leak=False)) == [("alarm.updated", (5,), "returned")]
    assert to_hq(built.says("wc-3", leak=False)) == [("alarm.cleared", (4,), "returned")]


def test_headquarters_acknowledgement_of_that_alert_is_for_all_of_its_alarms():
    built = school()
    leaks(built, 0, 1, 2, 3, 4)
    (dispatch,) = [d for d in built.after(WINDOW).happens(Tick()).dispatches if d.channel == "hq"]
    built.happens(Acknowledge(4, "Dulat", "hq", event=dispatch.alert.event_id))
    by = {alarm.id: alarm.acknowledged_by for alarm in built.state.open_alarms()}
    assert by == {1: "", 2: "", 3: "", 4: "Dulat", 5: "Dulat"}


def received(built: School, dispatch) -> None:
    """Headquarters' receipt of the message."""
    event, at = dispatch.alert.event_id, built.now.wall
    built.happens(Attempted("hq", event, "delivered", "", 1, at, settled="delivered", due_at=0, line_ok=True))


def test_headquarters_receipt_of_that_alert_is_for_all_of_its_alarms():
    built = school()
    leaks(built, 0, 1, 2, 3, 4, 5)
    (together,) = [d for d in built.after(WINDOW).happens(Tick()).dispatches if d.channel == "hq"]
    (own,) = [d for d in built.says("wc-5", leak=False).dispatches if d.channel == "hq"]
    built.happens(Acknowledge(5, "A", "page"))
    built.says("wc-4", leak=False)
    received(built.after(1), together)
    at = built.now.wall
    assert {alarm.id: alarm.hq_receipt_at for alarm in built.state.open_alarms()} == {1: 0, 2: 0, 3: 0, 4: at, 6: 0}
    received(built.after(1), own)
    assert built.state.find_alarm(6).hq_receipt_at == built.now.wall


def test_one_that_has_ended_by_then_is_not_told():
    built = school()
    leaks(built, 0, 1, 2, 3)
    built.happens(Acknowledge(4, "A", "page"))
    built.says("wc-3", leak=False)
    assert to_hq(built.after(WINDOW).happens(Tick())) == []


def test_one_that_is_put_aside_waits_for_its_return():
    built = school()
    leaks(built, 0, 1, 2, 3)
    built.happens(Shelve(4, built.now.wall + 2 * WINDOW * 1000, "A", "the plumber comes"))
    assert to_hq(built.after(WINDOW).happens(Tick())) == []
    assert to_hq(built.after(WINDOW).happens(Tick())) == [("alarm.raised", (4,), "unshelved")]


def test_the_most_urgent_leads_the_alert():
    built = school()
    leaks(built, 0, 1, 2)
    built.says("door", battery=3)
    leaks(built, 3)
    (dispatch,) = [d for d in built.after(WINDOW).happens(Tick()).dispatches if d.channel == "hq"]
    assert (dispatch.alert.priority, dispatch.alert.members) == ("high", (5, 4))


def test_one_whose_cause_is_gone_does_not_lead_it():
    built = school()
    leaks(built, 0, 1, 2, 3, 4, 5)
    built.says("wc-3", leak=False)
    built.after(60).happens(Tick())
    assert built.state.find_alarm(4).is_over
    (dispatch, *_) = [d for d in built.after(WINDOW).happens(Tick()).dispatches if d.channel == "hq"]
    assert (dispatch.alert.alarm_id, dispatch.alert.members) == (5, (5, 6, 4))
    assert dispatch.alert.text["ru"].startswith("Школа №1. 3 тревоги. • ")


def test_an_escalation_to_headquarters_is_held_back_as_well():
    built = school(escalates=True)
    route = Route(frozenset({"high"}), ("caretaker",), ((30_000, ("hq",)),), headquarters="all")
    built.state.site = msgspec.structs.replace(built.state.site, routes=(route,))
    leaks(built, 0, 1, 2, 3, 4)
    assert len(to_hq(built.after(31).happens(Tick()))) == AT_MOST
    assert to_hq(built.after(WINDOW).happens(Tick())) == [("alarm.raised", (4, 5), "over_budget")]


def test_a_channel_that_left_the_configuration_is_told_no_more():
    built = school()
    leaks(built, 0)
    site = built.state.site
    built.state.site = msgspec.structs.replace(site, channels=("caretaker",), hq_channels=frozenset())
    assert to_hq(built.happens(Acknowledge(1, "A", "page"))) == []


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["leak", "dry", "press", "reset", "wait", "acknowledge", "battery"]),
        st.integers(0, LEAKS - 1),
        st.integers(0, 250),
    ),
    max_size=60,
)


@example(events=[("leak", 0, 0), ("leak", 0, 96), ("leak", 0, 250), ("leak", 1, 250)], at_most=1)
@given(EVENTS, st.integers(1, 4))
def test_no_ten_minutes_bring_more_than_the_budget_and_every_alarm_that_lasts_is_told_once(events, at_most):
    built = school(at_most)
    paid: list[int] = []
    raised: dict[int, int] = {}
    for what, number, wait in events:
        _account(built, _done(built.after(wait), what, number), paid, raised)
        _account(built, built.after(1).happens(Tick()), paid, raised)
    for _ in range(3 * LEAKS):
        _account(built, built.after(WINDOW).happens(Tick()), paid, raised)
    for index, at in enumerate(paid[at_most:]):
        assert at - paid[index] >= WINDOW * 1000
    for alarm in built.state.open_alarms():
        assert not alarm.owed
        assert raised[alarm.id] == 1


def _done(built: School, what: str, number: int):
    if what == "press":
        return built.presses(seq=built.now.mono)
    if what == "battery":
        return built.says(f"wc-{number}", battery=3)
    if what in ("reset", "acknowledge"):
        numbers = [alarm.id for alarm in built.state.open_alarms()]
        target = numbers[number % len(numbers)] if numbers else 0
        return built.happens(Reset(target, "A", "real") if what == "reset" else Acknowledge(target, "A", "page"))
    return built.says(f"wc-{number}", leak=what == "leak")


def _account(built: School, decision, paid: list[int], raised: dict[int, int]) -> None:
    pressed = {alarm.id for alarm in decision.alarms if alarm.type == "panic" and alarm.count == 1 and alarm.open}
    alerts = {d.alert.event_id: d.alert for d in decision.dispatches if d.channel == "hq"}.values()
    for alert in alerts:
        if alert.type == "alarm.raised":
            for number in alert.members or (alert.alarm_id,):
                raised[number] = raised.get(number, 0) + 1
            if alert.priority != "critical":
                paid.append(built.now.mono)
    fresh = {alarm.id for alarm in decision.alarms if alarm.changes == 1 and alarm.type == "panic"}
    assert fresh & pressed <= {alert.alarm_id for alert in alerts}
