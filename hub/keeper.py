"""Keeps what was decided: one transaction, then the broker, the devices and the channels hear of it.

Where the disk refuses, alarms go on from memory.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from hub.batch import Batch
from hub.domain.decision import Decision, DeviceReceipt, Dispatch
from hub.domain.now import Now
from hub.domain.state import Probe, SiteState
from hub.ingest.dialect import LaneName
from hub.ingest.lanes import Lanes
from hub.ingest.own import probe_payload, probe_topic
from hub.store.ballast import Ballast
from hub.store.store import Store
from hub.thinning import Thinning

log = logging.getLogger(__name__)

RETRY_MS: Final = 1000
REOPEN_MS: Final = 5000
"""A store that could not be opened at the start is looked through before it is used: not each second."""
FEW: Final = 16
"""Messages that a press takes along to the disk without being late."""


class Outlet(Protocol):
    """What the pipeline needs of a channel's worker."""

    def wake(self) -> None:
        """Something new waits for it in the store."""

    def settled(self, event_id: str) -> None:
        """What became of its last attempt with this event is on the disk."""

    def offer(self, dispatches: Sequence[Dispatch]) -> None:
        """Takes alerts from memory, because they could not be stored."""


Answerer = Callable[[DeviceReceipt], None]
"""Tells a device what has become of its press; returns at once."""


class Keeper:
    """`answerers` are by dialect; devices of other dialects are answered through the broker. `noticed` hears when the
    store fails, and with "" when it works again.

    A `blind` hub knows nothing of what was before its start: once its store has taken what was decided meanwhile,
    `start_anew` is called. A `sparing` one has room for alarms alone; `lost` counts readings that were not kept.
    """

    def __init__(
        self,
        state: SiteState,
        store: Store,
        lanes: Lanes,
        outlets: Mapping[str, Outlet],
        noticed: Callable[[str, Now], None],
    ) -> None:
        self.state, self.store, self.lanes, self.outlets, self._noticed = state, store, lanes, outlets, noticed
        self.answerers: Mapping[str, Answerer] = {}
        self.start_anew: Callable[[], None] = lambda: None
        self.blind = self.sparing = False
        self.batch = Batch()
        self.ballast = Ballast(store.path)
        self.failing = ""
        self.lost = 0
        self.thinning = Thinning(state.next_alarm)
        self._retry_at = 0

    def commit(self, now: Now, *, presses: bool = False) -> None:
        """Everything that was decided goes to the disk in one transaction; then the broker, the devices and the
        channels hear of it. Where the disk refuses, alarms go on from memory.

        With `presses`, and many readings waiting, what is urgent goes first and alone.
        """
        if self.batch.is_empty:
            return
        if self.failing and now.mono < self._retry_at:
            self._go_on_from_memory()
            return
        apart = presses and not self.failing and len(self.batch.held) > FEW
        done, rest = self.batch.presses_first() if apart else (self.batch, Batch())
        try:
            self._store(done, self._with_what_is_missing(done.decisions, now))
        except sqlite3.Error as error:
            self._fail(error, now)
            return
        self.batch = rest
        self.thinning.written(self.state.next_alarm)
        self.lost += done.lost
        if self.sparing:
            self.lost += sum(1 for decision in done.decisions if decision.readings)
        if self.failing:
            log.warning("the store works again: %d decisions saved", len(done.decisions))
            self.failing = ""
            self._noticed("", now)
            if self.blind:
                self.start_anew()
        for lane, received, _urgent in done.held:
            self.lanes.named(lane).acknowledge(received)
        self._tell(done.decisions)

    def _tell(self, decisions: Sequence[Decision]) -> None:
        """Devices, channels and the hub's own probe learn of what is on the disk."""
        # A button that repeats madly is answered once for all repeats of a batch.
        self._answer_devices(list(dict.fromkeys(r for decision in decisions for r in decision.receipts)))
        for decision in decisions:
            for probe in decision.probes:
                self._send_out(probe)
            for settlement in decision.settlements:
                self.outlets[settlement.channel].settled(settlement.event_id)
        for name in {dispatch.channel for decision in decisions for dispatch in decision.dispatches}:
            self.outlets[name].wake()

    def _send_out(self, probe: Probe) -> None:
        """Publishes the probe that has just begun."""
        if probe.heard is None and probe == self.state.probe:
            self.lanes.panic.publish(probe_topic(self.state.site.id), probe_payload(probe.id))

    def _with_what_is_missing(self, decisions: list[Decision], now: Now) -> list[Decision]:
        """What is to be stored; where records were let go of meanwhile, the journal says so."""
        fitting = [self.thinning.fitting(decision) for decision in decisions]
        return [*fitting, Decision(journal=(self.thinning.entry(now.wall),))] if self.thinning.records else fitting

    def _store(self, batch: Batch, decisions: Sequence[Decision]) -> None:
        """Raises sqlite3.Error. A disk that is full gives up its reserve, which is then kept for alarms alone."""
        try:
            self.store.commit(decisions, batch.rejected, batch.upkeep, sparing=self.sparing)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_FULL or not self.ballast.let_go():
                raise
            log.error("the disk is full: its reserve is used for alarms, readings are not kept")
            self.sparing = True
            self.store.commit(decisions, sparing=True)

    def _fail(self, error: sqlite3.Error, now: Now) -> None:
        if not self.failing:
            log.error("the store refuses: %s; alarms go on from memory", error)
            self._noticed(str(error), now)
        self.failing = str(error)
        self._retry_at = now.mono + (RETRY_MS if self.store.is_open else REOPEN_MS)
        self._go_on_from_memory()

    def _go_on_from_memory(self) -> None:
        """Without a store nothing is confirmed as stored; alerts and the probe go out all the same.

        Messages that changed nothing are acknowledged: unacknowledged ones would fill the broker's window and keep
        the next press out. What raised an alarm stays unacknowledged until it is stored, as far as half of that window
        goes: the oldest of more are in the memory alone, and with headquarters.
        """
        for decision in self.batch.fresh():
            for dispatch in decision.dispatches:
                self.outlets[dispatch.channel].offer((dispatch,))
            for probe in decision.probes:
                self._send_out(probe)
            self._answer_devices([receipt for receipt in decision.receipts if receipt.stage == "hq"])
        most = {name: self.lanes.named(name).in_flight // 2 for name in LaneName}
        for lane, received in self.batch.release(self.thinning, most):
            self.lanes.named(lane).acknowledge(received)
        self.batch.due = self._retry_at

    def _answer_devices(self, receipts: Sequence[DeviceReceipt]) -> None:
        for receipt in receipts:
            dialect = self.state.config(receipt.device).dialect or ""
            self.answerers.get(dialect, self._publish)(receipt)

    def _publish(self, receipt: DeviceReceipt) -> None:
        topic = f"{self.state.config(receipt.device).topic}/receipt"
        body = {"boot": receipt.boot, "seq": receipt.seq, "stage": receipt.stage}
        self.lanes.panic.publish(topic, msgspec.json.encode(body))
