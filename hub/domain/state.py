"""What the hub knows right now. Everything in it can be built again from the store."""

from collections.abc import Mapping

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.chatter import Chatter
from hub.domain.gaps import Gap
from hub.domain.now import Now
from hub.domain.reports import LinkKind
from hub.domain.signals import Value
from hub.domain.site import HUB, Device, Site
from hub.domain.work import Finding, PosterState, Round, Task


class Known(msgspec.Struct, frozen=True, gc=False):
    """The last believed value of a signal: when it was last said (UTC, ms) and since when it has been this value."""

    value: Value
    at: int
    since: Now


class Pending(msgspec.Struct, frozen=True, gc=False):
    """Since when a rule's condition has been true while its delay runs; `gap` as in Alarm."""

    since: Now
    gap: int = 0


Trend = tuple[tuple[int, float], ...]
"""(day, value), one a day, oldest first; days are whole days since 1970."""

Trends = Mapping[str, Trend]


class DeviceState(msgspec.Struct, frozen=True):
    """One device. `seen` is its last live message, never a retained one. `pending` holds, by alarm type, since when a
    rule's condition has been true while its delay runs. `open` holds its open alarms by type. `last_press` counts
    tests and exercises as well; `installed` is when it was first heard of.

    `deliveries` name the messages whose unnumbered presses were taken lately. Silence counts from `listening` at the
    earliest: before, nothing could be heard of it, or nobody cared. `gap` is the time before, while nothing of it is
    known yet. `chatter` holds the alarm types that chatter, `activations` the moments (steady clock) of the others'
    last ones. `flooding` is how many messages a second it sends where they are too many, else 0.
    `trends` holds one value a day of what tells how full the battery is. `stale_since` is since when a gateway repeats
    old data of it as new. `earlier` is an open alarm's number, and when its button was pressed (UTC, ms), where repeats
    of the press have told that this was earlier than the alarm says.
    """

    signals: Mapping[str, Known] = {}
    seen: Now | None = None
    pending: Mapping[str, Pending] = {}
    open: Mapping[str, Alarm] = {}
    last_press: Now | None = None
    installed: Now | None = None
    deliveries: tuple[tuple[str, Now], ...] = ()
    listening: Now | None = None
    gap: Gap | None = None
    chatter: Mapping[str, Chatter] = {}
    activations: Mapping[str, tuple[int, ...]] = {}
    flooding: float = 0
    trends: Trends = {}
    stale_since: Now | None = None
    earlier: tuple[int, int] | None = None

    def value(self, signal: str) -> Value | None:
        """The signal's last believed value, None while it is unknown."""
        known = self.signals.get(signal)
        return None if known is None else known.value


PressId = tuple[str, int, int]
"""(device, boot, seq): unique for ever."""


class Maintenance(msgspec.Struct, frozen=True):
    """Work on `target`, `device:<id>` or `zone:<id>`, as the table `maintenance` keeps it. `since` and `until` are UTC
    in ms, `until_mono` is the steady clock's."""

    target: str
    since: int
    until: int
    until_mono: int
    by: str
    reason: str


class DeviceNote(msgspec.Struct, frozen=True):
    """What somebody wrote about a device, as the table `device_notes` keeps it: `replace_by` is a day as in 2027-09-01,
    empty where none is set, `at` UTC in ms."""

    device: str
    note: str
    model: str
    replace_by: str
    at: int
    by: str


class Link(msgspec.Struct, frozen=True):
    """What devices are heard through, as the table `links` keeps it: a broker, a bridge (its base topic) or a serial
    port (its path), whether it is there, and since when."""

    kind: LinkKind
    name: str
    up: bool
    devices: tuple[str, ...]
    since: Now


