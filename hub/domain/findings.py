"""Findings of an inspection: what is wrong, who puts it right and by when. Closed only on evidence."""

from datetime import date
from typing import Final, Literal, get_args

import msgspec

from hub.domain.commands import CloseFinding, MoveFinding, RaiseFinding
from hub.domain.decision import Decision, Entry
from hub.domain.now import Now
from hub.domain.photos import fault_of_photos
from hub.domain.state import SiteState
from hub.domain.work import Finding

Assignee = Literal["school", "akimat", "police", "contractor"]
ASSIGNEES: Final = get_args(Assignee)
TEXT_LIMIT: Final = 1000


def on_raise_finding(state: SiteState, event: RaiseFinding, now: Now) -> Decision:
    """`answer` is `finding_raised`, or `no_text`, `reason_too_long`, `unknown_target`, `unknown_assignee`,
    `no_date`."""
    kind, _, name = event.target.partition(":")
    known = {"device": state.site.devices, "zone": state.site.zones}
    if event.target and name not in known.get(kind, ()):
        return Decision(answer="unknown_target")
    fault = _fault(event.text, "no_text") or _wrong(event.assignee, event.due)
    if fault:
        return Decision(answer=fault)
    finding = Finding(
        id=state.next_finding,
        text=event.text.strip(),
        target=event.target,
        assignee=event.assignee,
        due=event.due,
        raised_at=now.wall,
        raised_by=event.by,
    )
    return _kept(finding, "raised", event.by, now, "finding_raised")


def on_move_finding(state: SiteState, event: MoveFinding, now: Now) -> Decision:
    """Somebody else is to do it, or by another day. `answer` is `finding_moved`, or `no_such_finding`,
    `unknown_assignee`, `no_date`."""
    finding = state.findings.get(event.finding)
    if finding is None:
        return Decision(answer="no_such_finding")
    fault = _wrong(event.assignee, event.due)
    if fault:
        return Decision(answer=fault)
    moved = msgspec.structs.replace(finding, assignee=event.assignee, due=event.due)
    return _kept(moved, "moved", event.by, now, "finding_moved")


def on_close_finding(state: SiteState, event: CloseFinding, now: Now) -> Decision:
    """`answer` is `finding_closed`, or `no_such_finding`, `no_evidence`, `reason_too_long`, `too_many_photos`,
    `bad_photo`."""
    finding = state.findings.get(event.finding)
    if finding is None:
        return Decision(answer="no_such_finding")
    photos = tuple(dict.fromkeys(event.photos))
    fault = _fault(event.evidence, "no_evidence") or fault_of_photos(photos)
    if fault:
        return Decision(answer=fault)
    closed = msgspec.structs.replace(
        finding, closed_at=now.wall, closed_by=event.by, evidence=event.evidence.strip(), photos=photos
    )
    return _kept(closed, "closed", event.by, now, "finding_closed")


def _fault(text: str, empty: str) -> str:
    if not text.strip():
        return empty
    return "reason_too_long" if len(text) > TEXT_LIMIT else ""


def _wrong(assignee: str, due: str) -> str:
    if assignee not in ASSIGNEES:
        return "unknown_assignee"
    try:
        date.fromisoformat(due)
    except ValueError:
        return "no_date"
    return ""


def _kept(finding: Finding, change: str, by: str, now: Now, answer: str) -> Decision:
    body = {"change": change, "by": by, "finding": msgspec.to_builtins(finding)}
    return Decision(findings=(finding,), journal=(Entry("finding", now.wall, body),), answer=answer)
