"""Steps of the wall clock: delays run on the steady clock, so only what was put off by the wall clock has to follow."""

from typing import Final

import msgspec

from hub.domain.conditions import Judgement
from hub.domain.decision import Entry, Hasten

STEP: Final = 2_000
"""ms by which the two clocks must have moved apart between two ticks to be called a step; slewing stays below it."""


def step_clock(judgement: Judgement) -> Hasten | None:
    """Notices a step since the last tick, enters it into the journal, and says which messages it had put off."""
    state, now = judgement.state, judgement.now
    last = state.clock or state.started
    step = now.wall - last.wall - now.ms_since(last)
    if abs(step) < STEP:
        return None
    body = {"step": step, "clock": "trusted" if now.trusted else "untrusted"}
    judgement.journal.append(Entry("clock", now.wall, body))
    if not last.trusted:
        _place_anew(judgement)
    return Hasten(now.wall, -step) if step < 0 else None


def _place_anew(judgement: Judgement) -> None:
    """Shelves and maintenance from before a start with a wrong clock were given the longest time there is: now their
    real end is known."""
    state, now = judgement.state, judgement.now
    for alarm in state.open_alarms():
        if alarm.shelved_until and alarm.shelved_until_mono - state.started.mono >= state.site.limits.shelve_at_most:
            due = now.mono + alarm.shelved_until - now.wall
            judgement.keep(msgspec.structs.replace(alarm, shelved_until_mono=due))
    for target, work in state.maintenance.items():
        if work.until_mono - state.started.mono >= state.site.limits.maintain_at_most:
            due = now.mono + work.until - now.wall
            judgement.maintenance[target] = msgspec.structs.replace(work, until_mono=due)
