"""/inspection: what an inspector looks at, writes down and takes away."""

import logging
from datetime import UTC, datetime
from typing import Final, get_args

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.commands import CloseFinding, Command, MoveFinding, RaiseFinding
from hub.domain.findings import ASSIGNEES, TEXT_LIMIT
from hub.domain.photos import PHOTOS_AT_MOST
from hub.domain.schedule import school_time
from hub.domain.site import Language
from hub.report.printed import spoken
from hub.store import work
from hub.web import forms, words
from hub.web.language import language
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.photos import Refused
from hub.web.reading import reading
from hub.web.reports import PERIODS, PackFailed, inspected
from hub.web.show import present

log = logging.getLogger(__name__)

routes: Final = Blueprint("inspection", __name__)

SHOWN_ALARMS: Final = 500
SHOWN_TESTS: Final = 300
RECORDS_OF: Final = {
    "devices": "inventory", "devices_heard": "inventory", "available": "availability", "hub_available": "availability",
    "hq_line_available": "availability", "cameras_available": "cameras", "buttons": "tests", "buttons_tested": "tests",
    "alarms": "alarms", "alarms_per_day": "alarms", "critical_alarms": "alarms", "critical_unanswered": "alarms",
    "response_median_ms": "responses", "response_p95_ms": "responses", "receipt_median_ms": "responses",
    "receipt_p95_ms": "responses", "messages_waiting": "deliveries", "drills": "drills", "drill_presses": "drills",
    "drill_presses_received": "drills", "rounds_finished": "rounds", "findings_open": "findings",
    "findings_overdue": "findings", "findings_closed": "findings",
}  # fmt: skip
"""Where the records behind each main figure stand on the page."""


@routes.get("/inspection")
def index() -> str:
    """All of it on one page, over `?days=` 30, 90 or 365."""
    return _shown()


@routes.post("/inspection/pack")
def pack() -> Response | tuple[str, int]:
    """The signed pack as a download; the journal is told of it."""
    code, days = request.form.get("language", ""), _days()
    if code not in get_args(Language):
        abort(400)
    try:
        content, made = page().reports.pack(days, code)  # type: ignore[arg-type]
    except PackFailed as error:
        log.error("no inspection pack: %s", error)
        return _shown(Outcome("pack_too_large" if error.too_large else "pack_failed")), 503
    page().orders.note(inspected(forms.by(), made))
    day = datetime.fromtimestamp(made.report.generated_at / 1000, UTC)
    name = f"inspection-{made.report.site}-{day:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Hub-Key": made.key}
    return Response(content, mimetype="application/zip", headers=headers)


@routes.post("/inspection/findings")
def finding() -> forms.Answer | Response:
    """A finding is raised, given on or closed."""
    outcome = _close() if request.form.get("order") == "close" else page().orders.give(_command())
    if outcome.done:
        return forms.done(outcome, url_for("inspection.index"), "findings")
    return _shown(outcome), outcome.status, forms.headers(outcome)


def _command() -> Command:  # noqa: RET503 - abort never returns
    form, by = request.form, forms.by()
    number = form.get("finding", type=int) or 0
    text = _text("text")
    match form.get("order"):
        case "raise":
            return RaiseFinding(text, form.get("target", ""), form.get("assignee", ""), form.get("due", ""), by)
        case "move":
            return MoveFinding(number, form.get("assignee", ""), form.get("due", ""), by)
        case _:
            abort(400)


def _close() -> Outcome:
    """Photographs are kept only for a finding that is open, and with words of evidence."""
    number, evidence = request.form.get("finding", type=int) or 0, _text("evidence")
    with reading() as db:
        kept = db is not None and any(one.id == number and not one.closed_at for one in work.findings(db))
    try:
        photos = forms.photographs() if kept and evidence else ()
    except Refused as refused:
        return Outcome(refused.word)
    return page().orders.give(CloseFinding(number, evidence, forms.by(), photos))


def _text(name: str) -> str:
    """One too long stays too long, so that the core refuses it; nobody's words are cut off unseen."""
    return " ".join(request.form.get(name, "").split())[: TEXT_LIMIT + 1]


def _days() -> int:
    asked = request.values.get("days", type=int)
    return asked if asked in PERIODS else 365


def _shown(outcome: Outcome | None = None) -> str:
    report = page().reports.report(_days(), fresh="done" in request.args)  # what was just done is counted
    site = page().config.site
    with reading() as db:
        findings = work.findings(db) if db is not None else ()
    today = school_time(site.hours, present().at).date().isoformat()
    texts = {**spoken(report, site, language()), "alarms": list(reversed(report.alarms[-SHOWN_ALARMS:])),
             "tests": list(reversed(report.tests[-SHOWN_TESTS:]))}  # fmt: skip
    return render_template(
        "inspection.html", **texts, findings=findings, today=today, days_shown=_days(), periods=PERIODS,
        records_of=RECORDS_OF, assignees=ASSIGNEES, limit=TEXT_LIMIT, at_most=PHOTOS_AT_MOST, form=request.form,
        zones=site.zones.values(), devices=site.devices.values(),
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
    )  # fmt: skip
