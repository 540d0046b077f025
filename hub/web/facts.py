"""What the page has read: the store as it was at one moment, and the core's pulse."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from hub.domain.state import ChannelState, DeviceNote, Link, Maintenance
from hub.domain.work import Task
from hub.store import queries, work
from hub.store.beat import Pulse
from hub.store.queries import Delivery, Kept, Written
from hub.store.readings import Fold, Last

StoreState = Literal["ok", "absent", "unreadable"]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """`store` is "absent" before the hub's first start and "unreadable" where the file refuses; the rest is then
    what was read last. `round_at` is when the last round was finished, else the journal's first moment; `notes` are
    those with a day of replacement. `latest` and `seen` are as in `hub.store.readings.Fold`; `alarms` are the open
    ones."""

    pulse: Pulse
    store: StoreState = "ok"
    latest: Mapping[tuple[str, str], Last] = {}
    seen: Mapping[str, int] = {}
    alarms: tuple[Kept, ...] = ()
    deliveries: Mapping[int, tuple[Delivery, ...]] = {}
    channels: Mapping[str, ChannelState] = {}
    queued: Mapping[str, int] = {}
    databases: Mapping[str, Written] = {}
    maintenance: Mapping[str, Maintenance] = {}
    tasks: Mapping[int, Task] = {}
    links: Mapping[str, Link] = {}
    round_at: int = 0
    round_goes: bool = False
    notes: tuple[DeviceNote, ...] = ()
    first_reading: int = 0
    last_reading: int = 0


@contextlib.contextmanager
def at_one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Several reads that see the same state of the store. Keep it short."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def read_facts(db: sqlite3.Connection, fold: Fold, pulse: Pulse) -> Facts:
    """Reads the store; `fold` is brought up to date on the way. Raises sqlite3.Error where it can't be read."""
    with at_one_moment(db):
        return _read(db, fold, pulse)


def _read(db: sqlite3.Connection, fold: Fold, pulse: Pulse) -> Facts:
    fold.follow(db)
    alarms = queries.open_alarms(db)
    first, last = queries.first_and_last_reading(db)
    round_at, round_goes = work.last_round(db)
    return Facts(
        pulse=pulse,
        latest=dict(fold.latest),
        seen=dict(fold.seen),
        alarms=alarms,
        deliveries=queries.deliveries(db, [kept.alarm.id for kept in alarms]),
        channels=queries.channel_states(db),
        queued=queries.queued(db),
        databases=queries.databases(db),
        maintenance=queries.maintenance(db),
        tasks=work.open_tasks(db),
        links=queries.links(db),
        round_at=round_at,
        round_goes=round_goes,
        notes=work.notes_with_a_day(db),
        first_reading=first,
        last_reading=last,
    )
