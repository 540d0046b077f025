"""What people order on the page: checked, given to the core through its inbox, and the answer brought back."""

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from hub.config.model import Config
from hub.domain.alarms import Verdict
from hub.domain.commands import Acknowledge, Command, Reset, Signed
from hub.store.beat import read_pulse
from hub.store.database import open_reader
from hub.store.inbox import Inbox
from hub.store.queries import alarm as find_alarm
from hub.web.live import Live
from hub.web.pins import Pins, WrongPin
from hub.web.tries import LockedOut

log = logging.getLogger(__name__)

STATUS: Final[Mapping[str, int]] = {
    "acknowledged": 200, "reset": 200, "pending": 202, "not_possible": 409, "closed": 409, "unknown_alarm": 404,
    "wrong_pin": 403, "locked_out": 429, "core_down": 503, "store_failing": 503,
    "shelved": 200, "unshelved": 200, "maintained": 200, "ended": 200, "started": 200, "promoted": 200, "noted": 200,
    "finding_raised": 200, "finding_moved": 200, "finding_closed": 200,
    "taken": 200, "given_back": 200, "said_done": 200, "accepted": 200, "known": 200, "placed": 200,
    "round_started": 200, "ticked": 200, "round_finished": 200, "no_such_task": 404, "no_such_round": 404,
    "adopting": 200, "photo_not_understood": 400, "no_room_for_photos": 507,
}  # fmt: skip
"""HTTP status of each result: the core's answers, and what kept an order from reaching it."""

ANSWER_SECONDS: Final = 3.0
"""The core looks for orders five times a second; a longer wait tells nothing new."""
REASON_LIMIT: Final = 500


class Outcome(msgspec.Struct, frozen=True):
    """What became of an order. `retry_after` is in seconds, for a lock-out."""

    result: str
    by: str = ""
    retry_after: int = 0

    @property
    def status(self) -> int:
        """Of HTTP; 409 for an answer that has none of its own."""
        return STATUS.get(self.result, 409)

    @property
    def done(self) -> bool:
        """Whether the core took the order."""
        return self.status < 300


Who = Callable[[], Outcome]
"""`known` with the name of whoever gives the order, or why that is nobody."""


class Orders:
    """Shared by all threads of the page."""

    def __init__(self, config: Config, live: Live, pins: Pins) -> None:
        self._config, self._live, self.pins = config, live, pins
        self._lock = threading.Lock()
        pins.on_locked = lambda address: self.note(Signed("", "locked_out", live.now(), address=address))

    def acknowledge(self, number: int, who: Who, reason: str) -> Outcome:
        """Somebody has got alarm `number`."""
        return self._ordered(number, who, lambda by: Acknowledge(number, by, "page", short(reason)))

    def reset(self, number: int, who: Who, verdict: Verdict, reason: str) -> Outcome:
        """Somebody ends a latched alarm as real, false or drill."""
        return self._ordered(number, who, lambda by: Reset(number, by, verdict, short(reason)))

    def person(self, pin: str, address: str) -> Outcome:
        """`known` with the name of whoever has this PIN; else why not. `address` is where wrong ones are counted."""
        try:
            return Outcome("known", by=self.pins.person(pin, address).name)
        except LockedOut as locked:
            return Outcome("locked_out", retry_after=locked.seconds)
        except WrongPin:
            return Outcome("wrong_pin")

    def _ordered(self, number: int, who: Who, command: Callable[[str], Command]) -> Outcome:
        try:
            with contextlib.closing(open_reader(self._config.store.path)) as db:
                kept = find_alarm(db, number)
        except sqlite3.Error:
            return Outcome("core_down" if not self._live.view.pulse.running else "store_failing")
        if kept is None:  # it may be in the core's memory alone
            known = any(call.id == number for call in self._live.view.calls)
            return Outcome("store_failing" if known else "unknown_alarm")
        person = who()
        if not person.done:
            return person
        if not kept.alarm.open:
            return Outcome("closed")
        return self.give(command(person.by))

    def note(self, command: Command) -> None:
        """Leaves word for the core without waiting for its answer: what has happened is written down even if the core
        is told of it hours later."""
        try:
            with self._lock, _opened(self._config.store.path) as inbox:
                inbox.give(command)
        except (sqlite3.Error, OSError) as error:
            log.warning("the journal can't be told of %s: %s", type(command).__name__, error)

    def give(self, command: Command) -> Outcome:
        """Hands a command to the core and waits for its answer; nothing is given to a core that does not run, which
        might carry it out hours later."""
        if not read_pulse(self._config.store.path, self._live.now()).running:
            return Outcome("core_down")
        try:
            with self._lock, _opened(self._config.store.path) as inbox:
                number = inbox.give(command)
                answer = _answer(inbox, number)
        except (sqlite3.Error, OSError):
            return Outcome("store_failing")
        self._live.look(at_once=True)
        return Outcome(answer or "pending")


@contextlib.contextmanager
def _opened(store: Path) -> Iterator[Inbox]:
    inbox = Inbox(store)
    inbox.open()
    try:
        yield inbox
    finally:
        inbox.close()


def _answer(inbox: Inbox, number: int) -> str | None:
    until = time.monotonic() + ANSWER_SECONDS
    while (answer := inbox.answer_to(number)) is None and time.monotonic() < until:
        time.sleep(0.02)
    return answer


def short(reason: str) -> str:
    return " ".join(reason.split())[:REASON_LIMIT]
