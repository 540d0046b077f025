"""/new: devices that announced themselves, and the form that gives one of them a room."""

from typing import Final

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.adopt.candidates import Candidate
from hub.adopt.listed import candidates
from hub.domain.events import Adopt
from hub.web import forms, words
from hub.web.orders import Outcome, short
from hub.web.page import page

routes: Final = Blueprint("newcomers", __name__)

KINDS: Final = ("panic", "door", "lighting", "restroom")


@routes.get("/new")
def index() -> str:
    """The list, the ones that announced themselves first."""
    return _shown()


@routes.post("/new")
def order() -> forms.Answer | Response:
    """One of them gets a room. The core writes hub.yaml: this process may not."""
    wanted = next((one for one in candidates(page().config) if _key(one) == request.form.get("candidate", "")), None)
    kind, zone = request.form.get("kind", ""), request.form.get("zone", "")
    if wanted is None or kind not in KINDS or zone not in page().config.site.zones:
        abort(400)
    name = short(request.form.get("name", ""))[:100]
    outcome = page().orders.give(Adopt(_key(wanted), zone, forms.by(), kind, wanted.id, name))
    if outcome.done:
        return forms.done(outcome, url_for("newcomers.index"))
    return _shown(outcome), outcome.status, forms.headers(outcome)


def _shown(outcome: Outcome | None = None) -> str:
    return render_template(
        "newcomers.html",
        found=[(_key(one), one) for one in candidates(page().config)],
        kinds=[(kind, words.KINDS[kind]) for kind in KINDS],
        zones=page().config.site.zones.values(),
        said=words.outcome(outcome) if outcome else forms.said(),
        failed=outcome is not None,
    )


def _key(one: Candidate) -> str:
    return f"{one.dialect} {one.topic}"
