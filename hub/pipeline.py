"""THE JOURNEY of a message: decode → decide → commit → acknowledge → wake.

One thread does all of it, so what is decided needs no locks and a panic stands behind nothing but a few packets
of the other lane. Whatever others want to tell the core comes through its mailbox, people's orders through the inbox.
"""

import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable
from typing import Final

import msgspec

from hub.domain.commands import Adopt
from hub.domain.decide import decide
from hub.domain.decision import Decision, apply
from hub.domain.events import DiskChecked, Event, Started, StoreChecked, Tick
from hub.domain.now import Now
from hub.domain.reports import Decoded, Linked, Reason, Rejection, Report
from hub.domain.signals import SIGNALS
from hub.domain.state import SiteState
from hub.ingest.dialect import LaneName, Route
from hub.ingest.lane import Received
from hub.ingest.lanes import Lanes
from hub.ingest.mailbox import Mailbox
from hub.ingest.router import Router
from hub.keeper import Keeper, Outlet
from hub.store.inbox import Inbox, Order
from hub.store.store import Rejected, Store, Upkeep

log = logging.getLogger(__name__)

TICK_MS: Final = 100
TICK_PARTS: Final = 10
"""Every device is judged once a second, a tenth of them at a time: a press must not wait for all of them."""
INBOX_MS: Final = 200
READINGS_WAIT_MS: Final = 5000
"""Plain readings are committed at least this often: together they cost the card a fraction of one by one."""
CHANGE_WAIT_MS: Final = 300
"""A door that opens is on the page within a second, though nothing hangs on it."""
PRESSES_AT_ONCE: Final = 50
READINGS_AT_ONCE: Final = 8
"""Packets of telemetry in a row: less than a millisecond, which is what a press may stand behind."""


