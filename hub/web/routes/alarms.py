"""/alarms and /alarms/<id>: what happened, its proof, and the forms that acknowledge and end it."""

from collections.abc import Callable, Mapping
from typing import Final, get_args

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.alarms import Verdict
from hub.domain.events import Promote, Shelve, Unshelve
from hub.store import queries
from hub.store.ladder import rungs, ways
from hub.web import forms, words
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.reading import reading
from hub.web.show import present

routes: Final = Blueprint("alarms", __name__)


@routes.get("/alarms")
def index() -> str:
    """All alarms, newest first, fifty on a page."""
    before = request.args.get("before", type=int)
    with reading() as db:
        found = queries.alarms_before(db, before, queries.PAGE + 1) if db is not None else ()
        burden = queries.burden(db, present().at) if db is not None and before is None else None
    more = found[queries.PAGE - 1].alarm.id if len(found) > queries.PAGE else None
    return render_template("alarms.html", found=found[: queries.PAGE], more=more, first=before is None, burden=burden)


@routes.get("/alarms/<int:number>")
def one(number: int) -> str:
    """One alarm with its delivery ladder."""
    return _shown(number)


@routes.post("/alarms/<int:number>")
def order(number: int) -> tuple[str, int, dict[str, str]] | Response:
    """Acknowledges or ends it; the form comes back with a sentence where that was not possible."""
    outcome = _ordered(number)
    if outcome.done:
        return redirect(url_for("alarms.one", number=number, done=outcome.result), 303)
    if outcome.result == "unknown_alarm":
        abort(404)
    headers = {"Retry-After": str(outcome.retry_after)} if outcome.retry_after else {}
    return _shown(number, outcome), outcome.status, headers


def _ordered(number: int) -> Outcome:
    form, address = request.form, request.remote_addr or ""
    other = _OTHERS.get(form.get("order", ""))
    if other is not None:
        return other(number)
    pin, reason = form.get("pin", "").strip(), form.get("reason", "")
    if form.get("order") == "acknowledge":
        return page().orders.acknowledge(number, pin, reason, address)
    verdict = form.get("order", "").removeprefix("reset_")
    if verdict not in get_args(Verdict):
        abort(400)
    return page().orders.reset(number, pin, verdict, reason, address)  # type: ignore[arg-type]


def _shelve(number: int) -> Outcome:
    until, reason = forms.hours_from(present().at), forms.reason()
    return page().orders.carry_out("shelve", forms.pin(), forms.address(), lambda by: Shelve(number, until, by, reason))


def _unshelve(number: int) -> Outcome:
    return page().orders.carry_out("shelve", forms.pin(), forms.address(), lambda by: Unshelve(number, by))


def _promote(number: int) -> Outcome:
    return page().orders.carry_out("promote", forms.pin(), forms.address(), lambda by: Promote(number, by, "page"))


_OTHERS: Final[Mapping[str, Callable[[int], Outcome]]] = {
    "shelve": _shelve,
    "unshelve": _unshelve,
    "promote": _promote,
}


def _shown(number: int, outcome: Outcome | None = None) -> str:
    with reading() as db:
        kept = queries.alarm(db, number) if db is not None else None
        messages = queries.deliveries(db, [number]).get(number, ()) if db is not None else ()
    if kept is None:
        abort(404)
    said = words.outcome(outcome) if outcome is not None else _done()
    return render_template(
        "alarm.html", kept=kept, alarm=kept.alarm, rungs=rungs(kept, messages), ways=ways(messages), said=said,
        failed=outcome is not None, reason=request.form.get("reason", ""),
        shelf_hours=forms.lengths(page().config.site.limits.shelve_at_most), order=request.form.get("order", ""),
    )  # fmt: skip


def _done() -> str:
    match request.args.get("done"):
        case "acknowledged" | "reset" as result:
            return words.outcome(Outcome(result))
    return forms.said()
