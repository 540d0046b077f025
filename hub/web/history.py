"""A device's past, read in short steps from the newest reading back, and drawn as charts."""

import contextlib
import sqlite3
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from hub.config.model import Config
from hub.domain.signals import EVENTS, SIGNALS
from hub.domain.site import Hours, Language
from hub.forward.influx.points import is_coarse
from hub.forward.influx.quarters import QUARTER_MS
from hub.store import queries
from hub.store.database import open_reader
from hub.web.charts import Band, Curve, band, curve
from hub.web.marks import Mark, marks
from hub.web.view import DeviceView

HOUR: Final = 3_600_000
PERIODS: Final[Mapping[str, int]] = MappingProxyType({"day": 24 * HOUR, "week": 168 * HOUR, "month": 720 * HOUR})
"""What a history can show, in ms of school time."""

STEP_ROWS: Final = 20_000
BUDGET_SECONDS: Final = 1.0
"""Reading back stops after this; the chart then begins later than its period, and says so."""

_UNCHARTED: Final = frozenset({"firmware", "tamper", "battery_low", "reachable"}) | EVENTS
_ORDER: Final = tuple(SIGNALS)
Series = Mapping[str, list[tuple[int, float | str]]]


class History(msgspec.Struct, frozen=True):
    """`start` and `end` of the charts (UTC, ms); `known_from` is later than `start` where older readings were not
    kept, or reading them would have taken too long. `marks` are the hours or days below the charts."""

    start: int
    end: int
    known_from: int
    curves: Mapping[str, Curve]
    bands: Mapping[str, Band]
    marks: tuple[Mark, ...] = ()


def history(config: Config, shown: DeviceView, period: str, now: int, language: Language) -> History:
    """The charts of a device over the last `period`; empty where the store can't be read."""
    start = now - span(config.site.hours, period)
    try:
        with contextlib.closing(open_reader(config.store.path)) as db:
            series, known_from = read_back(db, shown.device.id, start)
    except sqlite3.Error:
        series, known_from = {}, now
    curves, bands = {}, {}
    for signal in sorted(series, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER)):
        if signal in _UNCHARTED or signal not in SIGNALS:
            continue
        if SIGNALS[signal].form == "figure":
            curves[signal] = curve(series[signal], start, now, shown.device.silent_after)
        else:
            # When somebody came and went is told as coarsely on the page as it is to databases.
            step = QUARTER_MS // config.site.hours.speed if is_coarse(shown.device, signal) else 1
            bands[signal] = band(series[signal], start, now, step)
    shown_marks = marks(config.site.hours, start, now, period, language)
    return History(start, now, max(start, known_from), curves, bands, shown_marks)


def span(hours: Hours, period: str) -> int:
    """A period of school time in ms of the hub's clock: the same, but in the demonstration, where school time flies."""
    return PERIODS[period] // hours.speed


def read_back(db: sqlite3.Connection, device: str, start: int) -> tuple[Series, int]:
    """What the device said since `start`, by signal, and from when on that is complete. Each step is a read of its
    own, so that the writer's log can shrink between them."""
    first, last = queries.first_and_last_reading(db)
    steps: deque[list[tuple[str, int, int | float | str]]] = deque()
    upto, until, reached = last, time.monotonic() + BUDGET_SECONDS, start
    while upto >= first > 0:
        after = max(first - 1, upto - STEP_ROWS)
        steps.appendleft(queries.readings_between(db, device, after, upto))
        reached = queries.time_of_reading(db, after + 1)
        if reached < start or time.monotonic() > until:
            break
        upto = after
    series: defaultdict[str, list[tuple[int, float | str]]] = defaultdict(list)
    for step in steps:
        for signal, at, value in step:
            series[signal].append((at, value))
    return series, max(start, reached)
