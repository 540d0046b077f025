"""/tasks: what is to be repaired, who does it, and what the sensor says about it."""

from typing import Final

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.domain.alarms import AlarmState
from hub.domain.commands import AcceptTask, FinishTask, GiveBackTask, TakeTask
from hub.domain.photos import PHOTOS_AT_MOST
from hub.domain.tasks import is_task
from hub.store import queries, work
from hub.web import forms, words
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.photos import Refused
from hub.web.reading import reading
from hub.web.show import present
from hub.web.view import urgency

routes: Final = Blueprint("tasks", __name__)


@routes.get("/tasks")
def index() -> str:
    """Open tasks, most urgent first, and the last ones that were closed."""
    with reading() as db:
        closed = work.closed_tasks(db, 20) if db is not None else ()
    alarms = [kept.alarm for kept in present().alarms if is_task(kept.alarm)]
    aside = [alarm for alarm in alarms if alarm.state is AlarmState.SHELVED]
    going = sorted((alarm for alarm in alarms if alarm.state is not AlarmState.SHELVED), key=urgency)
    return render_template("tasks.html", going=going, aside=aside, closed=closed)


@routes.get("/tasks/<int:number>")
def one(number: int) -> str:
    """One task: what, where, since when, what to do; and its forms."""
    return _shown(number)


@routes.post("/tasks/<int:number>")
def order(number: int) -> forms.Answer | AnyResponse:
    """Takes it, gives it back, or says that it is done."""
    order = request.form.get("order")
    if order == "take":
        return _answered(number, forms.give(lambda by: TakeTask(number, by)))
    if order == "give_back":
        return _answered(number, forms.give(lambda by: GiveBackTask(number, by)))
    if order != "done":
        abort(400)
    return _answered(number, _finish(number))


@routes.post("/tasks/<int:number>/accept")
def accept(number: int) -> forms.Answer | AnyResponse:
    """An inspector accepts for a time why it can't be done."""
    until, reason = forms.hours_from(present().at), forms.reason()
    return _answered(number, forms.give(lambda by: AcceptTask(number, until, by, reason)))


def _answered(number: int, outcome: Outcome) -> forms.Answer | AnyResponse:
    if outcome.done:
        return forms.done(outcome, url_for("tasks.one", number=number))
    return _shown(number, outcome), outcome.status, forms.headers(outcome)


def _finish(number: int) -> Outcome:
    """Photographs are kept only for a task that there is."""
    with reading() as db:
        kept = queries.alarm(db, number) if db is not None else None
    if kept is None or not kept.alarm.open or not is_task(kept.alarm):
        return Outcome("no_such_task")
    try:
        photos = forms.photographs()
    except Refused as refused:
        return Outcome(refused.word)
    note = forms.reason()
    return forms.give(lambda by: FinishTask(number, by, note, photos))


def _shown(number: int, outcome: Outcome | None = None) -> str:
    with reading() as db:
        kept = queries.alarm(db, number) if db is not None else None
        task = work.task(db, number) if db is not None else None
    if kept is None or not is_task(kept.alarm):
        abort(404)
    return render_template(
        "task.html", alarm=kept.alarm, task=task, hours=forms.lengths(page().config.site.limits.shelve_at_most),
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
        order=request.form.get("order", ""), accepting=request.endpoint == "tasks.accept",
        reason=request.form.get("reason", ""), at_most=PHOTOS_AT_MOST,
    )  # fmt: skip
