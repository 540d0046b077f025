"""The sun over southern Kazakhstan (43° N): light outside by date and time, good enough to switch lamps by."""

import math
from datetime import date
from random import Random
from typing import Final

from hub.sim.spans import minutes

FULL_SUN: Final = 40_000
"""lx on a vertical north wall's sensor at noon of a clear day; the open field has three times that."""

NOON: Final = minutes("12:16")
"""Minute of the day when the sun is highest at 71° E, at UTC+5."""

_MEAN_LENGTH, _SEASON = 730, 190  # minutes of daylight: the mean, and what midsummer adds to it


def daylight(day: date, minute: float, seed: int) -> float:
    """lx outside at `minute` of `day`, 0 from sunset to sunrise. It rises until noon and falls after it: the day's
    clouds are drawn once, so that lamps are switched twice a day and not all the time."""
    length = _MEAN_LENGTH + _SEASON * math.sin(2 * math.pi * (day.timetuple().tm_yday - 80) / 365)
    height = math.cos(math.pi * (minute - NOON) / length) if abs(minute - NOON) < length / 2 else 0.0
    clouds = Random(f"{seed}/{day}/clouds").uniform(0.45, 1.0)
    return FULL_SUN * clouds * math.pow(height, 1.3)
