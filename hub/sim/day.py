"""The simulated school at any moment: what each device would say, as a function of school time and seed alone."""

import math
from datetime import date, datetime
from random import Random
from typing import Final

from hub.domain.signals import Value
from hub.sim.daylight import daylight
from hub.sim.inventory import Fitting
from hub.sim.spans import Span, within
from hub.sim.timetable import CLEANING, LAMPS, Timetable, timetable

Signals = dict[str, Value]

FIRMWARE: Final = "2026.10.0"
_WATTS_PER_LUX: Final = 0.4
_AIR_MINUTES: Final = 9.0
"""The air of a restroom follows the people in it with this time constant."""


def signals(fitting: Fitting, moment: datetime, seed: int) -> Signals:
    """Every signal of the device at `moment` (the school's local time), in the hub's own words."""
    day, minute = moment.date(), _minute(moment)
    plan = timetable(day, seed)
    said: Signals = {}
    if fitting.kind == "panic":
        said = {"loop": "normal", "tamper": False, "firmware": FIRMWARE}
    elif fitting.kind == "door":
        said = {"contact": "open" if within(plan.doors.get(fitting.id, ()), minute) else "closed", "tamper": False}
    elif fitting.kind == "lighting":
        said = _lighting(fitting, plan, day, minute, seed)
    elif fitting.senses == "air":
        said = _air(fitting, plan, minute, seed)
    elif fitting.senses == "leak":
        said = {"leak": plan.faults is not None and _strikes(plan.faults.leak, fitting, minute), "tamper": False}
    return said | _common(fitting, plan, day, minute, seed)


def is_heard(fitting: Fitting, moment: datetime, seed: int) -> bool:
    """False while the device is the one that has fallen silent."""
    faults = timetable(moment.date(), seed).faults
    return faults is None or not _strikes(faults.silent, fitting, _minute(moment))


def lamps_on(fitting: Fitting, day: date, minute: float, seed: int) -> bool:
    """Whether the lamps are switched on: on working days while it would be too dark without them, at the gate
    whenever it is dark."""
    outside = daylight(day, minute, seed)
    if fitting.window == 1:
        return outside < 200
    enough = fitting.window * outside > 1.8 * fitting.min_lux
    return bool(timetable(day, seed).lessons) and within((LAMPS,), minute) and not enough


def _lighting(fitting: Fitting, plan: Timetable, day: date, minute: float, seed: int) -> Signals:
    relay = lamps_on(fitting, day, minute, seed)
    burnt = plan.faults is not None and _strikes(plan.faults.burnt_lamp, fitting, minute)
    shining = fitting.lamp if relay and not burnt else 0.0
    flicker = 1 + _wobble(fitting, minute, seed) * 0.06
    lux = round((shining + fitting.window * daylight(day, minute, seed)) * flicker, 1)
    if fitting.dialect == "zigbee2mqtt":
        return {"lux": round(lux)}
    watts = shining * _WATTS_PER_LUX if shining else (2.1 if relay else 0.4)
    return {"lux": lux, "relay": "on" if relay else "off", "power": round(watts * flicker, 1)}


def _air(fitting: Fitting, plan: Timetable, minute: float, seed: int) -> Signals:
    stays = plan.stays.get(fitting.id, ())
    crowd = sum(_trace(stay, minute) for stay in stays)
    mopped = sum(_trace(stay, minute) for stay in stays if stay[0] >= CLEANING[0])
    wobble = _wobble(fitting, minute, seed)
    return {
        "occupancy": within(stays, minute),
        "leak": False,
        "smoke": False,
        "temperature": round(20.5 + 1.5 * crowd + 0.2 * wobble, 1),
        "humidity": round(41 + 12 * crowd + 16 * mopped + wobble, 1),
        "co2": round(440 + 480 * crowd + 12 * wobble),
        "voc": round(90 + 70 * crowd + 90 * mopped + 4 * wobble),
    }


def _common(fitting: Fitting, plan: Timetable, day: date, minute: float, seed: int) -> Signals:
    if fitting.dialect == "serial":
        return {}
    wobble = _wobble(fitting, minute, seed)
    if not fitting.has_battery:
        return {"rssi": round(-58 - _fixed(fitting, seed) * 14 + wobble * 3)}
    battery = round(100 - 60 * _fixed(fitting, seed) - day.timetuple().tm_yday % 7)
    if plan.faults is not None and plan.faults.low_battery[0] == fitting.id:
        start, end = plan.faults.low_battery[1]
        battery = 100 if minute >= end else 9 if minute >= start else 12
    return {"battery": battery, "linkquality": round(110 + 80 * _fixed(fitting, seed) + wobble * 12)}


def _strikes(fault: tuple[str, Span], fitting: Fitting, minute: float) -> bool:
    return fault[0] == fitting.id and within((fault[1],), minute)


def _trace(stay: Span, minute: float) -> float:
    """What a stay has left in the air, 0 to 1: rising while it lasts, fading after it."""
    if minute <= stay[0]:
        return 0.0
    return math.exp((min(minute, stay[1]) - minute) / _AIR_MINUTES) - math.exp((stay[0] - minute) / _AIR_MINUTES)


def _wobble(fitting: Fitting, minute: float, seed: int) -> float:
    """A sensor's small unrest, -1 to 1, without memory."""
    phase = 7 * _fixed(fitting, seed)
    return 0.6 * math.sin(minute / 11 + phase) + 0.4 * math.sin(minute * 1.7 + 3 * phase)


def _fixed(fitting: Fitting, seed: int) -> float:
    """A figure of 0 to 1 that is the device's own."""
    return Random(f"{seed}/{fitting.id}").random()


def _minute(moment: datetime) -> float:
    return moment.hour * 60 + moment.minute + moment.second / 60 + moment.microsecond / 6e7
