"""Builds the core's state from the store, at start."""

import sqlite3

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.now import Now
from hub.domain.site import Site
from hub.domain.state import ChannelState, DeviceState, Known, SiteState
from hub.store.readings import Fold


def load_state(connection: sqlite3.Connection, site: Site, now: Now) -> SiteState:
    """All that was committed, for the devices and channels that are still configured.

    Moments before this start are placed on the steady clock by the wall clock's distance: the best that is known.
    """
    epoch = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
    next_alarm = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM alarms").fetchone()[0]
    state = SiteState(site, now, epoch, next_alarm)
    _load_signals(connection, state, now)
    _load_alarms(connection, state, now)
    presses = "SELECT device, boot, seq, alarm FROM presses WHERE boot IS NOT NULL AND seq IS NOT NULL"
    state.presses = {(device, boot, seq): alarm for device, boot, seq, alarm in connection.execute(presses)}
    for (body,) in connection.execute("SELECT body FROM channels"):
        channel = msgspec.json.decode(body, type=ChannelState)
        if channel.name in state.channels:
            state.channels[channel.name] = channel
    return state


def _load_signals(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    fold = Fold()
    fold.load(connection)
    signals: dict[str, dict[str, Known]] = {device: {} for device in state.devices}
    for (device, signal), last in fold.latest.items():
        if device in signals:
            signals[device][signal] = Known(last.value, last.at, _moment(last.since, now))
    last_presses: dict[str, int] = dict(connection.execute("SELECT device, max(at) FROM presses GROUP BY device"))
    for device, known in signals.items():
        seen, pressed = fold.seen.get(device), last_presses.get(device)
        state.devices[device] = DeviceState(
            signals=known,
            seen=_moment(seen, now) if seen is not None else None,
            last_press=_moment(pressed, now) if pressed is not None else None,
        )


def _load_alarms(connection: sqlite3.Connection, state: SiteState, now: Now) -> None:
    for (body,) in connection.execute("SELECT body FROM alarms WHERE open = 1 ORDER BY id"):
        alarm = msgspec.json.decode(body, type=Alarm)
        alarm = msgspec.structs.replace(alarm, raised_mono=_moment(alarm.raised_at, now).mono)
        device = state.devices.get(alarm.device)
        if device is not None:
            open_ = {**device.open, alarm.type: alarm}
            state.devices[alarm.device] = msgspec.structs.replace(device, open=open_)


def _moment(wall: int, now: Now) -> Now:
    return Now(wall, now.mono - max(0, now.wall - wall), now.trusted)
