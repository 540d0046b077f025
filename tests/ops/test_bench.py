"""What `hub bench` says; what it measures is read by people, on a machine of their choice."""

import json
import math

from hub.ops.bench.browser import first_picture
from hub.ops.bench.figures import Figure, as_json, not_measured, table


def test_a_goal_of_a_ratio_is_about_the_ratio_and_any_other_about_the_value():
    assert Figure("a", 30, "ms", 3, "at most", floor=10).met is True
    assert Figure("a", 31, "ms", 3, "at most", floor=10).met is False
    assert Figure("a", 60, "KB", 60, "at most").met is True
    assert Figure("a", 0.6, "msg/s", 0.7, "at least", floor=1).met is False


def test_what_was_not_measured_says_why_and_is_neither_met_nor_missed():
    line = not_measured("first picture", "s", 2, "Chromium is missing")
    assert "| not measured: Chromium is missing |  | ≤ 2 s |  |" in table([line])
    assert math.isnan(line.value)
    (row,) = json.loads(as_json([line]))["figures"]
    assert (row["value"], row["met"], row["missing"]) == (None, None, "Chromium is missing")


def test_without_a_browser_the_line_names_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert first_picture(rig=None).missing == "Chromium is missing (apt-get install chromium)"
