"""Which field each signal becomes, and what stays in the hub. docs/databases.md says the same."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.alarms import acknowledged
from hub.domain.decision import Reading
from hub.domain.signals import EVENTS, KIND_SIGNALS, SIGNALS
from hub.forward.influx.points import Figures, alarm_line, field, hub_line, reading_line
from tests.domain.build import School, site

DOC = (Path(__file__).parents[3] / "docs" / "databases.md").read_text()


@pytest.mark.parametrize(
    ("signal", "value", "expected"),
    [
        ("contact", "open", True), ("contact", "closed", False), ("lock", "locked", True), ("lock", "unlocked", False),
        ("relay", "on", True), ("loop", "normal", 0.0), ("loop", "open", 1.0), ("loop", "short", 2.0),
        ("leak", True, True), ("press", True, True), ("lux", 5, 5.0), ("firmware", "1.2", None),
    ],
)  # fmt: skip
def test_a_signal_is_a_boolean_or_a_figure(signal, value, expected):
    given = field(signal, value)
    assert (given, type(given)) == (expected, type(expected))


@given(st.sampled_from(sorted({*SIGNALS, *EVENTS})), st.booleans() | st.integers(-9, 9) | st.floats() | st.text())
def test_whatever_the_store_holds_gives_a_field_or_none(signal, value):
    assert isinstance(field(signal, value), bool | float | None)


def test_every_signal_is_in_the_documentation():
    rows = "".join(row for row in DOC.splitlines() if row.startswith("| `"))
    assert set().union(*KIND_SIGNALS.values()) <= set(re.findall(r"`(\w+)`", rows))


def test_every_figure_of_the_hub_is_in_the_documentation():
    assert all(f"`{name}`" in DOC for name in Figures.__struct_fields__)


@pytest.mark.parametrize(
    ("device", "signal", "value", "retained"),
    [
        ("wc", "occupancy", True, False), ("wc", "contact", "open", False), ("light", "occupancy", True, False),
        ("light", "lux", 5.0, True), ("gone", "lux", 5.0, False), ("light", "firmware", "1.2", False),
    ],
)  # fmt: skip
def test_what_is_no_point(device, signal, value, retained):
    assert reading_line(site(), Reading(device, signal, 1, value, retained)) is None


def test_an_alarm_says_how_fast_help_was_and_nobody_s_name():
    school = School()
    [alarm] = school.presses().alarms
    later = school.after(4.5).now
    seen = acknowledged(alarm, later, by="Айгүл", through="hq", reason="Барамын")
    text = alarm_line(site(), seen, later.wall)
    assert text.startswith("alarm,device=panic-hall,priority=critical,site=school-1,type=panic,zone=hall ")
    assert "open=true,acknowledged=true,exercise=false,count=1.0,acknowledged_after=4.5" in text
    assert "Айгүл" not in text
    assert "Барамын" not in text


def test_the_hub_is_one_point():
    figures = Figures(True, True, False, 3, 2, 1, 0)
    assert hub_line(site(), figures, 7) == (
        "hub,site=school-1 alive=true,broker_connected=true,store_ok=true,clock_trusted=false,"
        "readings_behind=3.0,alerts_waiting=2.0,alarms_open=1.0,rejected=0.0 7"
    )
