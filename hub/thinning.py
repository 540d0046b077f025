"""What is let go of while the disk refuses for long, so that memory stays bounded: the records of older changes.

Alarms are decided about and told as ever. Everything about panic and help stays, and so does what people have ordered;
of other alarms the oldest changes go, until the store works again. What is left fits together: an alarm that is open,
or known to the store from before, keeps its last state with the journal's entry about it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import Alert
from hub.domain.decision import Decision, Dispatch, Entry, Settlement

MOST: Final = 1000
"""Decisions with more than readings in them: some 12 MB."""
_GONE_KEPT: Final = 10_000
_BY_THEMSELVES: Final = frozenset({"alarm", "delivery", "link", "probe", "clock"})
"""Kinds of entries that come without anybody's hand."""

Event = tuple[str, str]
"""Channel and event id of a message."""


class Thinning:
    """`records` counts the journal's entries that were let go of, of which it does not know yet, and `total` all of
    them; `since` and `until` (UTC, ms) are the first and the last one's moments. `saved` is the number of the first
    alarm that the store does not know."""

    def __init__(self, saved: int) -> None:
        self.saved = saved
        self.total = self.records = self.since = self.until = 0
        self._gone: dict[Event, None] = {}
        self._most = MOST

    def fitting(self, decision: Decision) -> Decision:
        """Without what became of messages that were let go of: the store will not know them."""
        if not self._gone or not decision.settlements:
            return decision
        settlements = tuple(one for one in decision.settlements if _event(one) not in self._gone)
        return _with(decision, decision.alarms, settlements)

    def thin(self, decisions: list[Decision]) -> list[Decision]:
        """The newest of them untouched, of the older ones what has to stay."""
        urgent = [index for index, decision in enumerate(decisions) if decision.urgent]
        if len(urgent) <= self._most:
            return decisions
        border = urgent[-MOST // 2]
        alarms = {alarm.id: index for index, decision in enumerate(decisions) for alarm in decision.alarms}
        rest = _last_ones(decisions)
        left = []
        for index, decision in enumerate(decisions):
            if index < border and decision.urgent and _comes_by_itself(decision):
                decision = self._stripped(decision, index, alarms, rest)  # noqa: PLW2901 - what is left of it
            left.append(self.fitting(decision))
        for event in list(self._gone)[:-_GONE_KEPT]:
            del self._gone[event]
        left = [decision for decision in left if decision != Decision()]
        self._most = max(MOST, 2 * sum(decision.urgent for decision in left))
        return left

    def entry(self, at: int) -> Entry:
        """The journal's line about it, when it can be written again."""
        return Entry("unrecorded", at, {"records": self.records, "since": self.since, "until": self.until})

    def written(self, saved: int) -> None:
        """All that was left is on the disk, and that line with it."""
        self.saved = saved
        self.records = self.since = self.until = 0

    def _stripped(
        self, decision: Decision, index: int, alarms: Mapping[int, int], rest: Mapping[tuple[str, ...], int]
    ) -> Decision:
        kept = tuple(alarm for alarm in _final(decision.alarms) if alarms[alarm.id] == index and self._stays(alarm))
        told = {(alarm.id, alarm.changes) for alarm in kept}  # the journal's entry names what told of this change
        dispatches = tuple(one for one in decision.dispatches if _told_by(one.alert) in told)
        self._gone |= {_sent(one): None for one in decision.dispatches if one not in dispatches}
        settlements = tuple(one for one in decision.settlements if rest[("settlement", *_event(one))] == index)
        after = Decision(
            readings=decision.readings,
            dispatches=dispatches,
            channels=tuple(one for one in decision.channels if rest[("channel", one.name)] == index),
            links={name: link for name, link in decision.links.items() if rest[("link", name)] == index},
            anchors=tuple(one for one in decision.anchors if rest[("anchor", one.channel)] == index),
            journal=decision.journal,
        )
        after = _with(after, kept, settlements, by_themselves=True)
        dropped = len(decision.journal) - len(after.journal)
        if dropped:
            self.records += dropped
            self.total += dropped
            self.since = self.since or decision.journal[0].at
            self.until = max(self.until, decision.journal[-1].at)
        return after

    def _stays(self, alarm: Alarm) -> bool:
        return alarm.open or alarm.id < self.saved


def _comes_by_itself(decision: Decision) -> bool:
    """Whether nobody's hand is in it: neither a press nor an order."""
    made = (decision.presses, decision.receipts, decision.maintenance, decision.drills, decision.notes, decision.tasks,
            decision.rounds, decision.findings, decision.posters, decision.positions, decision.hasten)  # fmt: skip
    pressed = any(alarm.latching for alarm in decision.alarms)
    return not any(made) and not pressed and all(entry.kind in _BY_THEMSELVES for entry in decision.journal)


def _last_ones(decisions: Iterable[Decision]) -> dict[tuple[str, ...], int]:
    """Where the last word about each channel, link, receipt and message stands."""
    last: dict[tuple[str, ...], int] = {}
    for index, decision in enumerate(decisions):
        last |= {("settlement", *_event(one)): index for one in decision.settlements}
        last |= {("channel", one.name): index for one in decision.channels}
        last |= {("link", name): index for name in decision.links}
        last |= {("anchor", one.channel): index for one in decision.anchors}
    return last


def _with(
    decision: Decision, alarms: tuple[Alarm, ...], settlements: tuple[Settlement, ...], *, by_themselves: bool = False
) -> Decision:
    """The decision with these alone, and the journal's entries that belong to them. `by_themselves`: of alarms the last
    entry alone, of links, probes and clocks none."""
    told = {_event(one) for one in settlements}
    numbers = {alarm.id for alarm in alarms}
    entries: dict[object, Entry] = {}
    for place, entry in enumerate(decision.journal):
        key: object = place
        if entry.kind == "delivery":
            if (entry.body["channel"], entry.body["event_id"]) not in told:
                continue
        elif by_themselves:
            if entry.kind != "alarm" or _number(entry) not in numbers:
                continue
            key = ("alarm", _number(entry))
        entries.pop(key, None)
        entries[key] = entry
    return msgspec.structs.replace(decision, alarms=alarms, settlements=settlements, journal=tuple(entries.values()))


def _number(entry: Entry) -> int:
    alarm = entry.body["alarm"]
    return int(alarm["id"]) if isinstance(alarm, dict) else 0


def _final(alarms: Iterable[Alarm]) -> Iterable[Alarm]:
    """Of several states of an alarm the last."""
    return {alarm.id: alarm for alarm in alarms}.values()


def _told_by(alert: Alert) -> tuple[int, int]:
    """The alarm and the number of its change that a message tells of."""
    return alert.alarm_id, int(alert.event_id.rpartition("-")[2])


def _sent(dispatch: Dispatch) -> Event:
    return dispatch.channel, dispatch.alert.event_id


def _event(settlement: Settlement) -> Event:
    return settlement.channel, settlement.event_id
