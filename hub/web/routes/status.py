"""/ for everybody who glances, and /wall for the screen in the hall."""

from typing import Final

from flask import Blueprint, render_template, request

from hub.web.kept import once_per_view

routes: Final = Blueprint("status", __name__)


@routes.get("/")
@once_per_view
def index() -> str:
    """One answer, what to do now, floors and zones."""
    return wall() if request.args.get("wall") == "1" else render_template("status.html")


@routes.get("/wall")
@once_per_view
def wall() -> str:
    """The same, to be read from three metres and never touched."""
    return render_template("wall.html")
