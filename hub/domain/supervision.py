"""Alarms of the hub itself: its lines, its store, its disk, its clock. Facts enter as events; time as a tick."""

from collections.abc import Callable
from typing import Final

import msgspec

from hub.domain.alarms import Alarm, AlarmState, repeated, returned
from hub.domain.conditions import Judgement, keep_or_drop, long_before
from hub.domain.decision import Decision
from hub.domain.events import DiskChecked, StoreChecked
from hub.domain.lines import is_lost, silent_line
from hub.domain.now import Now
from hub.domain.posters import poor_posters
from hub.domain.routing import names_in
from hub.domain.site import HUB
from hub.domain.state import Pending, SiteState

STORE_GRACE: Final = 5000
"""ms: a store that is busy for a moment is no failure."""
CLOCK_GRACE: Final = 600_000
"""ms: after a start the clock is synchronised within minutes, where it can be at all."""
MEGABYTE: Final = 1_048_576
DISK_LOW: Final = 256 * MEGABYTE
"""Bytes, but at most a twentieth of the disk: alarms and journal of some years, or readings of some days."""
_ENOUGH: Final = 1.25
"""An alarm for the disk ends when so many times as much is free: it must not come and go with every log file."""

Look = Callable[[SiteState, Now], str | None]
"""What is wrong, as the alarm's text shows it; empty where nothing is, None where nothing is known."""


class Watch(msgspec.Struct, frozen=True):
    """`alarm` is raised when something has been wrong for `after` ms. Where `names`, what is wrong is a list of names,
    and another name in it is told."""

    alarm: str
    look: Look
    after: int = 0
    names: bool = False


def _lost_lines(state: SiteState, now: Now) -> str | None:
    return _lost(state, now, "hq_line_lost", tuple(n for n in state.site.channels if n in state.site.hq_channels))


def _dead_channels(state: SiteState, now: Now) -> str | None:
    """Headquarters' lines have an alarm of their own. That it refuses alerts over a line that is well is for the
    inspector."""
    to_hq = state.site.hq_channels
    lost = _lost(state, now, "channel_down", tuple(n for n in state.site.channels if n not in to_hq))
    refusing = (n for n in state.site.channels if n in to_hq and state.channels[n].refused)
    return ", ".join(name for name in (lost, *refusing) if name)


def _lost(state: SiteState, now: Now, code: str, channels: tuple[str, ...]) -> str:
    """A channel that was lost before a restart stays so until it works."""
    alarm = state.device(HUB.id).open.get(code)
    before = names_in(alarm) if alarm is not None else ()
    found = {name: is_lost(state, name, now) for name in channels}
    return ", ".join(name for name, lost in found.items() if lost or (lost is None and name in before))


def _store(state: SiteState, _now: Now) -> str | None:
    return state.facts.store


def _disk(state: SiteState, _now: Now) -> str | None:
    free, total = state.facts.disk_free, state.facts.disk_total
    if not total:
        return None
    limit = min(DISK_LOW, total // 20)
    if "disk_low" in state.device(HUB.id).open:
        limit = int(limit * _ENOUGH)
    return f"{free // MEGABYTE} MB" if free < limit else ""


def _clock(_state: SiteState, now: Now) -> str | None:
    return "" if now.trusted else "not synchronised"


def _probe(state: SiteState, _now: Now) -> str | None:
    return None if state.last_probe is None else state.last_probe.failed


def _posters(state: SiteState, _now: Now) -> str | None:
    return poor_posters(state)


WATCHES: Final = (
    Watch("hq_line_lost", _lost_lines, names=True),
    Watch("channel_down", _dead_channels, names=True),
    Watch("store_failing", _store, STORE_GRACE),
    Watch("probe_failed", _probe),
    Watch("poster_down", _posters, names=True),
    Watch("disk_low", _disk),
    Watch("clock_untrusted", _clock, CLOCK_GRACE),
)


def watch_hub(judgement: Judgement) -> None:
    """What a second brings to the hub itself."""
    state, now = judgement.state, judgement.now
    for name in state.supervised:
        channel = state.channels[name]
        if channel.state == "up" and is_lost(state, name, now):
            judgement.channels.append(silent_line(channel, now))
    for watch in WATCHES:
        settle(judgement, watch, watch.look(state, now))


def settle(judgement: Judgement, watch: Watch, wrong: str | None) -> None:
    """Raises, changes or ends the alarm of one watch of the hub."""
    if wrong is None:
        return
    hub = judgement.device(HUB.id)
    pending, open_ = dict(hub.pending), dict(hub.open)
    if wrong:
        _while_wrong(judgement, watch, wrong, pending, open_)
    else:
        _when_well(judgement, watch, pending, open_)
    judgement.change(HUB.id, pending=pending, open=open_)


def _while_wrong(
    judgement: Judgement, watch: Watch, wrong: str, pending: dict[str, Pending], open_: dict[str, Alarm]
) -> None:
    alarm = open_.get(watch.alarm)
    if alarm is not None and not alarm.is_over:
        if watch.names and alarm.figure != wrong:
            open_[watch.alarm] = _renamed(judgement, alarm, wrong)
        return
    since = pending.setdefault(watch.alarm, Pending(judgement.now)).since
    if judgement.now.ms_since(since) < watch.after:
        return
    del pending[watch.alarm]
    if alarm is None:
        open_[watch.alarm] = judgement.raise_new(HUB, watch.alarm, wrong, since=long_before(since, judgement.now))
    else:
        again = msgspec.structs.replace(repeated(alarm, judgement.now), figure=wrong)
        open_[watch.alarm] = _said(judgement, again, "came_back")


def _renamed(judgement: Judgement, alarm: Alarm, wrong: str) -> Alarm:
    more = set(wrong.split(", ")) - set(names_in(alarm))
    alarm = msgspec.structs.replace(alarm, figure=wrong)
    return _said(judgement, alarm, "another_one") if more else judgement.record(alarm, (), "fewer")


def _said(judgement: Judgement, alarm: Alarm, reason: str) -> Alarm:
    """Tells of a changed alarm; one on the shelf changes in silence."""
    if alarm.state is AlarmState.SHELVED:
        return judgement.record(alarm, (), f"{reason}_shelved")
    return judgement.tell(alarm, "alarm.updated" if alarm.open else "alarm.cleared", reason)


def _when_well(judgement: Judgement, watch: Watch, pending: dict[str, Pending], open_: dict[str, Alarm]) -> None:
    pending.pop(watch.alarm, None)
    alarm = open_.get(watch.alarm)
    if alarm is not None and not alarm.is_over:
        keep_or_drop(open_, _said(judgement, returned(alarm, judgement.now), "returned"))


def on_store_checked(state: SiteState, event: StoreChecked, _now: Now) -> Decision:
    """Whether the store keeps what it is given."""
    return Decision(facts=msgspec.structs.replace(state.facts, store=event.problem))


def on_disk_checked(state: SiteState, event: DiskChecked, _now: Now) -> Decision:
    """How full the disk is."""
    return Decision(facts=msgspec.structs.replace(state.facts, disk_free=event.free, disk_total=event.total))
