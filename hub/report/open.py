"""The open report: what a school may publish of itself. Pure.

Nothing about persons, rooms or single devices. Counts below five are not told. It stands as of the last midnight, so
that nobody can watch events as they happen. What is not repaired yet is under embargo: its alarm, its time and its
device's silence are left out on both sides of every figure, and come in once the repair is done; so a figure that
falls never shows a weakness that is still there.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.site import PRIORITY_RANK, Device, Site, Text
from hub.report.availability import DAY, measured, silence, unwatched
from hub.report.figures import alarm_rows, deliveries, spread, trials_since
from hub.report.model import AlarmRow, Available
from hub.report.records import Records, Trouble
from hub.report.spans import share

SMALL: Final = 5
"""Counts below this are not told."""


class OpenKind(msgspec.Struct, frozen=True):
    """Availability of all devices of a kind together; None where there are fewer than five."""

    kind: str
    devices: int | None
    available_30: float | None
    available_365: float | None


class OpenAlarms(msgspec.Struct, frozen=True):
    """Closed actual alarms of one priority in a year; medians are None where fewer than five were answered."""

    priority: str
    alarms: int | None
    answered: float | None
    response_median_s: int | None
    receipt_median_s: int | None


class OpenReport(msgspec.Struct, frozen=True):
    """/open.json. Shares are from 0 to 1; None is "too few to tell, or not known". `as_of` and `since` are dates in
    the school's time zone, `since` the first day that the figures cover."""

    site: str
    name: Text
    as_of: str
    since: str
    devices: int | None
    available_30: float | None
    available_365: float | None
    hq_line_365: float | None
    kinds: tuple[OpenKind, ...]
    alarms: tuple[OpenAlarms, ...]
    delivered: float | None
    tests: int | None
    small_count: int = SMALL


def open_report(site: Site, records: Records, now: int) -> OpenReport:
    """The report of the year that ended with the last midnight of the school's time zone. `records` reach at least a
    year back."""
    until = last_midnight(site.hours.timezone, now)
    since = max(until - 365 * DAY, min(records.begun or until, until))
    repaired = tuple(trouble for trouble in records.troubles if trouble.end is not None and trouble.end <= until)
    broken = {trouble.device for trouble in records.troubles if trouble not in repaired}
    sound = [d for d in site.devices.values() if d.id in records.first_seen and d.id not in broken]
    rows = [row for row in alarm_rows(site, records, since) if _tellable(row, until)]
    whole = _kind(records, sound, repaired, until)
    heard = [device for device in site.devices.values() if device.id in records.first_seen]
    return OpenReport(
        site=site.id,
        name=site.name,
        as_of=_date(site.hours.timezone, until),
        since=_date(site.hours.timezone, since),
        devices=_count(len(heard)),
        available_30=whole[0],
        available_365=whole[1],
        hq_line_365=_line(records, since, until),
        kinds=tuple(_of_kind(kind, records, heard, sound, until) for kind in _kinds(heard)),
        alarms=tuple(_of_priority(priority, rows) for priority in PRIORITY_RANK),
        delivered=_delivered(site, records, since, until),
        tests=_count(len([test for test in trials_since(records, since) if test.at < until])),
    )


def last_midnight(timezone: str, now: int) -> int:
    """UTC ms of the last midnight in `timezone`."""
    zone = ZoneInfo(timezone)
    day = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date()
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def _tellable(row: AlarmRow, until: int) -> bool:
    return row.status == "actual" and row.cleared_at is not None and row.cleared_at <= until


def _kinds(devices: Sequence[Device]) -> list[str]:
    return list(dict.fromkeys(device.kind for device in devices))


def _of_kind(kind: str, records: Records, heard: Sequence[Device], sound: Sequence[Device], until: int) -> OpenKind:
    """Counts all that were ever heard, also broken ones: a missing one would be seen in the count."""
    count = _count(sum(device.kind == kind for device in heard))
    repaired = [trouble for trouble in records.troubles if trouble.end is not None and trouble.end <= until]
    month, year = _kind(records, [device for device in sound if device.kind == kind], repaired, until)
    return OpenKind(kind, count, month if count else None, year if count else None)


def _kind(
    records: Records, devices: Sequence[Device], repaired: Iterable[Trouble], until: int
) -> tuple[float | None, float | None]:
    if len(devices) < SMALL:
        return None, None
    repaired = list(repaired)
    month, year = (
        [_one(records, device, repaired, until - days * DAY, until) for device in devices] for days in (30, 365)
    )
    return _together(month), _together(year)


def _one(records: Records, device: Device, repaired: Sequence[Trouble], start: int, until: int) -> Available:
    since = max(start, records.first_seen[device.id])
    return measured(since, until, silence(device, repaired, until), unwatched(device, records, until))


def _together(parts: Sequence[Available]) -> float | None:
    whole = sum(part.whole for part in parts)
    return share(whole - sum(part.silent + part.unwatched for part in parts), whole)


def _line(records: Records, since: int, until: int) -> float | None:
    lost = [trouble for trouble in records.troubles if trouble.type == "hq_line_lost"]
    ended = [(trouble.start, trouble.end) for trouble in lost if trouble.end is not None and trouble.end <= until]
    going_on = [trouble.start for trouble in lost if trouble.end is None or trouble.end > until]
    return measured(since, min([until, *going_on]), ended, records.gaps).share


def _of_priority(priority: str, rows: Sequence[AlarmRow]) -> OpenAlarms:
    mine = [row for row in rows if row.priority == priority]
    times = [row.response_ms for row in mine if row.response_ms is not None]
    receipts = [row.receipt_ms for row in mine if row.receipt_ms is not None]
    told = len(mine) >= SMALL
    unanswered = len(mine) - len(times)
    hidden = not told or 0 < unanswered < SMALL or 0 < len(times) < SMALL
    return OpenAlarms(
        priority=priority,
        alarms=_count(len(mine)),
        answered=None if hidden else share(len(times), len(mine)),
        response_median_s=_seconds(times),
        receipt_median_s=_seconds(receipts),
    )


def _delivered(site: Site, records: Records, since: int, until: int) -> float | None:
    """Proven of all settled messages to headquarters; what still waits is under embargo."""
    settled = [m for m in records.messages if m.settled_at is not None and m.settled_at <= until]
    mine = [row for row in deliveries(site.channels, settled, since) if row.channel in site.hq_channels]
    messages = sum(row.messages for row in mine)
    return share(sum(row.delivered for row in mine), messages) if messages >= SMALL else None


def _seconds(durations: Sequence[int]) -> int | None:
    found = spread(durations)
    return round(found.median / 1000) if found.median is not None and found.count >= SMALL else None


def _count(number: int) -> int | None:
    """Nothing at all is told; few are not."""
    return None if 0 < number < SMALL else number


def _date(timezone: str, at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(timezone)).date().isoformat()
