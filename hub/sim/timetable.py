"""What happens on one school day, drawn once from date and seed: lessons, doors, restrooms, and what goes wrong."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Final

import msgspec

from hub.sim.inventory import FITTINGS, Fitting
from hub.sim.spans import Span, bursts, minutes, span

OPENS: Final = minutes("07:30")
CLOSES: Final = minutes("19:00")
LAMPS: Final = span("07:20", "19:04")
"""When the lamps of a working day are on: a little longer than the school is open."""

LESSONS: Final = (
    span("08:00", "08:45"), span("08:55", "09:40"), span("10:00", "10:45"), span("10:55", "11:40"),
    span("11:50", "12:35"), span("13:15", "14:00"), span("14:10", "14:55"), span("15:15", "16:00"),
    span("16:10", "16:55"), span("17:05", "17:50"),
)  # fmt: skip
"""Two shifts of five lessons."""

BREAKS: Final = tuple((one[1], following[0]) for one, following in pairwise(LESSONS))
ARRIVAL: Final = span("07:33", "07:58")
LEAVING: Final = span("17:51", "18:05")
LOCKING_UP: Final = span("18:53", "18:55")
CLEANING: Final = span("18:06", "18:50")
_CLEANING_MINUTES = 7


class Faults(msgspec.Struct, frozen=True):
    """What goes wrong on a day: the device, and the minutes from and to."""

    burnt_lamp: tuple[str, Span]
    leak: tuple[str, Span]
    silent: tuple[str, Span]
    held_door: tuple[str, Span]
    low_battery: tuple[str, Span]
    intrusion: tuple[str, Span]


class Timetable(msgspec.Struct, frozen=True):
    """One day. `doors` and `stays` are open doors and people in restrooms, by device; `faults` is None on days off."""

    lessons: tuple[Span, ...]
    doors: Mapping[str, tuple[Span, ...]]
    stays: Mapping[str, tuple[Span, ...]]
    faults: Faults | None


@lru_cache(maxsize=16)
def timetable(day: date, seed: int) -> Timetable:
    """The day's plan: the same for the same date and seed, wherever it is asked for."""
    if day.weekday() == 6:
        return Timetable((), {}, {}, None)
    faults = _faults(Random(f"{seed}/{day}/faults"))
    doors = {one.id: tuple(_openings(one, day, seed)) for one in FITTINGS if one.kind == "door"}
    for door, period in (faults.held_door, faults.intrusion):
        doors[door] = (*doors[door], period)
    restrooms = [one.id for one in FITTINGS if one.senses == "air"]
    stays = {one: tuple(_stays(one, place, day, seed)) for place, one in enumerate(restrooms)}
    return Timetable(LESSONS, doors, stays, faults)


def _faults(random: Random) -> Faults:
    """Each at its own hour, so that whoever watches meets one after the other."""

    def fault(devices: list[str], start: str, length: float, spread: float = 15) -> tuple[str, Span]:
        begin = minutes(start) + random.uniform(-spread, spread)
        return random.choice(devices), (begin, begin + length)

    lights = [one for one in FITTINGS if one.kind == "lighting"]
    corridors = [one.id for one in lights if one.dialect == "esphome" and one.zone.startswith("corridor")]
    leaks = [one.id for one in FITTINGS if one.senses == "leak"]
    rooms = [one.id for one in lights if one.zone in ("library", "lab", "computers")]
    inner = [one.id for one in FITTINGS if one.kind == "door" and one.role == "inner"]
    return Faults(
        burnt_lamp=fault(corridors, "08:40", 170),
        leak=fault(leaks, "10:30", 75),
        silent=fault(rooms, "12:20", 150),
        held_door=fault(["door-main", "door-yard"], "14:30", 24),
        low_battery=fault(inner, "16:00", 140),
        intrusion=fault(["door-yard", "exit-gym", "door-boiler"], "22:30", 7, spread=45),
    )


def _openings(door: Fitting, day: date, seed: int) -> Iterator[Span]:
    random = Random(f"{seed}/{day}/{door.id}")
    if door.role == "entrance":
        yield from _entrance(random, main=door.id == "door-main")
    elif door.role == "restricted":
        at = random.uniform(minutes("09:00"), minutes("16:30"))
        yield at, at + random.uniform(1, 4)
    elif door.role == "inner":
        for lesson in LESSONS:
            yield from bursts(random, (lesson[0] - 4, lesson[0]), lengths=(1, 2.5), gaps=(0.5, 1.5))
        at = random.uniform(CLEANING[0], CLEANING[1] - 4)
        yield at, at + random.uniform(2, 4)


def _entrance(random: Random, *, main: bool) -> Iterator[Span]:
    if main:
        yield from bursts(random, ARRIVAL, lengths=(0.8, 2.5), gaps=(0.5, 1.5))
    for pause in BREAKS:
        yield from bursts(random, pause, lengths=(0.6, 2), gaps=(1, 4))
    yield from bursts(random, LEAVING, lengths=(0.8, 2.5), gaps=(0.5, 2))
    if main:
        yield LOCKING_UP


def _stays(restroom: str, place: int, day: date, seed: int) -> Iterator[Span]:
    random = Random(f"{seed}/{day}/{restroom}")
    for pause in (ARRIVAL, *BREAKS):
        yield from bursts(random, pause, lengths=(1.5, 5), gaps=(0.3, 1.5))
    for lesson in LESSONS:
        if random.random() < 0.4:
            at = random.uniform(lesson[0] + 5, lesson[1] - 8)
            yield at, at + random.uniform(2, 4)
    start = CLEANING[0] + place * _CLEANING_MINUTES
    yield start, start + _CLEANING_MINUTES - 0.5
