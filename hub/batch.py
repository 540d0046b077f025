"""What was decided and is not yet on the disk: one transaction to be, and the messages it will acknowledge."""

from collections.abc import Mapping
from typing import Final

import msgspec

from hub.domain.decision import Decision
from hub.ingest.dialect import LaneName
from hub.ingest.lane import Received
from hub.store.store import Rejected, Upkeep
from hub.thinning import Thinning

NEVER: Final = 1 << 62
REST_WAIT_MS: Final = 5000
"""How long what came with a press may wait after it."""
READINGS_IN_MEMORY: Final = 20_000
"""Decisions with nothing but readings that are kept while the store refuses; the oldest of more are dropped and
counted."""
UPKEEP_IN_MEMORY: Final = 1000


class Batch:
    """`due` is on the steady clock, in ms; `lost` counts what had to be dropped while the store refused."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.rejected: list[Rejected] = []
        self.upkeep: list[Upkeep] = []
        self.held: list[tuple[LaneName, Received, bool]] = []
        self.due: int = NEVER
        self._plain_due: int = NEVER
        self.lost = 0
        self._seen = 0

    @property
    def is_empty(self) -> bool:
        return not (self.decisions or self.rejected or self.upkeep or self.held)

    def is_due(self, mono: int, most: int) -> bool:
        """Whether its time has come, or the broker is about to wait for acknowledgements."""
        return mono >= self.due or len(self.held) >= most

    def add(self, decision: Decision, due: int) -> None:
        self.decisions.append(decision)
        self.due = min(self.due, due)
        if not _is_urgent(decision):
            self._plain_due = min(self._plain_due, due)

    def reject(self, rejected: Rejected, due: int) -> None:
        self.rejected.append(rejected)
        self.due, self._plain_due = min(self.due, due), min(self._plain_due, due)

    def hold(self, lane: LaneName, received: Received, *, urgent: bool) -> None:
        """Keeps a message unacknowledged until the batch is on the disk; `urgent` is one that raised something."""
        self.held.append((lane, received, urgent))

    def presses_first(self) -> tuple["Batch", "Batch"]:
        """A batch of what is urgent, and one of the rest, which is due when it was: a press need not wait until
        hundreds of readings are written. Readings all stay in the second, so that they are kept in their order."""
        first, rest = Batch(), Batch()
        first.decisions = [msgspec.structs.replace(d, readings=()) for d in self.decisions if _is_urgent(d)]
        rest.decisions = [Decision(readings=d.readings) if _is_urgent(d) else d for d in self.decisions if d.readings]
        first.held = [held for held in self.held if held[2]]
        rest.held = [held for held in self.held if not held[2]]
        rest.rejected, rest.upkeep, first.lost = self.rejected, self.upkeep, self.lost
        if not rest.is_empty:
            rest.due = rest._plain_due = min(self._plain_due, self.due + REST_WAIT_MS)
        return first, rest

    def fresh(self) -> list[Decision]:
        """The decisions that were added since the last call."""
        fresh, self._seen = self.decisions[self._seen :], len(self.decisions)
        return fresh

    def release(self, thinning: Thinning, most: Mapping[LaneName, int]) -> list[tuple[LaneName, Received]]:
        """Lets go of the messages that raised nothing, of the oldest of the others where a lane holds more than `most`,
        and of the oldest readings and records where there are too many. To be called after `fresh`."""
        released = [(lane, received) for lane, received, urgent in self.held if not urgent]
        self.held = [held for held in self.held if held[2]]
        for name in LaneName:
            ours = [held for held in self.held if held[0] is name]
            for held in ours[: max(0, len(ours) - most[name])]:
                self.held.remove(held)
                released.append((name, held[1]))
        self.decisions = thinning.thin(self.decisions)
        excess = len(self.decisions) - READINGS_IN_MEMORY
        if excess > 0:
            plain = [index for index, decision in enumerate(self.decisions) if not decision.urgent][:excess]
            dropped = set(plain)
            self.decisions = [d for index, d in enumerate(self.decisions) if index not in dropped]
            self.lost += len(dropped)
        self._seen = len(self.decisions)
        self.upkeep = _newest(self.upkeep)
        del self.rejected[: max(0, len(self.rejected) - READINGS_IN_MEMORY)]
        return released


def _newest(upkeep: list[Upkeep]) -> list[Upkeep]:
    """Later cursors and snapshots make the earlier ones void."""
    last = max((index for index, work in enumerate(upkeep) if work.snapshot is not None), default=0)
    thin = [msgspec.structs.replace(work, snapshot=None) if i < last else work for i, work in enumerate(upkeep)]
    return thin[-UPKEEP_IN_MEMORY:]


def _is_urgent(decision: Decision) -> bool:
    return decision.urgent or bool(decision.receipts)
