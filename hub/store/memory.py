"""Builds the core's state from the store, at start."""

import sqlite3

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.catalogue import ALARM_TYPES
from hub.domain.chatter import Chatter
from hub.domain.decision import ENDED_KEPT
from hub.domain.drills import placed
from hub.domain.gaps import gap_between
from hub.domain.now import Now
from hub.domain.presses import DELIVERIES_KEPT
from hub.domain.site import Site
from hub.domain.state import ChannelState, DeviceState, Drill, Known, Link, Maintenance, Probe, SiteState, Trend
from hub.domain.work import Finding, PosterState, Round, Task
from hub.store.figures import told_headquarters
from hub.store.readings import Fold


def load_state(connection: sqlite3.Connection, site: Site, now: Now, last_beat: int = 0) -> SiteState:
    """All that was committed, for the devices and channels that are still configured. `last_beat` is when the core
    last said that it lives (UTC, ms; 0: never).

    Moments before this start are placed on the steady clock by the wall clock's distance: the best that is known.
    """
    epoch = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
    next_alarm = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM alarms").fetchone()[0]
    state = SiteState(site, now, epoch, next_alarm)
    state.gap = gap_between(max(last_beat, _last_entry(connection)), now)
    _load_signals(connection, state, now)
    _load_alarms(connection, state, now)
    presses = "SELECT device, boot, seq, alarm FROM presses WHERE boot IS NOT NULL AND seq IS NOT NULL"
    state.presses = {(device, boot, seq): alarm for device, boot, seq, alarm in connection.execute(presses)}
    for (body,) in connection.execute("SELECT body FROM channels"):
        channel = msgspec.json.decode(body, type=ChannelState)
        if channel.name in state.channels:
            state.channels[channel.name] = msgspec.structs.replace(channel, proven=None, failing=None)
    since = now.wall - site.limits.headquarters_within
    spent = told_headquarters(connection, site.hq_channels, since)[-site.limits.headquarters_at_most :]
    state.spent = tuple(_moment(at, now) for at in spent)
    _load_links(connection, state, now)
    for (body,) in connection.execute("SELECT body FROM maintenance"):
        work = msgspec.json.decode(body, type=Maintenance)
        state.maintenance[work.target] = msgspec.structs.replace(
            work, until_mono=_due(work.until, now, site.limits.maintain_at_most)
        )
    _load_drills(connection, state, now)
    _load_work(connection, state)
    _load_probes(connection, state, now)
    return state


