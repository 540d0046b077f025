"""/new: devices that announced themselves, and the form that gives one of them a room."""

from typing import Final

import msgspec
from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.adopt.candidates import Candidate
from hub.adopt.listed import candidates
from hub.adopt.refusal import NotAdopted
from hub.adopt.write import Wish, entry_of
from hub.domain.commands import Adopt
from hub.domain.site import Device
from hub.web import forms, refusals, vocabulary, words
from hub.web.language import gettext
from hub.web.orders import Outcome, short
from hub.web.page import page

routes: Final = Blueprint("newcomers", __name__)

KINDS: Final = ("panic", "door", "lighting", "restroom")
_LOOK_SECONDS: Final = 5
_PATIENCE_MS: Final = 60_000
"""The hub writes its file and starts anew within some seconds; after this time something is wrong."""


class _Told(msgspec.Struct):
    """What became of the last order. `again`: after so many seconds the page looks again; 0 for never."""

    said: str = ""
    failed: bool = False
    added: Device | None = None
    again: int = 0


@routes.get("/new")
def index() -> str:
    """The list, the ones that announced themselves first; above it what became of the last order."""
    found = _found()
    told = _told(request.args.get("wanted", ""), request.args.get("at", 0, type=int), found)
    if not found and not told.said:
        told.again = _LOOK_SECONDS
    return _shown(found, told)


@routes.post("/new")
def order() -> forms.Answer | Response:
    """One of them gets a room. The core writes hub.yaml: this process may not. What can be refused at once, is."""
    found, key = _found(), request.form.get("candidate", "")
    wanted, kind = found.get(key), request.form.get("kind", "")
    if wanted is None or kind not in KINDS:
        abort(400)
    name, zone = short(request.form.get("name", ""))[:100], request.form.get("zone", "")
    wish = Wish(zone, kind, request.form.get("id", "").strip()[:100] or wanted.id, name)
    try:
        entry_of(wanted, wish, page().config)
    except NotAdopted as error:
        found[key] = msgspec.structs.replace(wanted, refusal=error.refusal)
        return _shown(found, _Told(), key, wish), 409, {}
    asked_at = page().live.now()
    outcome = page().orders.give(Adopt(key, zone, forms.by(), kind, wish.id, name))
    if outcome.done:
        return forms.done(outcome, url_for("newcomers.index", wanted=wish.id, at=asked_at))
    return _shown(found, _Told(words.outcome(outcome), True), key, wish), outcome.status, forms.headers(outcome)


def _told(wanted: str, at: int, found: dict[str, Candidate]) -> _Told:
    if not wanted:
        return _Told()
    device = page().config.site.devices.get(wanted)
    if device is not None:
        return _Told(gettext("The sensor belongs to the school now."), added=device)
    if any(at <= one.refused_at for one in found.values()):
        return _Told()  # the reason stands beside it
    if page().live.now() - at > _PATIENCE_MS:
        return _Told(gettext("The hub has not added the sensor. Try again; its log tells why."), True)
    return _Told(words.outcome(Outcome("adopting")), again=_LOOK_SECONDS)


def _shown(found: dict[str, Candidate], told: _Told, tried: str = "", wish: Wish | None = None) -> str:
    """`wish` is what was asked of the candidate `tried`: it stays in its form."""
    return render_template(
        "newcomers.html",
        found=found,
        kinds=[(kind, vocabulary.KINDS[kind]) for kind in KINDS],
        zones=page().config.site.zones.values(),
        told=told,
        tried=tried,
        wish=wish,
        refusals=refusals,
    )


def _found() -> dict[str, Candidate]:
    return {f"{one.dialect} {one.topic}": one for one in candidates(page().config)}
