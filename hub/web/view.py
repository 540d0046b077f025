"""The read model: what the pages, the JSON and the stream show of the school at one moment. Pure.

Never green by default: "ok" is earned by fresh data, a live core and a proven line to headquarters. What is not known
is "waiting" (a device) or, where that is the core or most devices, "unknown" (the school), and says since when.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from hub.config.model import Config
from hub.domain.alarms import Alarm, AlarmState
from hub.domain.gaps import SETTLING
from hub.domain.site import PRIORITY_RANK, Device, Zone
from hub.domain.state import Link, Maintenance
from hub.domain.work import Task
from hub.store.beat import Pulse
from hub.store.queries import Delivery, Kept
from hub.store.readings import Last
from hub.web.due import Due, due_of
from hub.web.facts import Facts, StoreState
from hub.web.outward import DatabaseView, LineView, best_hq_line, databases_of, lines_of
from hub.web.unsaved import with_calls

DeviceStatus = Literal["ok", "attention", "alarm", "silent", "maintenance", "waiting"]
SiteState = Literal["ok", "attention", "alarm", "unknown"]

WORST_FIRST: Final[tuple[DeviceStatus, ...]] = ("alarm", "silent", "attention", "waiting", "maintenance", "ok")

DANGER: Final = frozenset({"panic", "help", "intrusion", "door_forced", "smoke_or_vape", "leak", "tamper"})
"""Critical and high alarms in which people or the building may be in danger. The other high ones (a button's wire, the
line, the store) are work to be done at once: an ALARM that everybody runs from must not be about a cable."""

PATIENCE_MS: Final = 90_000
"""How much later than the core the page judges silence: the core's own grace after a start or a lost link."""


class DeviceView(msgspec.Struct, frozen=True):
    """One device. `last_seen` is its last live message (UTC, ms; 0 for never); `alarms` are its open ones.
    `behind` is what it is heard through, where that is gone."""

    device: Device
    status: DeviceStatus
    last_seen: int
    signals: Mapping[str, Last]
    alarms: tuple[Alarm, ...]
    behind: Link | None = None

    @property
    def unsaid(self) -> frozenset[str]:
        """What is awaited of a device that is heard, and of which it has never said anything."""
        return frozenset() if self.last_seen == 0 or self.device.awaited & self.signals.keys() else self.device.awaited


class Group(msgspec.Struct, frozen=True):
    """Devices that are shown together: their worst status and how many there are of each."""

    status: DeviceStatus
    devices: tuple[DeviceView, ...]
    counts: Mapping[DeviceStatus, int]

    @property
    def quiet_since(self) -> int:
        """Since when the first of its silent or waiting devices is not heard (UTC, ms); 0 where none was ever."""
        quiet = [one.last_seen for one in self.devices if one.status in ("silent", "waiting") and not one.unsaid]
        return min((at for at in quiet if at), default=0)

    @property
    def troubled(self) -> int:
        """How many are not well, those in maintenance left out."""
        return len(self.devices) - self.counts.get("ok", 0) - self.counts.get("maintenance", 0)


class ZoneView(msgspec.Struct, frozen=True):
    zone: Zone
    group: Group


class FloorView(msgspec.Struct, frozen=True):
    floor: int
    group: Group
    zones: tuple[ZoneView, ...]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The school at `at` (UTC, ms). `line` is the best of the lines to headquarters, None where none is set up."""

    at: int
    state: SiteState
    pulse: Pulse
    store: StoreState
    devices: Mapping[str, DeviceView]
    floors: tuple[FloorView, ...]
    whole: Group
    alarms: tuple[Kept, ...]
    deliveries: Mapping[int, tuple[Delivery, ...]]
    lines: tuple[LineView, ...]
    line: LineView | None
    databases: tuple[DatabaseView, ...]
    maintenance: Mapping[str, Maintenance] = {}
    tasks: Mapping[int, Task] = {}
    due: tuple[Due, ...] = ()

    @property
    def dangers(self) -> tuple[Alarm, ...]:
        """Alarms that take the header: those that wait for a person first, then by priority, then the newest."""
        found = [kept.alarm for kept in self.alarms if is_danger(kept.alarm)]
        return tuple(sorted(found, key=urgency))

    @property
    def store_fails(self) -> bool:
        """Whether the core goes on from memory alone."""
        return fails(self.pulse)

    @property
    def calls(self) -> tuple[Alarm, ...]:
        """Open panic and help of a core whose store fails, as it knows them."""
        return self.pulse.beat.calls if self.pulse.beat is not None else ()

    @property
    def unrecorded(self) -> int:
        """How many of the journal's entries the core had to drop, because its store had failed for too long."""
        return self.pulse.beat.unrecorded if self.pulse.running and self.pulse.beat is not None else 0

    @property
    def broker_down(self) -> bool:
        beat = self.pulse.beat
        return self.pulse.running and beat is not None and beat.broker != "connected"


def build(config: Config, facts: Facts, now: int) -> View:
    """Judges everything that was read, at `now` (UTC, ms)."""
    facts = with_calls(facts, config.site.hq_channels)
    devices = _devices(config, facts, now)
    lines = lines_of(config, facts)
    view = View(
        at=now,
        state="unknown",
        pulse=facts.pulse,
        store=facts.store,
        devices=devices,
        floors=_floors(config.site.zones, devices),
        whole=grouped(devices.values()),
        alarms=facts.alarms,
        deliveries=facts.deliveries,
        lines=lines,
        line=best_hq_line(lines),
        databases=databases_of(config, facts),
        maintenance=facts.maintenance,
        tasks=facts.tasks,
        due=due_of(config, facts, now),
    )
    return msgspec.structs.replace(view, state=_site_state(view))


