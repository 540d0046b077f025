"""Work on a device or in a zone: until it is over, nothing but presses raises an alarm there."""

from typing import Final

from hub.domain.commands import EndMaintenance, Maintain
from hub.domain.conditions import Judgement
from hub.domain.decision import Decision, Entry
from hub.domain.now import Now
from hub.domain.site import Device
from hub.domain.state import Maintenance, SiteState

REASON_LIMIT: Final = 500
"""Characters of a reason: a sentence, not a file."""


def fault_of(reason: str, until: int, at_most: int, now: Now) -> str:
    """What is wrong with a time-limited order, by name; empty where nothing is: `no_reason`, `reason_too_long`,
    `already_over` or `too_long`."""
    if not reason.strip():
        return "no_reason"
    if len(reason) > REASON_LIMIT:
        return "reason_too_long"
    if until <= now.wall:
        return "already_over"
    return "too_long" if until - now.wall > at_most else ""


def on_maintain(state: SiteState, event: Maintain, now: Now) -> Decision:
    """`answer` is `maintained`, `unknown_target` or what `fault_of` says. A second order replaces the first."""
    if not _devices(state, event.target):
        return Decision(answer="unknown_target")
    fault = fault_of(event.reason, event.until, state.site.limits.maintain_at_most, now)
    if fault:
        return Decision(answer=fault)
    work = Maintenance(
        target=event.target,
        since=now.wall,
        until=event.until,
        until_mono=now.mono + event.until - now.wall,
        by=event.by,
        reason=event.reason,
    )
    body = {"change": "begun", "target": work.target, "until": work.until, "by": work.by, "reason": work.reason}
    return Decision(
        maintenance={work.target: work}, journal=(Entry("maintenance", now.wall, body),), answer="maintained"
    )


def on_end_maintenance(state: SiteState, event: EndMaintenance, now: Now) -> Decision:
    """`answer` is `ended`, or `not_maintained` where nobody works on the target."""
    if event.target not in state.maintenance:
        return Decision(answer="not_maintained")
    judgement = Judgement(state, now)
    _end(judgement, event.target, event.by)
    return judgement.decision(answer="ended")


def end_what_is_over(judgement: Judgement) -> None:
    """Ends every work whose time is over."""
    for target, known in judgement.state.maintenance.items():
        work = judgement.maintenance.get(target) or known
        if judgement.now.mono >= work.until_mono:
            _end(judgement, work.target, "")


def _end(judgement: Judgement, target: str, by: str) -> None:
    """Its devices are judged anew: what they said meanwhile counts, their silence counts from now."""
    judgement.maintenance[target] = None
    body = {"change": "ended" if by else "expired", "target": target, "by": by}
    judgement.journal.append(Entry("maintenance", judgement.now.wall, body))
    for device in _devices(judgement.state, target):
        judgement.change(device.id, listening=judgement.now)


def _devices(state: SiteState, target: str) -> list[Device]:
    """The devices that a target means; none for a target that the school doesn't have."""
    kind, _, name = target.partition(":")
    if kind == "zone":
        return [device for device in state.site.devices.values() if device.zone == name]
    return [state.site.devices[name]] if kind == "device" and name in state.site.devices else []
