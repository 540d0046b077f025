"""Panic and help that the core has in its memory alone, because its store refuses: they stand on the page all the same.

Pure. What was read from the store is merged with what the core's beat tells.
"""

from collections.abc import Collection

import msgspec

from hub.domain.alarms import Alarm
from hub.store.queries import Delivery, Kept
from hub.web.facts import Facts


def with_calls(facts: Facts, hq_channels: Collection[str]) -> Facts:
    """The facts with the open calls of the core's memory, or of one that has ended without a store: nobody has ended
    them. `stored_at` of those that the store lacks is 0, and of their
    messages no more is known than to which channels they went, and that headquarters has one."""
    beat = facts.pulse.beat
    if beat is None or not beat.calls:
        return facts
    stored = {_incident(kept.alarm): kept for kept in facts.alarms}
    calls = {_incident(alarm): alarm for alarm in beat.calls}
    fresh = [alarm for incident, alarm in calls.items() if incident not in stored]
    merged = [msgspec.structs.replace(kept, alarm=calls.get(name, kept.alarm)) for name, kept in stored.items()]
    return msgspec.structs.replace(
        facts,
        alarms=(*(Kept(alarm, 0) for alarm in fresh), *merged),
        deliveries={**facts.deliveries, **{alarm.id: _messages(alarm, hq_channels) for alarm in fresh}},
    )


def unsaved(alarms: Collection[Kept]) -> tuple[Kept, ...]:
    """Those that the store lacks."""
    return tuple(kept for kept in alarms if not kept.stored_at)


def _incident(alarm: Alarm) -> tuple[int, int]:
    """A hub that was started without its store counts anew: a number alone may be another alarm's."""
    return alarm.id, alarm.raised_at


def _messages(alarm: Alarm, hq_channels: Collection[str]) -> tuple[Delivery, ...]:
    lines = [channel for channel in alarm.told if channel in hq_channels]
    proven = lines[0] if len(lines) == 1 and alarm.hq_receipt_at else ""  # of several nobody knows which it was
    found = []
    for channel, numbers in alarm.told.items():
        at = alarm.hq_receipt_at if channel == proven else 0
        found.append(
            Delivery(
                alarm=alarm.id, channel=channel, event_id="", type="alarm.raised", reason="raised",
                created_at=numbers[0][1], due_at=0, attempts=1 if at else 0, sent_at=at,
                outcome="delivered" if at else "", detail="", settled="delivered" if at else "", settled_at=at,
            )
        )  # fmt: skip
    return tuple(found)