def fails(pulse: Pulse) -> bool:
    """Whether the core goes on from memory alone."""
    return pulse.running and pulse.beat is not None and pulse.beat.store == "failing"


def is_danger(alarm: Alarm) -> bool:
    """Whether the alarm makes the school's state ALARM: danger that nobody has seen yet, or that nobody has ended."""
    if alarm.type not in DANGER or alarm.priority == "medium" or not alarm.open:
        return False
    return alarm.latching or alarm.state in (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED)


def urgency(alarm: Alarm) -> tuple[bool, int, bool, int]:
    """Sorts alarms: danger first, by priority, unseen before seen, newest first."""
    seen = alarm.state not in (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED)
    return not is_danger(alarm), PRIORITY_RANK[alarm.priority], seen, -alarm.id


def _site_state(view: View) -> SiteState:
    if view.dangers:
        return "alarm"
    if not view.pulse.running or view.store != "ok":
        return "unknown"
    counts = view.whole.counts
    if view.store_fails or view.broker_down or view.line is None or view.line.state != "up":
        return "attention"
    if view.alarms or view.due or counts.get("silent") or counts.get("attention") or counts.get("alarm"):
        return "attention"
    waiting = counts.get("waiting", 0)
    if not view.devices or waiting * 2 > len(view.devices):
        return "unknown"
    return "attention" if waiting else "ok"  # a few that were not heard yet are something to look after


def _devices(config: Config, facts: Facts, now: int) -> dict[str, DeviceView]:
    signals: defaultdict[str, dict[str, Last]] = defaultdict(dict)
    for (device_id, signal), last in facts.latest.items():
        signals[device_id][signal] = last
    alarms: defaultdict[str, list[Alarm]] = defaultdict(list)
    for kept in facts.alarms:
        alarms[kept.alarm.device].append(kept.alarm)
    views, unheard = {}, _unheard(config, facts, now)
    for device in config.site.devices.values():
        seen, known, open_ = facts.seen.get(device.id, 0), signals[device.id], tuple(alarms[device.id])
        behind = unheard.get(device.id)
        status = device_status(device, seen, known, open_, facts, now)
        if behind is not None and status in ("ok", "waiting", "attention"):
            status = "silent"
        views[device.id] = DeviceView(device, status, seen, known, open_, behind)
    return views


def _unheard(config: Config, facts: Facts, now: int) -> dict[str, Link]:
    """Devices whose broker, bridge or port is gone for so long that it is an alarm. What a device has said since then
    shows that the news is old."""
    found: dict[str, Link] = {}
    for link in facts.links.values():
        gone_at = link.since.wall
        if link.up or now - gone_at < config.site.limits.link_after:
            continue
        found |= {device: link for device in link.devices if facts.seen.get(device, 0) <= gone_at + SETTLING}
    return found


def device_status(
    device: Device, seen: int, signals: Mapping[str, Last], alarms: tuple[Alarm, ...], facts: Facts, now: int
) -> DeviceStatus:
    """One device's status. Silence is judged as the domain does: by `silent_after`, from the core's start at the
    earliest. A device that is within its time, but has not been heard in it, waits, and so does one of which nothing is
    understood that it is there for."""
    active = [alarm for alarm in alarms if alarm.state is not AlarmState.SHELVED]
    if any(is_danger(alarm) for alarm in active):
        return "alarm"
    if f"device:{device.id}" in facts.maintenance or f"zone:{device.zone}" in facts.maintenance:
        return "maintenance"
    if active or _unreachable(signals):
        return "silent" if any(alarm.type == "silent" for alarm in active) else "attention"
    if alarms:
        return "maintenance"  # all of them are put aside
    known = not fails(facts.pulse)  # without a store nobody here learns what it says
    if known and _is_late(device, seen, facts, now):
        return "silent"
    fresh = seen > 0 and now - seen <= device.silent_after
    understood = not device.awaited or device.awaited & signals.keys()
    return "ok" if known and fresh and understood and facts.pulse.running and facts.store == "ok" else "waiting"


def _is_late(device: Device, seen: int, facts: Facts, now: int) -> bool:
    """Whether the page calls a device silent by itself: at once where no core is there to judge, else only when the
    core, which also knows when it could not listen, should have raised its alarm long ago."""
    beat = facts.pulse.beat
    late = now - max(seen, beat.started_at if beat is not None else 0) - device.silent_after
    return late > (PATIENCE_MS if facts.pulse.running else 0)


def _unreachable(signals: Mapping[str, Last]) -> bool:
    reachable = signals.get("reachable")
    return reachable is not None and reachable.value is False


def grouped(devices: Iterable[DeviceView]) -> Group:
    """Any devices as one group; an empty one waits."""
    members = tuple(devices)
    counts: dict[DeviceStatus, int] = {}
    for member in members:
        counts[member.status] = counts.get(member.status, 0) + 1
    worst: DeviceStatus = next((status for status in WORST_FIRST if counts.get(status)), "waiting")
    return Group(worst, members, counts)


def _floors(zones: Mapping[str, Zone], devices: Mapping[str, DeviceView]) -> tuple[FloorView, ...]:
    by_zone: defaultdict[str, list[DeviceView]] = defaultdict(list)
    for view in devices.values():
        by_zone[view.device.zone].append(view)
    floors = []
    for floor in sorted({zone.floor for zone in zones.values()}):
        shown = tuple(ZoneView(zone, grouped(by_zone[zone.id])) for zone in zones.values() if zone.floor == floor)
        floors.append(FloorView(floor, grouped(view for zone in shown for view in zone.group.devices), shown))
    return tuple(floors)
