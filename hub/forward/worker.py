"""One worker per channel: takes the most urgent row, sends it, and tells the core what became of it."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from hub.domain.alerts import Alert, Head, alarm_of, heartbeat_of
from hub.domain.commands import Acknowledge, Promote
from hub.domain.decision import Anchor, Dispatch
from hub.domain.events import Attempted, Event, LineChecked
from hub.domain.now import Now
from hub.domain.site import PRIORITY_RANK
from hub.forward.backoff import ROW_LONGEST_MS, pause
from hub.forward.channel import Acknowledgement, Channel, Listening, Outcome, Receipt, SendError
from hub.forward.heartbeats import AGAIN_MS, Heartbeats
from hub.store.database import is_still, open_reader
from hub.store.journal import read_head
from hub.store.outbox import Waiting, next_due

log = logging.getLogger(__name__)

LOOK_MS: Final = 1000
NEVER: Final = 1 << 62
_CRITICAL: Final = PRIORITY_RANK["critical"]
_UNSETTLED_MS: Final = 15_000
"""How long a failed row is left alone while the core can't write down that it failed."""
OFFERED_KEPT: Final = 1000
"""Alerts below critical that wait in memory while neither store nor line works. The older ones are sent when the store
keeps again, as far as they could be kept until then."""
UNSETTLED_KEPT: Final = 10_000
"""Messages whose end the store does not know yet. One that is forgotten is sent again, under the same event id."""


