"""The inspection report as JSON: the same that `hub report` signs."""

from typing import Final

import msgspec
from flask import Blueprint, Response, request

from hub.web.page import page

routes: Final = Blueprint("report", __name__, url_prefix="/api/v1")

DAYS: Final = 365


@routes.get("/report")
def report() -> Response:
    """Of the last year, or `?days=` (1 to 3660). It names people and rooms: a PIN, in the header `X-Hub-Pin`, or a
    session opens it."""
    days = request.args.get("days", default=DAYS, type=int)
    made = page().reports.report(days, fresh=True)
    return Response(msgspec.json.encode(made), mimetype="application/json")
