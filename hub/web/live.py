"""The page's eye on the store: reads it when it has changed, keeps the present view, and tells the open streams."""

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from hub.config.model import Config
from hub.store.beat import Beat, Pulse, read_pulse
from hub.store.database import condition, is_still, open_reader
from hub.store.readings import Fold
from hub.web.facts import Facts, StoreState, at_one_moment, read_facts
from hub.web.view import View, build

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.1
"""How often the store is asked whether it has changed: an alarm is on the screen within a second of its press."""
FRESH_SECONDS: Final = 0.02
"""A look that is not older serves a request as well."""
REBUILD_MS: Final = 250
"""Under a flood of readings the view is built this often at most; an alarm does not wait for it."""
KEPT_MS: Final = 1000
"""Without any change the view is judged anew this often: time alone makes a device silent."""
GONE_SECONDS: Final = 1.0
"""After so long a reader who has left gives the stream's place free: who goes from page to page must not fill them."""


class Shown(msgspec.Struct, frozen=True):
    """The present view. `revision` grows when something visible at a glance has changed (a status, an alarm, a line),
    `figures` also when only a value or a time has."""

    view: View
    revision: int
    figures: int


class Live:
    """Shared by all threads of the page. `now` is the wall clock in UTC ms."""

    def __init__(self, config: Config, now: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._config, self.now = config, now
        self._eye = _Eye(config.store.path)
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self._shown: Shown | None = None
        self._glance: object = None
        self._looked = 0.0
        self.ended = False

    def shown(self) -> Shown:
        """The present view: an alarm that is stored is in it."""
        shown = self._shown
        if shown is None or time.monotonic() - self._looked > FRESH_SECONDS:
            return self.look()
        return shown

    @property
    def view(self) -> View:
        return self.shown().view

    def look(self, *, at_once: bool = False) -> Shown:
        """Asks the store, and builds the view again where that is due; `at_once` whatever the pace."""
        with self._lock:
            now = self.now()
            age = now - self._shown.view.at if self._shown is not None else KEPT_MS
            changed = self._eye.changed(now)
            due = age >= KEPT_MS or age < 0 or (changed and (at_once or age >= REBUILD_MS))
            if self._shown is None or due or self._eye.more_alarms():
                self._show(build(self._config, self._eye.read(), now))
            self._looked = time.monotonic()
            assert self._shown is not None
            return self._shown

    def _show(self, view: View) -> None:
        before = self._shown
        glance = _glance(view)
        figures = (before.figures if before else 0) + 1
        revision = (before.revision if before else 0) + (glance != self._glance)
        self._glance, self._shown = glance, Shown(view, revision, figures)
        if before is None or revision != before.revision:
            with self._news:
                self._news.notify_all()

    def wait(self, revision: int, seconds: float, gone: Callable[[], bool] = lambda: False) -> Shown:
        """The view, as soon as its revision is another than `revision`, or after `seconds`, or at the end, or soon
        after the reader is `gone`."""
        until = time.monotonic() + seconds
        with self._news:
            while not gone() and (left := until - time.monotonic()) > 0:
                if self._news.wait_for(lambda: self.ended or self.shown_revision != revision, min(left, GONE_SECONDS)):
                    break
        return self.shown()

    @property
    def shown_revision(self) -> int:
        """Of the view as it stands, without looking."""
        return self._shown.revision if self._shown is not None else 0

    def watch(self, stop: threading.Event) -> None:
        """Looks until `stop` is set; run in a thread of its own."""
        while not stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:  # a fault in one look must not end the watch: a page that no longer looks is stale
                log.exception("the page could not look at the store")

    def end(self) -> None:
        """Lets all waiting streams go."""
        self.ended = True
        with self._news:
            self._news.notify_all()


def _glance(view: View) -> object:
    """What of a view is visible at a glance: figures and the times of messages are left out."""
    beat = view.pulse.beat
    return (
        view.state, view.store, view.pulse.running, view.store_fails, view.broker_down,
        beat.clock if beat is not None else "",
        tuple(device.status for device in view.devices.values()),
        tuple(_choices(device.signals) for device in view.devices.values()),
        view.alarms, view.deliveries, tuple(view.maintenance.values()), tuple(view.tasks.values()),
        tuple((line.name, line.state, line.queued, line.outcome) for line in view.lines),
        tuple((database.name, database.state) for database in view.databases),
    )  # fmt: skip


def _choices(signals: object) -> tuple[object, ...]:
    assert isinstance(signals, dict)
    return tuple(last.value for last in signals.values() if isinstance(last.value, bool | str))


class _Eye:
    """One reading connection, opened again when the file is replaced, or written after all; never raises for what the
    disk does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._file = self._version = 0
        self._opened_as = (False, False)
        self._facts = Facts(pulse=Pulse(False, 0, None), store="absent")
        self._pulse = self._facts.pulse
        self._stale = True

    def changed(self, now: int) -> bool:
        """Whether there is anything that was not read yet: asked often, costs little."""
        pulse = read_pulse(self._path, now)
        if _manner(pulse) != _manner(self._pulse):
            self._stale = True
        self._pulse = pulse
        with self._disk():
            db = self._connection()
            version = int(db.execute("PRAGMA data_version").fetchone()[0])
            self._stale |= version != self._version
            self._version = version
        return self._stale

    def more_alarms(self) -> bool:
        """Whether an alarm came that the facts don't have: it is shown without waiting."""
        if not self._stale or self._facts.store != "ok" or self._db is None:
            return False
        newest = 0
        with self._disk():
            newest = int(self._db.execute("SELECT coalesce(max(id), 0) FROM alarms WHERE open = 1").fetchone()[0])
        return newest > max((kept.alarm.id for kept in self._facts.alarms), default=0)

    def read(self) -> Facts:
        """What there is now; where the store refuses, what was read last, marked so."""
        if self._stale:
            with self._disk():
                self._facts = read_facts(self._connection(), self._fold, self._pulse)
                self._stale = False
        self._facts = msgspec.structs.replace(self._facts, pulse=self._pulse)
        return self._facts

    def _connection(self) -> sqlite3.Connection:
        file, as_it_is = self._path.stat().st_ino, condition(self._path)
        if self._db is not None and file == self._file and (as_it_is == self._opened_as or not is_still(self._db)):
            return self._db
        self.close()
        self._opened_as = as_it_is
        db = open_reader(self._path)
        try:
            fold = Fold()
            with at_one_moment(db):
                fold.load(db)
        except sqlite3.Error:
            db.close()
            raise
        self._db, self._file, self._fold, self._stale = db, file, fold, True
        return db

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextlib.contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            self._failed("absent")
        except (sqlite3.Error, OSError, msgspec.DecodeError) as error:
            if self._facts.store != "unreadable":
                log.warning("the store can't be read: %s", error)
            self._failed("unreadable")

    def _failed(self, state: StoreState) -> None:
        self.close()
        self._stale = True
        self._facts = msgspec.structs.replace(self._facts, store=state)


def _manner(pulse: Pulse) -> tuple[object, ...]:
    """What of the pulse people see; the time of the last beat is not among it."""
    beat = pulse.beat or Beat(0, 0, 0)
    return pulse.running, beat.pid, beat.broker, beat.store, beat.clock, beat.unrecorded, beat.calls
