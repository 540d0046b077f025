"""The text of a point: whatever stands in it, it is one line, and a database reads it as it was meant."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from influxdb_client import Point, WritePrecision

from hub.forward.influx.lines import line

WORDS = st.text(st.characters(exclude_characters="\\", exclude_categories=("C", "Z")) | st.just(" "), min_size=1)
FIELDS = st.booleans() | st.floats(allow_nan=False, allow_infinity=False)


@given(WORDS, WORDS, WORDS, FIELDS)
def test_it_is_what_influxdb_client_would_write(measurement, tag, value, field):
    ours = line(measurement, {"site": tag, "zone": "№1 мектеп, дәретхана=2"}, {value: field}, 1_795_496_400_000)
    point = Point(measurement).tag("site", tag).tag("zone", "№1 мектеп, дәретхана=2").field(value, field)
    theirs = point.time(1_795_496_400_000, WritePrecision.MS).to_line_protocol()
    head, tail = theirs[: theirs.rindex(" ")], theirs[theirs.rindex(" ") :]
    if isinstance(field, bool):
        assert ours == head + tail
    else:
        assert ours.rpartition(" ")[2] == tail.strip()
        assert ours.rpartition(" ")[0].rpartition("=")[0] == head.rpartition("=")[0]
        assert float(ours.rpartition(" ")[0].rpartition("=")[2]) == field


@given(st.text(), st.text(), st.booleans() | st.floats())
def test_nothing_in_it_breaks_the_line(measurement, tag, field):
    text = line(measurement, {"site": tag}, {"always": 1.0, "field": field}, 1)
    assert len(text.splitlines()) == 1
    assert "\\\\" not in text


def test_an_empty_tag_and_a_figure_that_is_none_are_left_out():
    assert line("hub", {"site": "s", "zone": ""}, {"a": math.nan, "b": True}, 5) == "hub,site=s b=true 5"
    with pytest.raises(ValueError, match="without a field"):
        line("hub", {}, {"a": math.inf}, 5)
