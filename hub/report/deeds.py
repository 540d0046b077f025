"""What people did, for the report: drills with what came of each button, rounds, and findings. Pure."""

from collections.abc import Mapping, Sequence

from hub.domain.schedule import school_time
from hub.domain.site import Hours
from hub.domain.state import Drill
from hub.domain.work import Finding, Round
from hub.report.model import AlarmRow, DrillPress, DrillRow, Figures, FindingRow, RoundItem, RoundRow
from hub.report.records import Records


def drill_rows(records: Records, rows: Sequence[AlarmRow], since: int) -> tuple[DrillRow, ...]:
    """Drills that ended since then or go on, oldest first."""
    alarms = {row.id: row for row in rows}
    return tuple(drill_row(drill, alarms) for drill in records.drills if not drill.ended_at or drill.ended_at >= since)


def drill_row(drill: Drill, alarms: Mapping[int, AlarmRow]) -> DrillRow:
    """One drill."""
    return DrillRow(
        id=drill.id,
        by=drill.by,
        from_at=drill.from_at,
        until_at=drill.until_at,
        ended_at=drill.ended_at or None,
        ended_by=drill.ended_by,
        presses=tuple(_press(drill, device, alarms) for device in drill.devices),
    )


def _press(drill: Drill, device: str, alarms: Mapping[int, AlarmRow]) -> DrillPress:
    if device not in drill.presses:
        return DrillPress(device, "missed" if drill.ended_at else "awaited")
    number, at = drill.presses[device]
    row = alarms.get(number)
    receipt = next((step.at for step in row.steps if step.step == "receipt"), 0) if row is not None else 0
    if not receipt:
        return DrillPress(device, "pressed", at, number)
    return DrillPress(device, "received", at, number, max(0, receipt - at))


def round_rows(records: Records, since: int) -> tuple[RoundRow, ...]:
    """Rounds that were finished since then or go on, oldest first."""
    return tuple(round_row(one) for one in records.rounds if not one.finished_at or one.finished_at >= since)


def round_row(one: Round) -> RoundRow:
    """One round."""
    items = []
    for item in one.items:
        mark = one.ticks.get(item.key)
        ended = () if mark is None else (mark.at, mark.fine, mark.by, mark.note)
        items.append(RoundItem(item.kind, item.target, *ended))
    return RoundRow(
        id=one.id,
        started_at=one.started_at,
        started_by=one.started_by,
        finished_at=one.finished_at or None,
        finished_by=one.finished_by,
        note=one.note,
        items=tuple(items),
    )


def finding_rows(records: Records, hours: Hours, since: int, now: int) -> tuple[FindingRow, ...]:
    """Findings that were closed since then or are open, oldest first. Days are the school's."""
    today = school_time(hours, now).date().isoformat()
    return tuple(finding_row(one, today) for one in records.findings if not one.closed_at or one.closed_at >= since)


def finding_row(one: Finding, today: str) -> FindingRow:
    """One finding."""
    return FindingRow(
        id=one.id,
        text=one.text,
        target=one.target,
        assignee=one.assignee,
        due=one.due,
        overdue=not one.closed_at and one.due < today,
        raised_at=one.raised_at,
        raised_by=one.raised_by,
        closed_at=one.closed_at or None,
        closed_by=one.closed_by,
        evidence=one.evidence,
        photos=one.photos,
    )


def figures(drills: Sequence[DrillRow], rounds: Sequence[RoundRow], findings: Sequence[FindingRow]) -> Figures:
    """Those of the main figures that people's deeds give."""
    pressed = [press for drill in drills for press in drill.presses if press.result != "awaited"]
    return {
        "drills": len(drills),
        "drill_presses": len(pressed),
        "drill_presses_received": sum(press.result == "received" for press in pressed),
        "rounds_finished": sum(one.finished_at is not None for one in rounds),
        "findings_open": sum(one.closed_at is None for one in findings),
        "findings_overdue": sum(one.overdue for one in findings),
        "findings_closed": sum(one.closed_at is not None for one in findings),
    }
