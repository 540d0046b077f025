"""The monthly round: every panic button pressed in a drill, every emergency exit opened, every poster scanned.

What a sensor can see, only the sensor ticks as done; a person can say of it only why it was not.
"""

from typing import Final

import msgspec

from hub.domain.commands import FinishRound, StartRound, TickRound
from hub.domain.decision import Decision, Entry
from hub.domain.maintenance import REASON_LIMIT
from hub.domain.now import Now
from hub.domain.site import Site
from hub.domain.state import SiteState
from hub.domain.work import Item, Mark, PosterState, Round

DUE_MS: Final = 31 * 86_400_000
"""A round is due so long after the last one was finished."""


def items_of(site: Site) -> tuple[Item, ...]:
    """The checklist that the configuration gives, by floor and zone in the order of hub.yaml, as one walks."""
    zones = {zone: number for number, zone in enumerate(sorted(site.zones, key=lambda zone: site.zones[zone].floor))}
    found = [(device.zone, Item("button", device.id)) for device in site.devices.values() if device.kind == "panic"]
    found += [(device.zone, Item("exit", device.id)) for device in site.devices.values() if device.role == "exit"]
    found += [(poster.zone, Item("poster", poster.id)) for poster in site.posters.values()]
    return tuple(item for _zone, item in sorted(found, key=lambda placed: zones.get(placed[0], len(zones))))


def on_start_round(state: SiteState, event: StartRound, now: Now) -> Decision:
    """`answer` is `round_started`, `round_goes_on` (one is enough at a time) or `nothing_to_walk`."""
    if state.round is not None:
        return Decision(answer="round_goes_on")
    items = items_of(state.site)
    if not items:
        return Decision(answer="nothing_to_walk")
    round_ = Round(id=state.next_round, started_at=now.wall, started_by=event.by, items=items)
    return _with(Decision(answer="round_started"), round_, "started", event.by, now)


def on_tick_round(state: SiteState, event: TickRound, now: Now) -> Decision:
    """A person ticks an item. `answer` is `ticked`, `no_such_round`, `no_such_item`, `only_the_sensor` (a button or an
    exit can't be ticked as done by hand), `no_reason` (what went wrong is to be written) or `reason_too_long`."""
    round_ = state.round
    if round_ is None or round_.id != event.round:
        return Decision(answer="no_such_round")
    item = next((item for item in round_.items if item.key == event.item), None)
    if item is None:
        return Decision(answer="no_such_item")
    if event.fine and item.kind != "poster":
        return Decision(answer="only_the_sensor")
    if not event.fine and not event.note.strip():
        return Decision(answer="no_reason")
    if len(event.note) > REASON_LIMIT:
        return Decision(answer="reason_too_long")
    tick = Mark(now.wall, event.fine, event.by, event.note)
    decision = Decision(answer="ticked")
    if item.kind == "poster":
        known = state.posters.get(item.target) or PosterState(id=item.target)
        scanned = msgspec.structs.replace(known, scanned_at=now.wall, scanned_by=event.by, scan_fine=event.fine)
        decision = Decision(answer="ticked", posters=(scanned,))
    return _with(decision, _ticked(round_, item, tick), "ticked", event.by, now, item)


def on_finish_round(state: SiteState, event: FinishRound, now: Now) -> Decision:
    """`answer` is `round_finished`, `no_such_round`, `items_left` (each needs an end, good or bad) or
    `reason_too_long`."""
    round_ = state.round
    if round_ is None or round_.id != event.round:
        return Decision(answer="no_such_round")
    if round_.done < len(round_.items):
        return Decision(answer="items_left")
    if len(event.note) > REASON_LIMIT:
        return Decision(answer="reason_too_long")
    finished = msgspec.structs.replace(round_, finished_at=now.wall, finished_by=event.by, note=event.note)
    return _with(Decision(answer="round_finished"), finished, "finished", event.by, now)


def follow_round(state: SiteState, decision: Decision, now: Now) -> Decision:
    """The decision with what the hub itself saw of the round: a press in a drill or a test, an exit that opens."""
    round_ = state.round
    if round_ is None or not (decision.readings or decision.presses):
        return decision
    seen = [Item("button", press.device) for press in decision.presses if _is_exercise(decision, press.alarm)]
    seen += [Item("exit", name) for name in _opened(state, decision)]
    for item in seen:
        known = round_.ticks.get(item.key)
        if item in round_.items and (known is None or not known.fine):
            round_ = _ticked(round_, item, Mark(now.wall, True))
            decision = _with(decision, round_, "ticked", "", now, item)
    return decision


def _is_exercise(decision: Decision, number: int) -> bool:
    """A test press has no alarm; a press in a drill's window has one that is an exercise."""
    return not number or any(alarm.id == number and alarm.status == "exercise" for alarm in decision.alarms)


def _opened(state: SiteState, decision: Decision) -> list[str]:
    return [
        reading.device
        for reading in decision.readings
        if reading.signal == "contact" and reading.value == "open" and not reading.retained
        if state.device(reading.device).value("contact") == "closed"
    ]


def _ticked(round_: Round, item: Item, tick: Mark) -> Round:
    return msgspec.structs.replace(round_, ticks={**round_.ticks, item.key: tick})


def _with(decision: Decision, round_: Round, change: str, by: str, now: Now, item: Item | None = None) -> Decision:
    """The journal gets the whole round at its end, before that only what changed."""
    body: dict[str, object] = {"change": change, "round": round_.id, "by": by}
    if change == "finished":
        body["record"] = msgspec.to_builtins(round_)
    elif item is not None:
        mark = round_.ticks[item.key]
        body |= {"item": item.key, "fine": mark.fine, "note": mark.note}
    rounds = (*(other for other in decision.rounds if other.id != round_.id), round_)
    return msgspec.structs.replace(decision, rounds=rounds, journal=(*decision.journal, Entry("round", now.wall, body)))
