"""Opening hours are the school's own, holidays included."""

from datetime import UTC, date, datetime

import pytest

from hub.domain.schedule import is_open, school_time
from hub.domain.site import Hours

HOURS = Hours("Asia/Almaty", frozenset({0, 1, 2, 3, 4, 5}), 450, 1140, frozenset({date(2026, 12, 16)}))


def at(text: str) -> int:
    """UTC ms of a local time in Almaty, which is UTC+5 all year since 2024."""
    return int(datetime.fromisoformat(text + "+05:00").astimezone(UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-24T07:29", False),
        ("2026-11-24T07:30", True),
        ("2026-11-24T18:59", True),
        ("2026-11-24T19:00", False),
        ("2026-11-29T10:00", False),  # Sunday
        ("2026-12-16T10:00", False),  # Independence Day
        ("2026-12-17T10:00", True),
    ],
)
def test_the_school_is_open_when_it_says(local, expected):
    assert is_open(HOURS, at(local)) is expected


def test_a_demonstration_day_passes_faster_than_life():
    hours = Hours("Asia/Almaty", frozenset(range(7)), 450, 1140, speed=60, anchor=at("2026-11-24T07:00"))
    assert school_time(hours, at("2026-11-24T07:01")).strftime("%H:%M") == "08:00"