class Pipeline:
    """Composed by `hub.app`; `run` goes on until `stop` is set; `finish` then saves what is left.

    `adopt` takes over an order to write a new device into hub.yaml, and returns at once. People's orders wait while
    the keeper is blind.
    """

    def __init__(
        self,
        *,
        state: SiteState,
        store: Store,
        inbox: Inbox,
        router: Router,
        lanes: Lanes,
        mailbox: Mailbox,
        outlets: dict[str, Outlet],
        now: Callable[[], Now],
    ) -> None:
        self.state, self.inbox, self.router = state, inbox, router
        self.lanes, self.mailbox, self.now = lanes, mailbox, now
        self.keeper = Keeper(state, store, lanes, outlets, self._store_checked)
        self.gate = lanes.gate
        self.adopt: Callable[[Adopt], None] = lambda order: None
        self._on_broker = state.site.on_broker
        self._deaf = ""
        self._ticked_at = self._looked_at = self._part = 0

    def run(self, stop: threading.Event, beat: Callable[[Now], None]) -> None:
        """`beat` is called once a second."""
        self.happened(Started(), self.now())
        while not stop.is_set():
            self.step(beat)

    def finish(self) -> None:
        """After the workers have stopped: what they and the broker still brought goes to the disk."""
        now = self.now()
        self._take_letters(now)
        self.keeper.commit(now)

    def step(self, beat: Callable[[Now], None]) -> None:
        """One turn: presses first, then letters and orders, then a few packets of telemetry."""
        ready = self.lanes.wait(self._pause(self.now()))
        now = self.now()
        self._take_presses(ready, now)
        if self.mailbox.fileno() in ready:
            self._take_letters(now)
        self._take_readings(ready, now)
        if now.mono - self._looked_at >= INBOX_MS:
            self._looked_at = now.mono
            self.lanes.tend()
            self._take_orders(now)
        if now.mono - self._ticked_at >= TICK_MS:
            self._ticked_at = now.mono
            self.happened(Tick(self._part, TICK_PARTS), now)
            if self._part == 0:
                if self.router.news:
                    self._listen()
                self._watch_broker(now)
                self._watch_floods(now)
                beat(now)
            self._part = (self._part + 1) % TICK_PARTS
        if self.keeper.batch.is_due(now.mono, self.lanes.telemetry.in_flight // 2):
            self.keeper.commit(now)

    def take(self, received: Received, lane: LaneName, now: Now, *, gated: bool = True) -> None:
        """Decodes one message and decides about it; it is acknowledged with its batch."""
        try:
            route = self.router.route(received.message.topic, lane)
            if route is None:
                self.lanes.named(lane).acknowledge(received)
            elif not gated or self.gate.lets_in(route, lane, received, now.mono):
                self._take_in(self.router.read(route, received.message), received, lane, now)
            else:
                self._take_excess(route, received, lane, now)
        except Exception as error:  # else the broker would bring it again at every start, and the hub would never live
            log.exception("a message on %s is refused: the hub has a fault", received.message.topic)
            fault = Rejection(Reason.FAULT, repr(error)[:200])
            self.keeper.batch.reject(_kept(received, fault, now), now.mono + READINGS_WAIT_MS)
            self.keeper.batch.hold(lane, received, urgent=False)

    def _take_excess(self, route: Route, received: Received, lane: LaneName, now: Now) -> None:
        """The device floods: only a new press is decided about, and nothing of telemetry is even decoded."""
        decoded = self.router.read(route, received.message) if lane is LaneName.PANIC else None
        if self.gate.lets_press_in(decoded, now.mono):
            self._take_in(decoded, received, lane, now)
        else:
            self.gate.put_off(route, lane, received, decoded)
            self.lanes.named(lane).acknowledge(received)

    def _take_in(self, decoded: Decoded, received: Received, lane: LaneName, now: Now) -> None:
        if decoded is None:
            self.lanes.named(lane).acknowledge(received)
            return
        urgent = False
        if isinstance(decoded, Rejection):
            self.keeper.batch.reject(_kept(received, decoded, now), now.mono + READINGS_WAIT_MS)
        else:
            for report in decoded if isinstance(decoded, tuple) else (decoded,):
                urgent = self.happened(_named(report, received), now).urgent or urgent
        self.keeper.batch.hold(lane, received, urgent=urgent)

    def happened(self, event: Event, now: Now) -> Decision:
        """Decides about an event and puts what follows into the batch; an alarm makes the batch due at once."""
        decision = decide(self.state, event, now)
        apply(self.state, decision)
        if decision.urgent or decision.receipts:
            self.keeper.batch.add(decision, now.mono)
        elif decision.readings:
            wait = CHANGE_WAIT_MS if _shows_a_change(decision, now) else READINGS_WAIT_MS
            self.keeper.batch.add(decision, now.mono + wait)
        return decision

    def _store_checked(self, problem: str, now: Now) -> None:
        self.happened(StoreChecked(problem), now)

    def _take_presses(self, ready: set[int], now: Now) -> None:
        panic = self.lanes.panic
        for _ in range(PRESSES_AT_ONCE):
            if not self.lanes.read(panic, ready, lambda received: self.take(received, LaneName.PANIC, now)):
                return
            if self.keeper.batch.is_due(now.mono, panic.in_flight // 2):
                self.keeper.commit(now, presses=True)
                return

    def _take_readings(self, ready: set[int], now: Now) -> None:
        telemetry = self.lanes.telemetry
        for _ in range(READINGS_AT_ONCE):
            if not self.lanes.read(telemetry, ready, lambda received: self.take(received, LaneName.TELEMETRY, now)):
                return

    def _watch_broker(self, now: Now) -> None:
        self.happened(Linked("broker", "", self.lanes.connected, self._on_broker), now)

    def _watch_floods(self, now: Now) -> None:
        for name in LaneName:
            self.gate.met(name, self.lanes.named(name).generation, now.mono)
        for lane, received in self.gate.newest():
            self.take(received, lane, now, gated=False)
        for flooded in self.gate.floods(now.mono):
            log.warning("%s: %s", flooded.device, f"floods: {flooded.rate:g}/s" if flooded.rate else "is calm again")
            self.happened(flooded, now)

    def _take_letters(self, now: Now) -> None:
        for letter in self.mailbox.take():
            if isinstance(letter, Upkeep):
                self.keeper.batch.upkeep.append(letter)
                if letter.databases:
                    self.keeper.batch.due = min(self.keeper.batch.due, now.mono + READINGS_WAIT_MS)
                continue
            if isinstance(letter, Rejected):
                self.keeper.batch.reject(letter, now.mono + READINGS_WAIT_MS)
                continue
            if isinstance(letter, DiskChecked) and letter.ballast and self.keeper.sparing:
                log.warning("the disk has room again: readings are kept")
                self.keeper.sparing = False
            self.happened(letter, now)

    def _take_orders(self, now: Now) -> None:
        if self.keeper.blind:
            return
        try:
            if not self.inbox.is_open:
                self.inbox.open()
            if not self.inbox.changed():
                return
            for order in self.inbox.waiting():
                self.inbox.answer(order.id, self._carry_out(order, now))
            self._deaf = ""
        except (sqlite3.Error, OSError, msgspec.DecodeError) as error:
            if self._deaf != str(error):
                log.error("orders from the page can't be read: %s", error)
            self._deaf = str(error)

    def _carry_out(self, order: Order, now: Now) -> str:
        """The answer, after what the order caused is on the disk."""
        try:
            decision = self.happened(order.command, now)
        except Exception:  # an order that can't be carried out must not come again at every start
            log.exception("order %d is refused: the hub has a fault", order.id)
            return "not_understood"
        self.keeper.commit(now)
        if isinstance(order.command, Adopt):
            self.adopt(order.command)
        return decision.answer

    def _listen(self) -> None:
        """A device has announced itself: its topics are subscribed to, and known after a restart."""
        for name in LaneName:
            self.lanes.named(name).listen(self.router.filters(name))
        self.router.settle()

    def _pause(self, now: Now) -> int:
        """Milliseconds until something falls due."""
        due = min(self._looked_at + INBOX_MS, self._ticked_at + TICK_MS, self.keeper.batch.due)
        return max(0, due - now.mono)


def _named(said: Report | Linked, received: Received) -> Report | Linked:
    """A report of presses without numbers gets the name of its message: the broker redelivers it under the same
    packet number, and a number is used again only after tens of thousands of others."""
    if not received.qos or not isinstance(said, Report) or not (said.presses or said.held):
        return said
    digest = zlib.crc32(received.message.topic.encode() + received.message.payload)
    return msgspec.structs.replace(said, delivery=f"{received.mid}-{digest:08x}")


def _shows_a_change(decision: Decision, now: Now) -> bool:
    """Whether a state, not a mere figure, is new."""
    for reading in decision.readings:
        signal = SIGNALS.get(reading.signal)
        is_state = signal is None or signal.form != "figure"
        if is_state and decision.devices[reading.device].signals[reading.signal].since is now:
            return True
    return False


def _kept(received: Received, rejection: Rejection, now: Now) -> Rejected:
    message = received.message
    return Rejected(now.wall, message.topic, rejection.device, rejection.reason, rejection.detail, message.payload)