def _load_drills(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    state.next_drill = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM drills").fetchone()[0]
    for (body,) in connection.execute("SELECT body FROM drills WHERE open = 1 ORDER BY id"):
        drill = placed(msgspec.json.decode(body, type=Drill), now)
        state.drills[drill.id] = drill


def _load_work(connection: sqlite3.Connection, state: SiteState) -> None:
    """A round goes on with the items it was begun with, whatever the configuration has now."""
    for (body,) in connection.execute("SELECT body FROM tasks WHERE open = 1"):
        task = msgspec.json.decode(body, type=Task)
        state.tasks[task.alarm] = task
    state.next_finding = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM findings").fetchone()[0]
    for (body,) in connection.execute("SELECT body FROM findings WHERE open = 1 ORDER BY id"):
        finding = msgspec.json.decode(body, type=Finding)
        state.findings[finding.id] = finding
    state.next_round = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM rounds").fetchone()[0]
    for (body,) in connection.execute("SELECT body FROM rounds WHERE open = 1 ORDER BY id DESC LIMIT 1"):
        state.round = msgspec.json.decode(body, type=Round)
    for (body,) in connection.execute("SELECT body FROM posters"):
        poster = msgspec.json.decode(body, type=PosterState)
        if poster.id in state.site.posters:
            state.posters[poster.id] = poster


def _load_probes(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    """One that a restart has interrupted proves nothing either way: it stays unfinished, and the next one is due."""
    state.next_probe = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM probes").fetchone()[0]
    query = "SELECT body FROM probes WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    for (body,) in connection.execute(query):
        probe = msgspec.json.decode(body, type=Probe)
        state.last_probe = msgspec.structs.replace(probe, started=_moment(probe.started_at, now))


def _load_signals(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    fold = Fold()
    fold.load(connection)
    signals: dict[str, dict[str, Known]] = {device: {} for device in state.devices}
    for (device, signal), last in fold.latest.items():
        if device in signals:
            signals[device][signal] = Known(last.value, last.at, _moment(last.since, now))
    last_presses: dict[str, int] = dict(connection.execute("SELECT device, max(at) FROM presses GROUP BY device"))
    first: dict[str, int] = dict(
        connection.execute("SELECT d.id, f.at FROM first_seen f JOIN devices d ON d.no = f.device")
    )
    deliveries = _deliveries(connection, now)
    trends: dict[str, dict[str, Trend]] = {device: {} for device in state.devices}
    for device, signal, day, value in connection.execute("SELECT device, signal, day, value FROM trends ORDER BY day"):
        if device in trends:
            trends[device][signal] = (*trends[device].get(signal, ()), (day, value))
    for device, known in signals.items():
        seen, pressed = fold.seen.get(device), last_presses.get(device)
        state.devices[device] = DeviceState(
            signals=known,
            trends=trends[device],
            seen=_moment(seen, now) if seen is not None else None,
            last_press=_moment(pressed, now) if pressed is not None else None,
            installed=_moment(first[device], now) if device in first else None,
            deliveries=tuple(deliveries.get(device, ())),
            gap=state.gap,
        )


def _deliveries(connection: sqlite3.Connection, now: Now) -> dict[str, list[tuple[str, Now]]]:
    found: dict[str, list[tuple[str, Now]]] = {}
    query = "SELECT device, delivery, at FROM (SELECT * FROM presses ORDER BY id DESC LIMIT ?) WHERE delivery != ''"
    for device, delivery, at in connection.execute(query, (DELIVERIES_KEPT,)):
        found.setdefault(device, []).insert(0, (delivery, _moment(at, now)))
    return found


def _last_entry(connection: sqlite3.Connection) -> int:
    """The last moment of which the store tells anything."""
    lasts = [
        connection.execute(f"SELECT at FROM {table} ORDER BY {key} DESC LIMIT 1").fetchone()
        for table, key in (("journal", "no"), ("readings", "id"))
    ]
    return max((int(row[0]) for row in lasts if row), default=0)


def _load_links(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    """Only a bridge stays as it was: whether the broker and the ports are there is seen at once."""
    for name, body in connection.execute("SELECT name, body FROM links"):
        link = msgspec.json.decode(body, type=Link)
        if link.kind == "bridge":
            state.links[name] = msgspec.structs.replace(link, since=_moment(link.since.wall, now))


def _load_alarms(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    for (body,) in connection.execute("SELECT body FROM alarms WHERE open = 1 ORDER BY id"):
        alarm = msgspec.json.decode(body, type=Alarm)
        device = state.device(alarm.device)  # one that is no longer configured keeps its alarms until they end
        if alarm.type in device.open:
            state.doubled.append(device.open[alarm.type])
        open_ = {**device.open, alarm.type: _placed(alarm, now, state.site.limits.shelve_at_most)}
        chatter = _chatter(alarm, now) if alarm.type == "flood" else device.chatter
        state.devices[alarm.device] = msgspec.structs.replace(device, open=open_, chatter=chatter)
    query = (
        "SELECT body FROM alarms WHERE open = 0 AND (type IN ('panic', 'help') OR EXISTS (SELECT 1 FROM outbox"
        " WHERE alarm = alarms.id AND channel IN (SELECT value FROM json_each(?)))) ORDER BY id DESC LIMIT ?"
    )
    channels = msgspec.json.encode(sorted(state.site.hq_channels)).decode()
    for (body,) in reversed(connection.execute(query, (channels, ENDED_KEPT)).fetchall()):
        alarm = msgspec.json.decode(body, type=Alarm)
        state.ended[alarm.id] = alarm


def _chatter(flood: Alarm, now: Now) -> dict[str, Chatter]:
    """What chattered before the start has to calm down after it."""
    return {flood.figure: Chatter(False, now)} if flood.figure in ALARM_TYPES else {}


def _placed(alarm: Alarm, now: Now, longest: int) -> Alarm:
    """The alarm with its moments on this start's steady clock."""
    return msgspec.structs.replace(
        alarm,
        raised_mono=_moment(alarm.raised_at, now).mono,
        held_mono=now.mono,
        asked_mono=_moment(alarm.asked_at or alarm.raised_at, now).mono,
        notified_mono=_moment(alarm.notified_at, now).mono,
        shelved_until_mono=_due(alarm.shelved_until, now, longest) if alarm.shelved_until else 0,
    )


def _due(wall: int, now: Now, longest: int) -> int:
    """A clock that starts years behind must not make a shelf last for years."""
    return now.mono + min(wall - now.wall, longest)


def _moment(wall: int, now: Now) -> Now:
    return Now(wall, now.mono - max(0, now.wall - wall), now.trusted)
