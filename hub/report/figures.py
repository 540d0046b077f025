"""Alarms, their proof ladders and times, deliveries, tests, days: figures from records. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from hub.domain.schedule import school_time
from hub.domain.site import PRIORITY_RANK, Hours, Site
from hub.report.model import AlarmRow, Button, Day, Delivery, Response, Spread, Step, Trial
from hub.report.records import Kept, Message, Records

DAY: Final = 86_400_000
_ORDER: Final = ("received", "stored", "sent", "receipt", "acknowledged")


def spread(durations: Iterable[int]) -> Spread:
    """Median and 95th percentile by nearest rank: each is a duration that really occurred."""
    ordered = sorted(durations)
    if not ordered:
        return Spread(0, None, None)
    return Spread(len(ordered), _rank(ordered, 0.5), _rank(ordered, 0.95))


def _rank(ordered: Sequence[int], part: float) -> int:
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def alarm_rows(site: Site, records: Records, since: int) -> tuple[AlarmRow, ...]:
    """The alarms raised since then, oldest first."""
    of_alarm: dict[int, list[Message]] = {}
    for message in records.messages:
        of_alarm.setdefault(message.alarm, []).append(message)
    return tuple(
        alarm_row(kept, of_alarm.get(kept.alarm.id, ()), site)
        for kept in records.alarms
        if kept.alarm.raised_at >= since
    )


def alarm_row(kept: Kept, messages: Iterable[Message], site: Site) -> AlarmRow:
    """One alarm with its ladder. What proves an exercise proves nothing of what was made real: that counts anew."""
    alarm, messages = kept.alarm, tuple(messages)
    steps, real = ladder(kept, messages, site.hq_channels), alarm.promoted_at
    of_it = ladder(kept, (one for one in messages if one.created_at >= real), site.hq_channels)
    receipt = next((step.at for step in of_it if step.step == "receipt"), 0)
    answered = alarm.acknowledged_at if alarm.acknowledged_at >= real else 0
    return AlarmRow(
        id=alarm.id,
        device=alarm.device,
        zone=alarm.zone,
        alarm=alarm.type,
        priority=alarm.priority,
        status=alarm.status,
        state=alarm.state.value,
        raised_at=alarm.raised_at,
        cleared_at=alarm.cleared_at or None,
        count=alarm.count,
        clock=alarm.clock,
        reset_as=alarm.reset_as,
        receipt_ms=_after(real or alarm.raised_at, receipt),
        response_ms=_after(real or alarm.raised_at, answered),
        steps=steps,
    )


def ladder(kept: Kept, messages: Iterable[Message], hq_channels: frozenset[str]) -> tuple[Step, ...]:
    """received → stored → sent → receipt → acknowledged, in time's order. A receipt is one of headquarters' own; what
    another channel proves is that it was sent."""
    alarm = kept.alarm
    steps = [Step("received", alarm.raised_at), Step("stored", kept.stored_at)]
    for message in messages:
        if message.sent_at is not None:
            steps.append(
                Step("sent", message.sent_at, message.channel, attempts=message.attempts, reason=message.reason)
            )
        if message.settled == "delivered" and message.channel in hq_channels:
            steps.append(Step("receipt", message.settled_at or 0, message.channel, attempts=message.attempts))
    if alarm.acknowledged_at:
        by, through = alarm.acknowledged_by, alarm.acknowledged_through
        steps.append(Step("acknowledged", alarm.acknowledged_at, through, by))
    return tuple(sorted(steps, key=lambda step: (step.at, _ORDER.index(step.step))))


def responses(rows: Sequence[AlarmRow]) -> tuple[Response, ...]:
    """By priority, actual alarms alone: drills and tests are answered by people who wait for them."""
    found = []
    for priority in PRIORITY_RANK:
        actual = [row for row in rows if row.priority == priority and row.status == "actual"]
        times = [row.response_ms for row in actual if row.response_ms is not None]
        receipts = [row.receipt_ms for row in actual if row.receipt_ms is not None]
        found.append(Response(priority, len(actual), len(actual) - len(times), spread(receipts), spread(times)))
    return tuple(found)


def deliveries(channels: Iterable[str], messages: Iterable[Message], since: int) -> tuple[Delivery, ...]:
    """By channel, of the messages made since then. A channel that is no longer configured keeps its line."""
    of_channel: dict[str, list[Message]] = {name: [] for name in channels}
    for message in messages:
        if message.created_at >= since:
            of_channel.setdefault(message.channel, []).append(message)
    return tuple(_delivery(name, made) for name, made in of_channel.items())


def _delivery(channel: str, messages: Sequence[Message]) -> Delivery:
    words = [message.settled for message in messages]
    proven = [message for message in messages if message.settled == "delivered"]
    return Delivery(
        channel=channel,
        messages=len(messages),
        delivered=len(proven),
        accepted=words.count("accepted"),
        refused=words.count("refused"),
        waiting=words.count(None),
        attempts=sum(message.attempts for message in messages),
        time=spread(max(0, (message.settled_at or 0) - message.created_at) for message in proven),
    )


def trials_since(records: Records, since: int) -> tuple[Trial, ...]:
    """Test presses, announced drills, and alarms that a person reset as a drill; oldest first."""
    found = [Trial(test.device, test.at, "test_press") for test in records.tests if test.at >= since]
    for kept in records.alarms:
        alarm = kept.alarm
        if alarm.raised_at >= since and alarm.type in ("panic", "help"):
            if alarm.status != "actual":
                found.append(Trial(alarm.device, alarm.raised_at, "exercise", alarm.id))
            elif alarm.reset_as == "drill":
                found.append(Trial(alarm.device, alarm.raised_at, "drill", alarm.id))
    return tuple(sorted(found, key=lambda test: test.at))


def last_tests(records: Records) -> dict[str, int]:
    """The last test or drill of each device."""
    last: dict[str, int] = {}
    for test in trials_since(records, 0):
        last[test.device] = max(test.at, last.get(test.device, 0))
    return last


def buttons(site: Site, records: Records, since: int, now: int) -> tuple[Button, ...]:
    """Each panic button. One that was never tested is overdue."""
    last, done = last_tests(records), [test.device for test in trials_since(records, since)]
    return tuple(
        Button(
            device=device.id,
            zone=device.zone,
            tests=done.count(device.id),
            last_test=last.get(device.id),
            overdue=now - last.get(device.id, 0) > device.untested_after,
        )
        for device in site.devices.values()
        if device.kind == "panic"
    )


def per_day(hours: Hours, rows: Iterable[AlarmRow], since: int, now: int) -> tuple[Day, ...]:
    """Actual alarms by day, days without any included."""
    counts: dict[str, dict[str, int]] = {}
    for moment in (*range(since, now, DAY), now):
        counts.setdefault(school_time(hours, moment).date().isoformat(), dict.fromkeys(PRIORITY_RANK, 0))
    for row in rows:
        day = school_time(hours, row.raised_at).date().isoformat()
        if row.status == "actual" and day in counts:
            counts[day][row.priority] += 1
    return tuple(Day(day, **count) for day, count in sorted(counts.items()))


def _after(start: int, moment: int) -> int | None:
    return max(0, moment - start) if moment else None
