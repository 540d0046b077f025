"""The hours and days below a chart, as a caretaker reads them. Pure."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from hub.domain.schedule import school_time
from hub.domain.site import Hours, Language

_WEEKDAYS: Final = {
    "kk": ("дс", "сс", "ср", "бс", "жм", "сб", "жс"),
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_HOURS_APART: Final = 6
_EDGE: Final = 4.0
"""Percent of the width: a word nearer to the edge would be cut off."""


class Mark(msgspec.Struct, frozen=True):
    """`at` is percent of the chart's width from the left."""

    at: float
    text: str


def marks(hours: Hours, start: int, end: int, period: str, language: Language) -> tuple[Mark, ...]:
    """For a day each sixth hour (midnight as its date), for a week each midnight (its weekday), for a month each
    Monday (its date). `start` and `end` are UTC in ms."""
    first, last = school_time(hours, start), school_time(hours, end)
    whole = (last - first).total_seconds()
    found = []
    for moment in _moments(first, last, period):
        at = round(100 * (moment - first).total_seconds() / whole, 2)
        if _EDGE <= at <= 100 - _EDGE:
            found.append(Mark(at, _text(moment, period, language)))
    return tuple(found)


def _moments(first: datetime, last: datetime, period: str) -> list[datetime]:
    step = timedelta(hours=_HOURS_APART) if period == "day" else timedelta(days=1)
    moment = first.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while moment < last:
        if moment > first and (period != "month" or moment.weekday() == 0):
            found.append(moment)
        moment += step
    return found


def _text(moment: datetime, period: str, language: Language) -> str:
    if period == "week":
        return _WEEKDAYS[language][moment.weekday()]
    if period == "day" and moment.hour:
        return moment.strftime("%H:%M")
    return moment.strftime("%d/%m" if language == "en" else "%d.%m")
