"""The report's lists as CSV: UTF-8 with a byte order mark and semicolons, as office programs of the region open it.

Column names are the field names of `hub.report.model`, whatever the language: software reads these files too.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from hub.domain.site import in_language
from hub.report.model import Available, Report

Row = Sequence[object]


def csv_files(report: Report, language: str) -> dict[str, bytes]:
    """The files by name."""
    tables: dict[str, list[Row]] = {
        "inventory.csv": _inventory(report, language),
        "availability.csv": _availability(report),
        "alarms.csv": _alarms(report),
        "ladder.csv": _ladder(report),
        "responses.csv": _responses(report),
        "deliveries.csv": _deliveries(report),
        "tests.csv": _tests(report),
        "drills.csv": _drills(report),
        "rounds.csv": _rounds(report),
        "findings.csv": _findings(report),
        "days.csv": [("day", "critical", "high", "medium"),
                     *((day.day, day.critical, day.high, day.medium) for day in report.per_day)],
    }  # fmt: skip
    return {name: _csv(rows) for name, rows in tables.items()}


def iso(at: int | None) -> str:
    """UTC with milliseconds, empty for never."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object) -> object:
    """A text that an office program would take for a formula is marked as text."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _inventory(report: Report, language: str) -> list[Row]:
    header = ("device", "kind", "zone", "name", "dialect", "model", "firmware", "battery", "installed", "last_seen",
              "last_test", "replace_by")  # fmt: skip
    rows: list[Row] = [
        (item.device, item.kind, item.zone, _name(item.name, language), item.dialect, item.model, item.firmware,
         item.battery, iso(item.installed), iso(item.last_seen), iso(item.last_test), item.replace_by)
        for item in report.inventory
    ]  # fmt: skip
    return [header, *rows]


def _availability(report: Report) -> list[Row]:
    parts = ("share", "whole_ms", "silent_ms", "unwatched_ms")
    header = ("scope", "id", "kind", *(f"{part}_{days}" for days in (30, 365) for part in parts))
    rows: list[Row] = [(r.scope, r.id, r.kind, *_parts(r.days_30), *_parts(r.days_365)) for r in report.availability]
    return [header, *rows]


def _parts(available: Available) -> Row:
    return available.share, available.whole, available.silent, available.unwatched


def _alarms(report: Report) -> list[Row]:
    header = ("id", "device", "zone", "alarm", "priority", "status", "state", "raised_at", "cleared_at", "count",
              "clock", "reset_as", "receipt_ms", "response_ms")  # fmt: skip
    rows: list[Row] = [
        (a.id, a.device, a.zone, a.alarm, a.priority, a.status, a.state, iso(a.raised_at), iso(a.cleared_at), a.count,
         a.clock, a.reset_as, a.receipt_ms, a.response_ms)
        for a in report.alarms
    ]  # fmt: skip
    return [header, *rows]


def _ladder(report: Report) -> list[Row]:
    header = ("alarm_id", "step", "at", "channel", "by", "attempts", "reason")
    rows: list[Row] = [
        (alarm.id, step.step, iso(step.at), step.channel, step.by, step.attempts or None, step.reason)
        for alarm in report.alarms
        for step in alarm.steps
    ]
    return [header, *rows]


def _responses(report: Report) -> list[Row]:
    header = ("priority", "alarms", "unanswered", "receipts", "receipt_median_ms", "receipt_p95_ms", "answered",
              "response_median_ms", "response_p95_ms")  # fmt: skip
    rows: list[Row] = [
        (r.priority, r.alarms, r.unanswered, r.receipt.count, r.receipt.median, r.receipt.p95, r.response.count,
         r.response.median, r.response.p95)
        for r in report.responses
    ]  # fmt: skip
    return [header, *rows]


def _deliveries(report: Report) -> list[Row]:
    header = ("channel", "messages", "delivered", "accepted", "refused", "waiting", "attempts", "median_ms", "p95_ms")
    rows: list[Row] = [
        (d.channel, d.messages, d.delivered, d.accepted, d.refused, d.waiting, d.attempts, d.time.median, d.time.p95)
        for d in report.deliveries
    ]
    return [header, *rows]


def _tests(report: Report) -> list[Row]:
    rows: list[Row] = [(test.device, iso(test.at), test.how, test.alarm) for test in report.tests]
    return [("device", "at", "how", "alarm_id"), *rows]


def _drills(report: Report) -> list[Row]:
    header = ("drill_id", "by", "from", "until", "ended_at", "ended_by", "device", "result", "pressed_at", "alarm_id",
              "receipt_ms")  # fmt: skip
    rows: list[Row] = [
        (d.id, d.by, iso(d.from_at), iso(d.until_at), iso(d.ended_at), d.ended_by, p.device, p.result,
         iso(p.pressed_at), p.alarm, p.receipt_ms)
        for d in report.drills for p in d.presses
    ]  # fmt: skip
    return [header, *rows]


def _rounds(report: Report) -> list[Row]:
    header = ("round_id", "started_at", "started_by", "finished_at", "finished_by", "round_note", "kind", "target",
              "at", "fine", "by", "note")  # fmt: skip
    rows: list[Row] = [
        (r.id, iso(r.started_at), r.started_by, iso(r.finished_at), r.finished_by, r.note, i.kind, i.target, iso(i.at),
         i.fine, i.by, i.note)
        for r in report.rounds for i in r.items
    ]  # fmt: skip
    return [header, *rows]


def _findings(report: Report) -> list[Row]:
    header = ("id", "text", "target", "assignee", "due", "overdue", "raised_at", "raised_by", "closed_at", "closed_by",
              "evidence", "photos")  # fmt: skip
    rows: list[Row] = [
        (f.id, f.text, f.target, f.assignee, f.due, f.overdue, iso(f.raised_at), f.raised_by, iso(f.closed_at),
         f.closed_by, f.evidence, " ".join(f.photo_files))
        for f in report.findings
    ]  # fmt: skip
    return [header, *rows]


def _name(name: Mapping[str, str], language: str) -> str:
    return in_language(name, language)
