"""What to do now, most urgent first: what the hub itself needs, then the open alarms, then what is due. Pure.

Alarms of danger are not among them: they take the header of every page.
"""

from typing import Final, Literal

import msgspec

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.site import PRIORITY_RANK, Device
from hub.web.due import Due
from hub.web.view import View, is_danger, urgency

CardKind = Literal[
    "alarm", "silent", "core_down", "store_absent", "store_unreadable", "store_failing", "broker_down", "line_down",
    "line_unproven", "no_line", "channel_down", "waiting", "round", "replace",
]  # fmt: skip

GROUPED_FROM: Final = 4
"""So many silent devices are one card: they have one cause, and ten cards would hide the eleventh."""


class Card(msgspec.Struct, frozen=True):
    """One thing to do. `since` is UTC in ms, 0 where it is not known; what follows `alarm` is of some kinds only."""

    kind: CardKind
    since: int = 0
    alarm: Alarm | None = None
    count: int = 1
    name: str = ""
    due: Due | None = None
    device: Device | None = None


def cards(view: View) -> tuple[Card, ...]:
    """All that waits for somebody."""
    alarms = [kept.alarm for kept in view.alarms if kept.alarm.state is not AlarmState.SHELVED]
    told = {alarm.type for alarm in alarms}
    silent = [alarm for alarm in alarms if alarm.type == "silent"]
    shown = [alarm for alarm in alarms if alarm.type != "silent" or len(silent) < GROUPED_FROM]
    waiting = [(urgency(alarm), Card("alarm", alarm.began_at, alarm)) for alarm in shown if not is_danger(alarm)]
    quiet = _silent(view, silent)
    together = silent if len(silent) >= GROUPED_FROM else []
    waiting += [(min(map(urgency, together), default=_LAST), card) for card in quiet]
    ordered = [card for _, card in sorted(waiting, key=lambda one: one[0])]
    asked = [Card(due.kind, due.since, due=due) for due in view.due]
    return (*_hub(view, told), *ordered, *_other_channels(view, told), *_waiting(view), *asked)


_LAST: Final = (True, max(PRIORITY_RANK.values()), True, 0)
"""As urgent as the least urgent alarm: devices of whose silence the core has not told yet."""


def _hub(view: View, told: set[str]) -> list[Card]:
    if view.store == "absent" and not view.store_fails:
        return [Card("store_absent")]
    found = []
    if not view.pulse.running:
        found.append(Card("core_down", view.pulse.down_since))
    if view.store == "unreadable":
        found.append(Card("store_unreadable"))
    if view.store_fails and "store_failing" not in told:
        found.append(Card("store_failing"))
    if view.broker_down and "broker_down" not in told:
        found.append(Card("broker_down"))
    return found + ([] if found or "hq_line_lost" in told else _line(view))


def _line(view: View) -> list[Card]:
    line = view.line
    if line is None:
        return [Card("no_line")]
    if line.state == "up":
        return []
    return [Card("line_down" if line.state == "down" else "line_unproven", line.since)]


def _silent(view: View, alarms: list[Alarm]) -> list[Card]:
    """Devices that are silent by alarm or by the view's own judgement, which also works while the core is down."""
    if not view.pulse.running or view.broker_down:
        return []  # its own card says it all
    named = {alarm.device for alarm in alarms}
    quiet = [device for device in view.devices.values() if device.status == "silent" and device.behind is None]
    if len(alarms) < GROUPED_FROM:
        quiet = [device for device in quiet if device.device.id not in named]
    seen = [alarm.began_at for alarm in alarms] + [device.last_seen for device in quiet if device.last_seen]
    return [Card("silent", min(seen, default=0), count=len(quiet))] if quiet else []


def _other_channels(view: View, told: set[str]) -> list[Card]:
    if not view.pulse.running or "channel_down" in told:
        return []
    return [
        Card("channel_down", line.since, name=line.name) for line in view.lines if line.state == "down" and not line.hq
    ]


def _waiting(view: View) -> list[Card]:
    """Devices that are within their time but were not heard in it, or not understood: a single one is named."""
    if not view.pulse.running or view.store != "ok" or view.store_fails or view.broker_down:
        return []
    waiting = [device for device in view.devices.values() if device.status == "waiting"]
    if not waiting:
        return []
    since = min((device.last_seen for device in waiting if device.last_seen and not device.unsaid), default=0)
    return [Card("waiting", since, count=len(waiting), device=waiting[0].device if len(waiting) == 1 else None)]
