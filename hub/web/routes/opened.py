"""/open and /open.json: what the school publishes of itself."""

from typing import Final

import msgspec
from flask import Blueprint, Response, render_template

from hub.report.words import percent
from hub.web.language import language
from hub.web.page import page

routes: Final = Blueprint("opened", __name__)


@routes.get("/open")
def index() -> str:
    """For everybody: shares and times, nothing about persons, rooms or what is broken now."""
    return render_template(
        "open.html", open=page().reports.open_report(), percent=lambda share: percent(share, language())
    )


@routes.get("/open.json")
def as_json() -> Response:
    """The same for programs."""
    return Response(msgspec.json.encode(page().reports.open_report()), mimetype="application/json")
