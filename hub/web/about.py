"""What is known of a device beside what it says: since when it is there, its tests, its battery, what people wrote."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

import msgspec

from hub.domain.rules.battery import KEPT_DAYS, days_left
from hub.domain.schedule import school_time
from hub.domain.site import Hours, Language
from hub.domain.state import DeviceNote
from hub.store import queries, work
from hub.store.queries import Kept, PressRow
from hub.web.charts import Curve, curve
from hub.web.due import REPLACE_AHEAD_DAYS
from hub.web.marks import Mark, marks

DAY: Final = 86_400_000


class Battery(msgspec.Struct, frozen=True):
    """The last month's percentages. `days_left` is None where it does not fall, or where too little is known."""

    curve: Curve
    marks: tuple[Mark, ...]
    days_left: int | None


class About(msgspec.Struct, frozen=True):
    """Moments are UTC in ms, 0 for never. `replace` is how near the day is on which it has to be replaced."""

    installed: int = 0
    tested: int = 0
    drilled: int = 0
    pressed: int = 0
    note: DeviceNote | None = None
    replace: Literal["", "later", "soon", "late"] = ""
    battery: Battery | None = None


def read_about(
    db: sqlite3.Connection,
    device: str,
    presses: Iterable[PressRow],
    alarms: Iterable[Kept],
    *,
    hours: Hours,
    now: int,
    language: Language,
) -> About:
    """All of it in one short read. `presses` and `alarms` are the device's last ones."""
    exercises = {kept.alarm.id for kept in alarms if kept.alarm.status == "exercise"}
    rows = tuple(presses)
    note = work.note_of_device(db, device)
    return About(
        installed=queries.installed(db, device),
        tested=max((row.at for row in rows if not row.alarm), default=0),
        drilled=max((row.at for row in rows if row.alarm in exercises), default=0),
        pressed=max((row.at for row in rows if row.alarm and row.alarm not in exercises), default=0),
        note=note,
        replace=_replace(note, school_time(hours, now).date()),
        battery=_battery(db, device, hours, now, language),
    )


def _replace(note: DeviceNote | None, today: date) -> Literal["", "later", "soon", "late"]:
    if note is None or not note.replace_by:
        return ""
    left = (date.fromisoformat(note.replace_by) - today).days
    return "late" if left < 0 else "soon" if left <= REPLACE_AHEAD_DAYS else "later"


def _battery(db: sqlite3.Connection, device: str, hours: Hours, now: int, language: Language) -> Battery | None:
    """None until two days are known: one value is no trend."""
    trend = queries.trend_of_device(db, device, "battery")
    if len(trend) < 2:
        return None
    start = now - KEPT_DAYS * DAY
    points = [(day * DAY + DAY // 2, value) for day, value in trend]
    life = msgspec.structs.replace(hours, speed=1)  # batteries last as long in the demonstration as in life
    shown = curve(points, start, now + DAY, 4 * DAY)
    return Battery(shown, marks(life, start, now + DAY, "month", language), days_left(trend, now // DAY))
