"""Whether a battery runs out, judged by its trend: percentages of cheap sensors stay high until the last week."""

from collections.abc import Iterable
from typing import Final

from hub.domain.decision import Reading
from hub.domain.now import Now
from hub.domain.state import DeviceState, Trend, Trends

KEPT_DAYS: Final = 30
_LEAST_DAYS: Final = 7
_LEAST_SAMPLES: Final = 5
_AHEAD_DAYS: Final = 14
"""Time for a caretaker to get a battery."""
_EMPTY_PERCENT: Final = 5.0
_EMPTY_SHARE: Final = 0.8
"""Of the highest voltage seen: a CR2032 or an alkaline pair of 3.0 V is at its end at 2.4 V."""

TELLING: Final = frozenset({"battery", "voltage"})
"""Signals that tell how full a battery is."""


def is_running_out(state: DeviceState, now: Now) -> bool:
    """Whether the line through the last days' values reaches the battery's end within two weeks."""
    today = day_of(now)
    percent = _recent(state.trends.get("battery", ()), today)
    volts = _recent(state.trends.get("voltage", ()), today)
    highest = max((value for _, value in volts), default=0.0)
    return _reaches(percent, _EMPTY_PERCENT, today) or _reaches(volts, highest * _EMPTY_SHARE, today)


def trends_after(trends: Trends, readings: Iterable[Reading], now: Now) -> Trends:
    """The trends with today's first value of each signal that tells of the battery; the same object where none is
    new. Values of before KEPT_DAYS are let go."""
    today = day_of(now)
    after = dict(trends)
    for reading in readings:
        trend = after.get(reading.signal, ())
        if reading.signal in TELLING and not reading.retained and not (trend and trend[-1][0] >= today):
            kept = tuple(sample for sample in trend if sample[0] > today - KEPT_DAYS)
            after[reading.signal] = (*kept, (today, float(reading.value)))
    return trends if after == trends else after


def day_of(now: Now) -> int:
    """The day's number since 1970, in UTC."""
    return now.wall // 86_400_000


def _recent(trend: Trend, today: int) -> Trend:
    return tuple((day, value) for day, value in trend if today - KEPT_DAYS < day <= today)


def days_left(trend: Trend, today: int) -> int | None:
    """In how many days a battery's percentage will have fallen to its end, by the line through the last days' values;
    None where there are too few of them, or where it does not fall."""
    line = _line(_recent(trend, today))
    if line is None or line[0] >= 0:
        return None
    slope, value_today = line[0], line[1] + line[0] * today
    return max(0, int((_EMPTY_PERCENT - value_today) / slope))


def _reaches(trend: Trend, end: float, today: int) -> bool:
    line = _line(trend)
    return line is not None and line[0] < 0 and line[1] + line[0] * (today + _AHEAD_DAYS) <= end


def _line(trend: Trend) -> tuple[float, float] | None:
    """The slope a day of the line through the values, and where it stands at day 0."""
    if len(trend) < _LEAST_SAMPLES or trend[-1][0] - trend[0][0] < _LEAST_DAYS:
        return None
    middle_day = sum(day for day, _ in trend) / len(trend)
    middle = sum(value for _, value in trend) / len(trend)
    spread = sum((day - middle_day) ** 2 for day, _ in trend)
    slope = sum((day - middle_day) * (value - middle) for day, value in trend) / spread
    return slope, middle - slope * middle_day
