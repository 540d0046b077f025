"""The hub's start: what was open stays open, what nobody can end any more is ended, and the journal says so."""

from typing import Final

import msgspec

from hub.domain.alarms import Alarm, merged, returned
from hub.domain.conditions import Judgement
from hub.domain.decision import Decision, Entry, Hasten
from hub.domain.events import Started
from hub.domain.now import Now
from hub.domain.state import SiteState

DAY: Final = 86_400_000
"""ms; nothing is put off for longer on purpose."""


def on_started(state: SiteState, _event: Started, now: Now) -> Decision:
    """To be the first event after the state was built from the store."""
    judgement = Judgement(state, now)
    for alarm in state.doubled:
        judgement.tell(merged(alarm, now, state.device(alarm.device).open[alarm.type].id), "alarm.cleared", "merged")
    for alarm in reversed(state.open_alarms()):
        if _is_orphaned(state, alarm) and not alarm.is_over:
            _end(judgement, alarm)
    gap = state.gap
    body = {
        "gap": gap.ms if gap is not None else 0,
        "clock": "trusted" if now.trusted else "untrusted",
        "open": [alarm.id for alarm in state.open_alarms()],
    }
    judgement.journal.insert(0, Entry("reconciled", now.wall, body))
    # Rows that a wrong clock dated into the future must not wait for it.
    return msgspec.structs.replace(judgement.decision(), clock=now, hasten=Hasten(now.wall + DAY, now.wall + DAY))


def _is_orphaned(state: SiteState, alarm: Alarm) -> bool:
    """Whether its device left hub.yaml, or became one of another kind: its cause is judged no more. Presses wait for
    a person all the same."""
    if alarm.latching or alarm.kind == "hub":
        return False
    device = state.site.devices.get(alarm.device)
    return device is None or device.kind != alarm.kind


def _end(judgement: Judgement, alarm: Alarm) -> None:
    alarm = returned(alarm, judgement.now)
    judgement.keep(judgement.tell(alarm, "alarm.updated" if alarm.open else "alarm.cleared", "device_removed"))
    known = judgement.device(alarm.device)
    judgement.devices[alarm.device] = msgspec.structs.replace(known, pending={})
