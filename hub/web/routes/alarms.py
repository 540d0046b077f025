"""/alarms and /alarms/<id>: what happened, its proof, and the forms that acknowledge and end it."""

import sqlite3
from collections.abc import Sequence
from typing import Final, get_args

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.alarms import Verdict
from hub.domain.commands import Promote, Shelve, Unshelve
from hub.domain.phrases import what
from hub.store import figures, queries
from hub.store.ladder import rungs, way, ways
from hub.store.queries import Delivery, Kept
from hub.web import forms, notified, words
from hub.web.language import language
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.reading import reading
from hub.web.show import present
from hub.web.unsaved import unsaved

routes: Final = Blueprint("alarms", __name__)


@routes.get("/alarms")
def index() -> str:
    """All alarms, newest first, fifty on a page."""
    before, site = request.args.get("before", type=int), page().config.site
    with reading() as db:
        found = queries.alarms_before(db, before, queries.PAGE + 1) if db is not None else ()
        burden = figures.burden(db, site.hours, site.hq_channels, present().at) if db and before is None else None
        told = _told(db) if db and burden else None
    more = found[queries.PAGE - 1].alarm.id if len(found) > queries.PAGE else None
    unkept = unsaved(present().alarms) if before is None else ()
    return render_template(
        "alarms.html", found=(*unkept, *found[: queries.PAGE]), more=more, first=before is None, burden=burden,
        told=told, notified=notified, what=lambda code: what(code, language()),
    )  # fmt: skip


def _told(db: sqlite3.Connection) -> int | None:
    """How much of headquarters' budget is used now; None where no channel ends there."""
    site = page().config.site
    since = present().at - site.limits.headquarters_within
    return len(figures.told_headquarters(db, site.hq_channels, since)) if site.hq_channels else None


@routes.get("/alarms/<int:number>")
def one(number: int) -> str:
    """One alarm with its delivery ladder."""
    return _shown(number)


@routes.post("/alarms/<int:number>")
def order(number: int) -> forms.Answer | Response:
    """Acknowledges it, ends it or makes an exercise real: of whoever is signed in or gives a PIN with it."""
    return _answered(number, _ordered(number))


@routes.post("/alarms/<int:number>/shelf")
def shelf(number: int) -> forms.Answer | Response:
    """Puts it aside for a time, or takes it back."""
    until, reason = forms.hours_from(present().at), forms.reason()
    if request.form.get("order") == "unshelve":
        return _answered(number, forms.give(lambda by: Unshelve(number, by)))
    return _answered(number, forms.give_surely(lambda by: Shelve(number, until, by, reason)))


def _answered(number: int, outcome: Outcome) -> forms.Answer | Response:
    if outcome.done:
        return forms.done(outcome, url_for("alarms.one", number=number))
    if outcome.result == "unknown_alarm":
        abort(404)
    return _shown(number, outcome), outcome.status, forms.headers(outcome)


def _ordered(number: int) -> Outcome:
    order, reason = request.form.get("order", ""), request.form.get("reason", "")
    if order == "promote":
        who = forms.who()
        return page().orders.give(Promote(number, who.by, "page")) if who.done else who
    if order == "acknowledge":
        return page().orders.acknowledge(number, forms.who, reason)
    verdict = order.removeprefix("reset_")
    if verdict not in get_args(Verdict):
        abort(400)
    return page().orders.reset(number, forms.who, verdict, reason)  # type: ignore[arg-type]


def _shown(number: int, outcome: Outcome | None = None) -> str:
    kept, messages = _found(number)
    said = words.outcome(outcome) if outcome is not None else _done()
    return render_template(
        "alarm.html", kept=kept, alarm=kept.alarm, rungs=rungs(kept, messages), ways=ways(kept.alarm, messages),
        messages=[way(message) for message in messages], said=said, failed=outcome is not None,
        reason=request.form.get("reason", ""), shelf_hours=forms.lengths(page().config.site.limits.shelve_at_most),
        order=request.form.get("order", ""), notified=notified,
    )  # fmt: skip


def _found(number: int) -> tuple[Kept, Sequence[Delivery]]:
    """The alarm and its messages; of a core whose store fails, what it has in memory."""
    view = present()
    for kept in view.alarms if view.calls else ():
        if kept.alarm.id == number:
            return kept, view.deliveries.get(number, ())
    with reading() as db:
        found = queries.alarm(db, number) if db is not None else None
        messages = queries.deliveries(db, [number]).get(number, ()) if db is not None else ()
    return found or abort(404), messages


def _done() -> str:
    match request.args.get("done"):
        case "acknowledged" | "reset" as result:
            return words.outcome(Outcome(result))
    return forms.said()