class Worker:
    """`step` is called by a runner's thread; `wake` and `offer` by the core's."""

    def __init__(self, channel: Channel, site_id: str, epoch: str, store: Path, post: Callable[[Event], None]) -> None:
        self.channel, self._site, self._epoch, self._path, self._post = channel, site_id, epoch, store, post
        self._reader: sqlite3.Connection | None = None
        self._blind = False
        self.woken = threading.Event()
        self._lock = threading.Lock()
        self._offered: list[Waiting] = []
        self._unsettled: dict[str, int] = {}
        self._failures = 0
        self._blocked_until = 0
        self._heartbeats = Heartbeats()

    def wake(self) -> None:
        """Something new waits in the store."""
        self.woken.set()

    def offer(self, dispatches: Sequence[Dispatch]) -> None:
        """Takes alerts that the store could not keep."""
        with self._lock:
            for dispatch in dispatches:
                rank = PRIORITY_RANK[dispatch.alert.priority] if dispatch.alert.priority else len(PRIORITY_RANK)
                self._offered.append(Waiting(dispatch.alert, 0, rank))
            others = [waiting for waiting in self._offered if waiting.rank != _CRITICAL]
            for waiting in others[:-OFFERED_KEPT]:
                self._offered.remove(waiting)
        self.woken.set()

    def settled(self, event_id: str) -> None:
        """What became of this event's last attempt is on the disk now."""
        with self._lock:
            self._unsettled.pop(event_id, None)

    def step(self, now: Now) -> int:
        """Sends at most one alert or heartbeat. Returns how many ms there is nothing to do, unless woken."""
        wall, mono = now.wall, now.mono
        self.woken.clear()
        if isinstance(self.channel, Listening):
            self._pass_on(self.channel.heard())
            if self.channel.broken:  # a heartbeat makes it anew, and tells how the line is
                self._heartbeats.hasten(mono, pause(1))
        waiting = self._next(wall)
        fresh = waiting is not None and waiting.rank == _CRITICAL and waiting.attempts == 0
        if mono < self._blocked_until and not fresh:
            return min(LOOK_MS, self._blocked_until - mono)
        if self.channel.supervised and mono >= self._heartbeats.due_at and not fresh:
            self._heartbeats.sent(mono)
            if not self._heartbeat(now) and waiting is None:
                self._heartbeats.hasten(mono, AGAIN_MS)
            return 0
        if waiting is None:
            return LOOK_MS
        self._send(waiting, wall, mono)
        return 0

    def close(self) -> None:
        self.channel.close()
        if self._reader is not None:
            self._reader.close()

    def _next(self, wall: int) -> Waiting | None:
        """The most urgent of what is in the store and what was offered from memory."""
        with self._lock:
            apart = {event for event, until in self._unsettled.items() if until > wall}
            candidates = [waiting for waiting in self._offered if waiting.alert.event_id not in apart]
        stored = self._stored(wall, apart)
        if stored is not None:
            candidates.append(stored)
        return min(candidates, key=_urgency, default=None)

    def _stored(self, wall: int, apart: set[str]) -> Waiting | None:
        try:
            reader = self._opened()
            waiting = next_due(reader, self.channel.name, wall, apart)
        except sqlite3.Error as error:
            if not self._blind:
                log.warning("%s: the store can't be read: %s", self.channel.name, error)
            self._blind, self._reader = True, None
            return None
        self._blind = False
        return waiting

    def _send(self, waiting: Waiting, wall: int, mono: int) -> None:
        attempt = Attempted(
            channel=self.channel.name,
            event_id=waiting.alert.event_id,
            outcome=Outcome.DELIVERED,
            detail="",
            attempts=waiting.attempts + 1,
            at=wall,
            settled="delivered",
            due_at=0,
            line_ok=True,
        )
        try:
            receipt = self.channel.send(waiting.alert, attempt.attempts)
        except SendError as error:
            self._tell(waiting, self._failed(attempt, error, mono))
            return
        self._failures, self._blocked_until = 0, 0
        if not receipt.proven:
            attempt = replace(attempt, outcome=Outcome.ACCEPTED, settled="accepted")
        self._tell(waiting, replace(attempt, detail=receipt.detail))
        if receipt.answers and not isinstance(self.channel, Listening):
            self._heartbeats.asked(waiting.alert, mono)
        self._pass_on(receipt.acks)

    def _failed(self, attempt: Attempted, error: SendError, mono: int) -> Attempted:
        failed = replace(attempt, outcome=error.outcome, detail=str(error))
        if error.permanent:
            return replace(failed, settled="refused")
        due = attempt.at
        if error.scope == "row":
            due += pause(attempt.attempts, ROW_LONGEST_MS)
        else:
            self._failures += 1
            self._blocked_until = mono + pause(self._failures)
        return replace(failed, settled="", due_at=due, line_ok=None if error.scope == "row" else False)

    def _tell(self, waiting: Waiting, attempt: Attempted) -> None:
        with self._lock:
            until = NEVER if attempt.settled else max(attempt.due_at, attempt.at + _UNSETTLED_MS)
            self._unsettled[attempt.event_id] = until
            for event in list(self._unsettled)[:-UNSETTLED_KEPT]:
                del self._unsettled[event]
            kept = [other for other in self._offered if other.alert.event_id != attempt.event_id]
            if len(kept) < len(self._offered) and not attempt.settled:
                kept.append(Waiting(waiting.alert, attempt.attempts, waiting.rank))
            self._offered = kept
        self._post(attempt)

    def _heartbeat(self, now: Now) -> bool:
        """Whether the line was proven."""
        wall = now.wall
        alert = heartbeat_of(self._site, self._epoch, now, self._journal_head())
        try:
            receipt = self.channel.send(alert, 1)
        except SendError as error:
            self._failures += 1
            self._blocked_until = now.mono + pause(self._failures)
            self._post(LineChecked(self.channel.name, error.outcome, str(error), wall, False))
            return False
        self._failures, self._blocked_until = 0, 0
        anchor = _anchor(alert, receipt, self.channel.name, wall)
        outcome = Outcome.DELIVERED if receipt.proven else Outcome.ACCEPTED
        self._post(LineChecked(self.channel.name, outcome, receipt.detail, wall, True, anchor))
        self._pass_on(receipt.acks)
        return True

    def _journal_head(self) -> Head | None:
        """The journal's head on the disk now; a line is supervised also while the store can't be read."""
        try:
            return read_head(self._opened())
        except sqlite3.Error:
            self._reader = None
            return None

    def _opened(self) -> sqlite3.Connection:
        if self._reader is not None and is_still(self._reader):
            self._reader.close()
            self._reader = None
        self._reader = self._reader or open_reader(self._path)
        return self._reader

    def _pass_on(self, acks: Iterable[Acknowledgement]) -> None:
        for ack in acks:
            alarm = alarm_of(ack.event_id, self._site, self._epoch)
            if alarm is not None and ack.promotes:
                self._post(Promote(alarm, ack.operator, self.channel.name))
            elif alarm is not None:
                self._post(Acknowledge(alarm, ack.operator, self.channel.name, event=ack.event_id))


def _anchor(alert: Alert, receipt: Receipt, channel: str, wall: int) -> Anchor | None:
    """What a proven receipt of a heartbeat says about the journal."""
    if alert.journal is None or not receipt.proven:
        return None
    if receipt.evidence is None:
        return Anchor(alert.journal, channel, wall, alert.event_id)
    return Anchor(alert.journal, channel, wall, alert.event_id, receipt.evidence.headers, receipt.evidence.body)


def _urgency(waiting: Waiting) -> tuple[int, int]:
    return waiting.rank, -waiting.alert.alarm_id
