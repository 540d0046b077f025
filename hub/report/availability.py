"""How long devices, zones, the hub and its line to headquarters were there. Pure.

Silent is what the hub knew to be silent: from the last sign of life before a `silent` alarm (its moment less the time
that the device may be silent) until the device spoke again; for cameras, while `camera_down` held. Time in which the
hub itself did not run, in which the device was under maintenance or what it is heard through was gone (broker,
bridge, serial port), is nobody's knowledge and counts as not available.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from hub.domain.site import Device, Site
from hub.report.model import Availability, Available
from hub.report.records import Records, Trouble
from hub.report.spans import Span, share, total, within, without

DAY: Final = 86_400_000
_MISSING: Final = {"camera": "camera_down"}


def availability(site: Site, records: Records, now: int) -> tuple[Availability, ...]:
    """Devices in the order of hub.yaml, then zones, the site, the hub and the line."""
    of_devices = {id_: _of_device(device, records, now) for id_, device in site.devices.items()}
    rows = [
        Availability("device", id_, site.devices[id_].kind, spans[0], spans[1]) for id_, spans in of_devices.items()
    ]
    for zone in site.zones:
        here = [of_devices[id_] for id_, device in site.devices.items() if device.zone == zone]
        rows.append(Availability("zone", zone, "", *_together(here)))
    rows.append(Availability("site", site.id, "", *_together(list(of_devices.values()))))
    rows.append(Availability("hub", site.id, "", *_both(records.begun, (), records.gaps, now)))
    lost = [_span(trouble, now) for trouble in records.troubles if trouble.type == "hq_line_lost"]
    rows.append(Availability("hq_line", site.id, "", *_both(records.begun, lost, records.gaps, now)))
    return tuple(rows)


def silence(device: Device, troubles: Iterable[Trouble], now: int) -> list[Span]:
    """The times in which the device is known to have been missing."""
    code = _MISSING.get(device.kind, "silent")
    before = device.silent_after if code == "silent" else 0
    spans = (_span(trouble, now) for trouble in troubles if (trouble.device, trouble.type) == (device.id, code))
    return [(start - before, end) for start, end in spans]


def unwatched(device: Device, records: Records, now: int) -> list[Span]:
    """The times in which nobody would have noticed that the device is missing."""
    targets = ("all", f"device:{device.id}", f"zone:{device.zone}")
    works = [
        (work.start, work.end if work.end is not None else now) for work in records.works if work.target in targets
    ]
    return [*records.gaps, *works]


def measured(start: int, end: int, silent: Sequence[Span], gaps: Iterable[Span]) -> Available:
    """One thing between two moments."""
    if start >= end:
        return Available(None, 0, 0, 0)
    dark = within(gaps, start, end)
    missing = without(within(silent, start, end), dark)
    whole, silent_ms, unwatched_ms = end - start, total(missing), total(dark)
    return Available(share(whole - silent_ms - unwatched_ms, whole), whole, silent_ms, unwatched_ms)


def _of_device(device: Device, records: Records, now: int) -> tuple[Available, Available]:
    installed = records.first_seen.get(device.id)
    if installed is None:
        return Available(None, 0, 0, 0), Available(None, 0, 0, 0)
    return _both(installed, silence(device, records.troubles, now), unwatched(device, records, now), now)


def _both(since: int, silent: Sequence[Span], gaps: Iterable[Span], now: int) -> tuple[Available, Available]:
    gaps = list(gaps)
    month, year = (measured(max(since, now - days * DAY), now, silent, gaps) for days in (30, 365))
    return month, year


def _together(parts: list[tuple[Available, Available]]) -> tuple[Available, Available]:
    """The time of several devices added up; those never heard have none to add."""
    month, year = (_sum([part[index] for part in parts]) for index in (0, 1))
    return month, year


def _sum(parts: list[Available]) -> Available:
    whole, silent = sum(part.whole for part in parts), sum(part.silent for part in parts)
    unwatched = sum(part.unwatched for part in parts)
    return Available(share(whole - silent - unwatched, whole), whole, silent, unwatched)


def _span(trouble: Trouble, now: int) -> Span:
    return trouble.start, trouble.end if trouble.end is not None else now
