"""What devices are heard through: the broker, Zigbee bridges, serial ports. One that is gone is one alarm.

The devices behind it are then silent without alarms of their own.
"""

import re
from typing import Final

import msgspec

from hub.domain.alarms import AlarmState, repeated, returned
from hub.domain.alerts import AlertType
from hub.domain.conditions import Judgement, long_before
from hub.domain.decision import Decision, Entry
from hub.domain.gaps import SETTLING, longer
from hub.domain.now import Now
from hub.domain.reports import Linked
from hub.domain.site import HUB, Device
from hub.domain.state import Link, SiteState

BROKER: Final = "broker"


def on_linked(state: SiteState, event: Linked, now: Now) -> Decision:
    """A link came or went. News that is none changes nothing."""
    name = link_name(event)
    before = state.links.get(name)
    if before is not None and before.up == event.up and before.devices == event.devices:
        return Decision()
    judgement = Judgement(state, now)
    _take(judgement, name, event)
    return judgement.decision()


def hears(judgement: Judgement, device_id: str) -> None:
    """A device spoke itself: the bridge or port that it is behind must be there, whatever was said of it. What came
    right after its end may have been said before."""
    for name, link in judgement.state.links.items():
        lasts = not link.up and judgement.now.ms_since(link.since) >= SETTLING
        if lasts and link.kind != BROKER and device_id in link.devices:
            _take(judgement, name, Linked(link.kind, link.name, True, link.devices))


def watch_links(judgement: Judgement) -> None:
    """Raises the alarm of each link that is gone for long, ends that of one that is back."""
    for name, link in judgement.state.links.items():
        _judge(judgement, name, judgement.links.get(name, link))


def link_name(link: Linked | Link) -> str:
    """`broker`, `bridge:<base topic>` or `port:<path>`: the key under which the store keeps it."""
    return BROKER if link.kind == BROKER else f"{link.kind}:{link.name}"


def alarm_device(link: Linked | Link) -> Device:
    """The pseudo device that bears the alarm: `hub` for the broker, else `hub.<name>`, which no real one can be
    called."""
    if link.kind == BROKER:
        return HUB
    return msgspec.structs.replace(HUB, id="hub." + re.sub(r"[^a-z0-9]+", "-", link.name.lower()).strip("-"))


def _take(judgement: Judgement, name: str, event: Linked) -> None:
    state, now = judgement.state, judgement.now
    before = state.links.get(name)
    changed = before is None or before.up != event.up
    # One that is unknown and gone was never there since the start.
    since = now if before is not None or event.up else state.started
    link = Link(event.kind, event.name, event.up, event.devices, since if changed or before is None else before.since)
    judgement.links[name] = link
    if not changed:
        return
    judgement.journal.append(Entry("link", now.wall, {"link": name, "up": event.up, "devices": event.devices}))
    if event.up and before is not None:
        for device_id in event.devices:
            gap = longer(judgement.device(device_id).gap, before.since, now)
            judgement.change(device_id, gap=gap, listening=now)
    _judge(judgement, name, link)


def _judge(judgement: Judgement, name: str, link: Link) -> None:
    device, code = alarm_device(link), f"{link.kind}_down"
    alarm = judgement.device(device.id).open.get(code)
    if link.up:
        if alarm is not None and not alarm.is_over:
            alarm = returned(alarm, judgement.now)
            type_: AlertType = "alarm.updated" if alarm.open else "alarm.cleared"
            judgement.keep(judgement.tell(alarm, type_, "returned"))
        return
    if judgement.now.ms_since(link.since) < judgement.state.site.limits.link_after or _is_behind(judgement, name):
        return
    if alarm is None:
        since = long_before(link.since, judgement.now)
        judgement.keep(judgement.raise_new(device, code, figure=link.name, since=since))
    elif alarm.is_over and alarm.state is AlarmState.SHELVED:
        judgement.keep(judgement.record(repeated(alarm, judgement.now), (), "came_back_shelved"))
    elif alarm.is_over:
        judgement.keep(judgement.tell(repeated(alarm, judgement.now), "alarm.updated", "came_back"))


def _is_behind(judgement: Judgement, name: str) -> bool:
    """Whether nothing can be known of the link because the broker is gone."""
    broker = judgement.links.get(BROKER) or judgement.state.links.get(BROKER)
    return name.startswith("bridge:") and broker is not None and not broker.up
