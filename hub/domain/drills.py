"""Drills: a press of a named button inside a window is an exercise and a test; every other press is real.

The window counts on the steady clock, so that a step of the wall clock neither opens nor lengthens it.
"""

from typing import Final

import msgspec

from hub.domain.alarms import Alarm, promoted
from hub.domain.commands import EndDrill, Promote, StartDrill
from hub.domain.conditions import Judgement
from hub.domain.decision import Decision, Entry
from hub.domain.now import Now
from hub.domain.state import Drill, SiteState

LONGEST_MS: Final = 4 * 3_600_000
"""A forgotten drill must not swallow a day's alarms."""
AHEAD_MS: Final = 90 * 86_400_000
"""So far ahead a drill can be ordered."""
_SAME_START_MS: Final = 5000


def on_start_drill(state: SiteState, event: StartDrill, now: Now) -> Decision:
    """`answer` is `started`, or `no_button`, `not_a_button`, `already_over`, `too_long`, `too_far`, `overlaps`."""
    fault = _fault_of(state, event, now)
    if fault:
        return Decision(answer=fault)
    from_at = max(event.from_at, now.wall)
    drill = Drill(
        id=state.next_drill,
        devices=tuple(dict.fromkeys(event.devices)),
        by=event.by,
        ordered_at=now.wall,
        from_at=from_at,
        until_at=event.until,
        from_mono=now.mono + from_at - now.wall,
        until_mono=now.mono + event.until - now.wall,
        offset=now.wall - now.mono,
    )
    return Decision(drills=(drill,), journal=(_entry(drill, "ordered", now, event.by),), answer="started")


def _fault_of(state: SiteState, event: StartDrill, now: Now) -> str:  # noqa: PLR0911 - one line per fault
    if not event.devices:
        return "no_button"
    kinds = {state.site.devices[device].kind if device in state.site.devices else "" for device in event.devices}
    if not kinds <= {"panic", "restroom"}:
        return "not_a_button"
    from_at = max(event.from_at, now.wall)
    if event.until <= from_at:
        return "already_over"
    if event.until - from_at > LONGEST_MS:
        return "too_long"
    if from_at - now.wall > AHEAD_MS:
        return "too_far"
    starts, ends = now.mono + from_at - now.wall, now.mono + event.until - now.wall
    for other in state.drills.values():
        if set(other.devices) & set(event.devices) and starts < other.until_mono and other.from_mono < ends:
            return "overlaps"
    return ""


def on_end_drill(state: SiteState, event: EndDrill, now: Now) -> Decision:
    """`answer` is `ended`, or `no_such_drill` where it is over or never was."""
    drill = state.drills.get(event.drill)
    if drill is None:
        return Decision(answer="no_such_drill")
    ended = msgspec.structs.replace(drill, ended_at=now.wall, ended_by=event.by)
    return Decision(drills=(ended,), journal=(_entry(ended, "ended", now, event.by),), answer="ended")


def on_promote(state: SiteState, event: Promote, now: Now) -> Decision:
    """An exercise turns out to be real: everybody is told anew. `answer` is `promoted`, `not_an_exercise` or
    `closed`."""
    alarm = state.find_alarm(event.alarm)
    if alarm is None:
        return Decision(answer="closed")
    if alarm.status != "exercise":
        return Decision(answer="not_an_exercise")
    judgement = Judgement(state, now)
    judgement.keep(make_real(judgement, alarm, by=event.by, through=event.through, reason="promoted"))
    return judgement.decision(answer="promoted")


def make_real(judgement: Judgement, alarm: Alarm, *, by: str, through: str, reason: str) -> Alarm:
    """The exercise as a real alarm that begins now, told as one that was just raised."""
    return judgement.tell(promoted(alarm, judgement.now, by=by, through=through), "alarm.raised", reason)


def drill_of(state: SiteState, device: str, now: Now) -> Drill | None:
    """The drill in whose window a press of `device` would be now. Its last millisecond is no longer in it."""
    for drill in state.drills.values():
        if device in drill.devices and drill.from_mono <= now.mono < drill.until_mono:
            return drill
    return None


def with_press(drill: Drill, device: str, alarm_id: int, now: Now) -> Drill:
    """The drill that remembers the first press of each of its buttons."""
    if device in drill.presses:
        return drill
    return msgspec.structs.replace(drill, presses={**drill.presses, device: (alarm_id, now.wall)})


def end_drills(judgement: Judgement) -> None:
    """Ends those whose window is over."""
    for drill in judgement.state.drills.values():
        if judgement.now.mono >= drill.until_mono:
            ended = msgspec.structs.replace(drill, ended_at=judgement.now.wall)
            judgement.drills.append(ended)
            judgement.journal.append(_entry(ended, "ended", judgement.now, ""))


def placed(drill: Drill, now: Now) -> Drill:
    """The drill after a restart of the hub, on its steady clock.

    While the machine runs on, that clock does too. After a restart of the machine the wall clock places the window,
    if it can be trusted; where not, the drill is over: a press that counts as real by mistake costs a telephone call,
    one that counts as an exercise may cost more.
    """
    if abs(now.wall - now.mono - drill.offset) <= _SAME_START_MS:
        return drill
    if not now.trusted:
        return msgspec.structs.replace(drill, from_mono=now.mono, until_mono=now.mono)
    return msgspec.structs.replace(
        drill,
        from_mono=now.mono + drill.from_at - now.wall,
        until_mono=now.mono + drill.until_at - now.wall,
        offset=now.wall - now.mono,
    )


def _entry(drill: Drill, change: str, now: Now, by: str) -> Entry:
    body = {
        "change": change,
        "drill": drill.id,
        "devices": drill.devices,
        "from": drill.from_at,
        "until": drill.until_at,
        "by": by,
        "presses": {device: alarm for device, (alarm, _at) in drill.presses.items()},
        "pressed_at": {device: at for device, (_alarm, at) in drill.presses.items()},
    }
    return Entry("drill", now.wall, body)
