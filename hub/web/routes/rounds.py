"""/rounds: the monthly round as a checklist on a telephone; sensors tick what they see."""

from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.commands import FinishRound, StartDrill, StartRound, TickRound
from hub.domain.rounds import items_of
from hub.domain.work import Round
from hub.store import work
from hub.web import forms, words
from hub.web.due import round_due_at
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.reading import reading
from hub.web.show import present

routes: Final = Blueprint("rounds", __name__)

DRILL_MS: Final = 60 * 60_000
"""Long enough to walk to every button of a large school."""


@routes.get("/rounds")
def index() -> str:
    """The round that goes on, when the next one is due, and the finished ones."""
    return _list()


@routes.post("/rounds")
def start() -> forms.Answer | Response:
    """Sets out."""
    outcome = forms.give(StartRound)
    if not outcome.done:
        return _list(outcome), outcome.status, forms.headers(outcome)
    with reading() as db:
        newest = work.rounds(db, 1) if db is not None else ()
    return redirect(url_for("rounds.one", number=newest[0].id) if newest else url_for("rounds.index"), 303)


@routes.get("/rounds/<int:number>")
def one(number: int) -> str:
    """One round: what is done, what is left."""
    return _shown(number)


@routes.post("/rounds/<int:number>")
def order(number: int) -> forms.Answer | Response:
    """Ticks an item, sets the buttons' drill up, or ends the round."""
    outcome = _ordered(number)
    if outcome.done:
        return forms.done(outcome, url_for("rounds.one", number=number), _anchor())
    return _shown(number, outcome), outcome.status, forms.headers(outcome)


def _ordered(number: int) -> Outcome:
    item, note = request.form.get("item", ""), forms.reason()
    order = request.form.get("order")
    if order == "fine":
        return forms.give(lambda by: TickRound(number, item, by, True))
    if order == "poor":
        return forms.give(lambda by: TickRound(number, item, by, False, note))
    if order == "finish":
        return forms.give(lambda by: FinishRound(number, by, note))
    if order != "drill":
        abort(400)
    buttons = tuple(item.target for item in _round(number).items if item.kind == "button")
    until = present().at + DRILL_MS
    return forms.give_surely(lambda by: StartDrill(buttons, until, by))


def _anchor() -> str:
    written = request.form.get("item", "").replace(":", "-")
    return written if written.replace("-", "").isalnum() and written.isascii() else ""


def _round(number: int) -> Round:
    with reading() as db:
        found = work.round_(db, number) if db is not None else None
    if found is None:
        abort(404)
    return found


def _list(outcome: Outcome | None = None) -> str:
    with reading() as db:
        rounds = work.rounds(db) if db is not None else ()
        last, _ = work.last_round(db) if db is not None else (0, False)
    return render_template(
        "rounds.html", rounds=rounds, going=next((round_ for round_ in rounds if not round_.finished_at), None),
        finished=any(round_.finished_at for round_ in rounds), due=any(due.kind == "round" for due in present().due),
        due_at=round_due_at(last, page().config.site.hours) if last else 0, items=items_of(page().config.site),
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
    )  # fmt: skip


def _shown(number: int, outcome: Outcome | None = None) -> str:
    round_, now = _round(number), present().at
    buttons = {item.target for item in round_.items if item.kind == "button"}
    with reading() as db:
        drills = work.drills(db, 20) if db is not None else ()
    going = [drill for drill in drills if not drill.ended_at and drill.from_at <= now < drill.until_at]
    drilled = {name for drill in going for name in drill.devices}
    return render_template(
        "round.html", round=round_, drilled=drilled,
        undrilled=sorted(buttons - drilled), item=request.form.get("item", ""), reason=request.form.get("reason", ""),
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
    )  # fmt: skip
