"""The inspection report: `build_report` makes it of records, `read_report` of a store. The page's route, the command
and the pack all take the same one."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from hub import __version__
from hub.domain.signals import Value
from hub.domain.site import Device, Site
from hub.report.availability import availability
from hub.report.deeds import drill_rows, figures, finding_rows, round_rows
from hub.report.figures import alarm_rows, buttons, deliveries, last_tests, per_day, responses, spread, trials_since
from hub.report.model import AlarmRow, Availability, Button, Day, Delivery, Figures, Item, Last, Proof, Report
from hub.report.records import Records, read_records
from hub.report.spans import share
from hub.store.beat import read_pulse
from hub.store.database import open_reader

DAY: Final = 86_400_000
LONGEST_DAYS: Final = 3660


def read_report(site: Site, store: Path, now: int, days: int = 365) -> Report:
    """The report of a live store at `now` (UTC, ms) over the last `days` (1 to 3660). Takes a second or so for a year
    of a busy school: not for every visitor. Raises sqlite3.Error where the store can't be read."""
    return build_report(site, read_store(site, store, now, days), now, days)


def read_store(site: Site, store: Path, now: int, days: int) -> Records:
    """The records for reports over `days`; a year is read at least, for availability."""
    pulse = read_pulse(store, now)
    with closing(open_reader(store)) as reader:
        return read_records(reader, now - max(days, 366) * DAY, 0 if pulse.running else pulse.down_since)


def build_report(site: Site, records: Records, now: int, days: int) -> Report:
    """Pure. The period begins `days` ago, or when the hub's journal does."""
    since = max(now - days * DAY, min(records.begun or now, now))
    rows = alarm_rows(site, records, since)
    found, of_buttons = availability(site, records, now), buttons(site, records, since, now)
    of_channels, of_days = deliveries(site.channels, records.messages, since), per_day(site.hours, rows, since, now)
    drills, rounds = drill_rows(records, rows, since), round_rows(records, since)
    findings, last = finding_rows(records, site.hours, since, now), records.last
    return Report(
        site=site.id,
        name=site.name,
        timezone=site.hours.timezone,
        version=__version__,
        generated_at=now,
        since=since,
        days=days,
        headline={**headline(found, rows, of_channels, of_buttons, of_days), **figures(drills, rounds, findings)},
        last=Last(last.at, last.by, last.digest, last.figures) if last is not None else None,
        inventory=inventory(site, records),
        availability=found,
        alarms=rows,
        responses=responses(rows),
        deliveries=of_channels,
        buttons=of_buttons,
        tests=trials_since(records, since),
        drills=drills,
        rounds=rounds,
        findings=findings,
        per_day=of_days,
        proof=_proof(records),
    )


def inventory(site: Site, records: Records) -> tuple[Item, ...]:
    """Every configured device, in the order of hub.yaml."""
    tested = last_tests(records)
    return tuple(_item(device, records, tested.get(device.id)) for device in site.devices.values())


def _item(device: Device, records: Records, last_test: int | None) -> Item:
    known: Mapping[str, Value] = records.known.get(device.id, {})
    battery, note = known.get("battery"), records.notes.get(device.id)
    return Item(
        device=device.id,
        kind=device.kind,
        zone=device.zone,
        name=device.name,
        dialect=device.dialect or "",
        model=_text(known.get("model")) or (note.model or None if note is not None else None),
        firmware=_text(known.get("firmware")),
        battery=float(battery) if isinstance(battery, int | float) else None,
        installed=records.first_seen.get(device.id),
        last_seen=records.seen.get(device.id),
        last_test=last_test,
        replace_by=note.replace_by or None if note is not None else None,
    )


def headline(
    found: Sequence[Availability],
    rows: Sequence[AlarmRow],
    channels: Sequence[Delivery],
    of_buttons: Sequence[Button],
    days: Sequence[Day],
) -> Figures:
    """The few figures that one inspection is compared with the next by."""
    devices = [row for row in found if row.scope == "device"]
    cameras = [row.days_30 for row in devices if row.kind == "camera"]
    shares = {row.scope: row.days_30.share for row in found if row.scope in ("site", "hub", "hq_line")}
    urgent = [row for row in rows if row.status == "actual" and row.priority == "critical"]
    answered = spread(row.response_ms for row in urgent if row.response_ms is not None)
    received = spread(row.receipt_ms for row in urgent if row.receipt_ms is not None)
    actual = sum(day.critical + day.high + day.medium for day in days)
    reach = sum(camera.whole - camera.silent - camera.unwatched for camera in cameras)
    return {
        "devices": len(devices),
        "devices_heard": sum(row.days_30.share is not None for row in devices),
        "available": shares["site"],
        "hub_available": shares["hub"],
        "hq_line_available": shares["hq_line"],
        "cameras_available": share(reach, sum(camera.whole for camera in cameras)),
        "buttons": len(of_buttons),
        "buttons_tested": sum(not button.overdue for button in of_buttons),
        "alarms": actual,
        "alarms_per_day": round(actual / max(1, len(days)), 2),
        "critical_alarms": len(urgent),
        "critical_unanswered": len(urgent) - answered.count,
        "response_median_ms": answered.median,
        "response_p95_ms": answered.p95,
        "receipt_median_ms": received.median,
        "receipt_p95_ms": received.p95,
        "messages_waiting": sum(channel.waiting for channel in channels),
    }


def _proof(records: Records) -> Proof:
    head = records.head
    return Proof(
        records=head.no if head is not None else 0,
        head=head.hash if head is not None else "",
        anchors=records.anchors,
        anchored_no=records.anchored_no or None,
        anchored_at=records.anchored_at or None,
    )


def _text(value: Value | None) -> str | None:
    return value if isinstance(value, str) else None