class SiteState:
    """The whole school. Read by `decide`, changed only by `apply`.

    `epoch` is random text drawn when the store was made or restored, so that event ids are never used twice.
    `presses` maps every numbered press that was ever accepted to its alarm's id (0: a test press). `ended` are the
    latest alarms that are over, of which a button or headquarters may still speak. `gap` is the one before this start,
    `clock` the moment of the last tick. `doubled` are open alarms that a later one of their device and type follows.
    `spent` are the last moments at which headquarters was told of an alarm below critical.
    The hub's own alarms are those of the device `HUB`.
    """

    def __init__(self, site: Site, started: Now, epoch: str, next_alarm: int = 1) -> None:
        self.site = site
        self.started = started
        self.epoch = epoch
        self.next_alarm = next_alarm
        self.devices: dict[str, DeviceState] = {device: DeviceState() for device in (*site.devices, HUB.id)}
        self.presses: dict[PressId, int] = {}
        self.maintenance: dict[str, Maintenance] = {}
        self.links: dict[str, Link] = {}
        self.gap: Gap | None = None
        self.ended: dict[int, Alarm] = {}
        self.doubled: list[Alarm] = []
        self.clock: Now | None = None
        self.channels: dict[str, ChannelState] = {name: ChannelState(name) for name in site.channels}
        self.drills: dict[int, Drill] = {}
        self.next_drill = 1
        self.supervised: frozenset[str] = frozenset()
        self.spent: tuple[Now, ...] = ()
        self.facts = Facts()
        self.tasks: dict[int, Task] = {}
        self.round: Round | None = None
        self.next_round = 1
        self.findings: dict[int, Finding] = {}
        self.next_finding = 1
        self.posters: dict[str, PosterState] = {}
        self.probe: Probe | None = None
        self.last_probe: Probe | None = None
        self.next_probe = 1

    def device(self, device_id: str) -> DeviceState:
        """State of a device; one that nothing is known of yet is empty, not an error."""
        return self.devices.get(device_id) or DeviceState()

    def config(self, device_id: str) -> Device:
        """The device as hub.yaml declares it, or the hub itself. Raises KeyError for one that is not declared."""
        return HUB if device_id == HUB.id else self.site.devices[device_id]

    def unheard(self, device_id: str) -> bool:
        """Whether what the device is heard through is gone."""
        return any(not link.up and device_id in link.devices for link in self.links.values())

    def maintained(self, device: Device) -> bool:
        """Whether somebody works on the device or in its zone."""
        return f"device:{device.id}" in self.maintenance or f"zone:{device.zone}" in self.maintenance

    def find_alarm(self, alarm_id: int) -> Alarm | None:
        """An open alarm by its number, None where it is closed or never was."""
        for device in self.devices.values():
            for alarm in device.open.values():
                if alarm.id == alarm_id:
                    return alarm
        return None

    def open_alarms(self) -> list[Alarm]:
        """All open alarms, newest first."""
        alarms = [alarm for device in self.devices.values() for alarm in device.open.values()]
        return sorted(alarms, key=lambda alarm: -alarm.id)


class ChannelState(msgspec.Struct, frozen=True):
    """What is known of one channel. `unproven` until its first receipt. Times are UTC in ms, 0 for never. `proven` is
    its last success and `failing` since when it has failed without one, both since the hub's start. `refused` is
    whether it has refused its last alert for good: a people's channel then reaches nobody, however well it works."""

    name: str
    state: str = "unproven"
    since: int = 0
    last_receipt_at: int = 0
    outcome: str = ""
    detail: str = ""
    proven: Now | None = None
    failing: Now | None = None
    refused: bool = False


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """A drill of some buttons from `from_at` until `until_at` (UTC, ms; on the steady clock the moments in `_mono`).

    `presses` holds for each button that was pressed in it the alarm and the moment of its first press. `ended_at` is 0
    while it goes on or is yet to come; `ended_by` is empty where its time was simply over. `offset` is the distance of
    the two clocks when it was ordered, by which a restart of the machine is noticed.
    """

    id: int
    devices: tuple[str, ...]
    by: str
    ordered_at: int
    from_at: int
    until_at: int
    from_mono: int
    until_mono: int
    offset: int
    presses: Mapping[str, tuple[int, int]] = {}
    ended_at: int = 0
    ended_by: str = ""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the daily probe, started at `started_at` (UTC, ms). `heard` is ms until it came back through the
    broker, `receipts` until each of the `awaited` channels proved that headquarters has it, `latency` until the last of
    them did. `failed` names where it got lost: `broker`, or the channels without a receipt. `by` is empty for the
    daily one."""

    id: int
    started_at: int
    started: Now
    awaited: tuple[str, ...]
    by: str = ""
    heard: int | None = None
    receipts: Mapping[str, int] = {}
    latency: int | None = None
    ended_at: int = 0
    failed: str = ""


class Facts(msgspec.Struct, frozen=True):
    """What the hub knows of itself. `store` is why the store refuses, empty while it works. `disk_free` and
    `disk_total` are bytes, 0 until they were measured."""

    store: str = ""
    disk_free: int = 0
    disk_total: int = 0
