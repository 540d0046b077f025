"""/plan/<floor>: the floor's picture with its devices where they are, and the form that places them."""

from typing import Final

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.domain.commands import PlaceDevices
from hub.domain.placing import SCALE
from hub.store import work
from hub.web import forms, words
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.plans import Picture, picture
from hub.web.reading import reading
from hub.web.show import present
from hub.web.view import FloorView

routes: Final = Blueprint("plan", __name__)


@routes.get("/plan/<int(signed=True):floor>")
def one(floor: int) -> str:
    """The floor's devices on its plan; its zones alone where there is none."""
    return _shown(floor)


@routes.post("/plan/<int(signed=True):floor>")
def order(floor: int) -> forms.Answer | AnyResponse:
    """Places devices: an inspector's or admin's order."""
    places = _places(floor)
    outcome = Outcome("off_the_plan") if places is None else forms.give(lambda by: PlaceDevices(places, by))
    if outcome.done:
        return forms.done(outcome, url_for("plan.one", floor=floor))
    return _shown(floor, outcome), outcome.status, forms.headers(outcome)


@routes.get("/plan/<int(signed=True):floor>/picture")
def image(floor: int) -> Response:
    """The picture alone, made harmless; opened by itself it can do nothing either."""
    found = _picture(floor)
    if found is None:
        abort(404)
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return Response(found.content, mimetype=found.mimetype, headers={"Content-Security-Policy": policy})


def _picture(floor: int) -> Picture | None:
    plan = next((plan for plan in page().config.plans if plan.floor == floor), None)
    return picture(plan.image) if plan is not None else None


def _floor(floor: int) -> FloorView:
    found = next((view for view in present().floors if view.floor == floor), None)
    if found is None:
        abort(404)
    return found


def _places(floor: int) -> dict[str, tuple[int, int] | None] | None:
    """What the form says of each device; None where a number is none. Fields are percent, empty for "not placed"."""
    places: dict[str, tuple[int, int] | None] = {}
    for shown in _floor(floor).group.devices:
        name = shown.device.id
        across, down = (request.form.get(f"{axis}-{name}", "").strip().replace(",", ".") for axis in "xy")
        try:
            here = (round(float(across) * SCALE / 100), round(float(down) * SCALE / 100)) if across and down else None
        except (ValueError, OverflowError):
            return None
        places[name] = here
    return places


def _shown(floor: int, outcome: Outcome | None = None) -> str:
    with reading() as db:
        positions = work.positions(db) if db is not None else {}
    view = _floor(floor)
    placed = [(shown, positions[shown.device.id]) for shown in view.group.devices if shown.device.id in positions]
    floors = [(other.floor, words.floor_name(other.floor)) for other in present().floors]
    return render_template(
        "plan.html", floor=view, floors=floors, picture=_picture(floor), placed=placed, positions=positions,
        wanted=any(plan.floor == floor for plan in page().config.plans),
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
    )  # fmt: skip
