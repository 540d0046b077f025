"""The proof of an alert, rung by rung: received → stored → sent → receipt → acknowledged. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from hub.domain.alarms import Alarm
from hub.store.queries import Delivery, Kept

Step = Literal["received", "stored", "sent", "receipt", "acknowledged"]
STEPS: Final[tuple[Step, ...]] = ("received", "stored", "sent", "receipt", "acknowledged")


class Rung(msgspec.Struct, frozen=True):
    """One step that was taken. `at` is UTC in ms; `channel` and `by` are empty where they say nothing."""

    step: Step
    at: int
    channel: str = ""
    by: str = ""


class Way(msgspec.Struct, frozen=True):
    """How far a message about an alarm came through one channel. Times are UTC in ms, 0 for not yet."""

    channel: str
    reason: str
    created_at: int
    attempts: int
    sent_at: int
    receipt_at: int
    outcome: str
    detail: str
    settled: str
    due_at: int


def ways(alarm: Alarm, messages: Iterable[Delivery]) -> tuple[Way, ...]:
    """Each channel's first message since a person was last asked for, in the order in which they were made: what went
    out before, about an exercise or an earlier press, proves nothing of the present one."""
    first: dict[str, Delivery] = {}
    for message in messages:
        if message.created_at >= alarm.asked_at and message.type != "alarm.cleared":
            first.setdefault(message.channel, message)
    return tuple(way(message) for message in first.values())


def way(message: Delivery) -> Way:
    """One message's way."""
    return Way(
        channel=message.channel,
        reason=message.reason,
        created_at=message.created_at,
        attempts=message.attempts,
        sent_at=message.sent_at,
        receipt_at=message.settled_at if message.settled == "delivered" else 0,
        outcome=message.outcome,
        detail=message.detail,
        settled=message.settled,
        due_at=message.due_at,
    )


def rungs(kept: Kept, messages: Iterable[Delivery]) -> tuple[Rung, ...]:
    """The steps that were taken, in the ladder's order; of those after `stored`, the ones since a person was last asked
    for."""
    alarm, through = kept.alarm, ways(kept.alarm, messages)
    steps = [Rung("received", alarm.raised_at)]
    if kept.stored_at:
        steps.append(Rung("stored", kept.stored_at))
    steps += [Rung("sent", way.sent_at, way.channel) for way in through if way.sent_at]
    steps += [Rung("receipt", way.receipt_at, way.channel) for way in through if way.receipt_at]
    if alarm.is_seen:
        steps.append(Rung("acknowledged", alarm.acknowledged_at, alarm.acknowledged_through, alarm.acknowledged_by))
    steps += [Rung("acknowledged", also.at, also.through, also.by) for also in alarm.also_now]
    return tuple(steps)


def reached(taken: Iterable[Rung]) -> Mapping[Step, Rung | None]:
    """For each step of the ladder its first rung, None where it was not taken yet."""
    found: dict[Step, Rung | None] = dict.fromkeys(STEPS)
    for rung in taken:
        if found[rung.step] is None:
            found[rung.step] = rung
    return found
