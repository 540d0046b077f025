"""The inspection report as JSON: the same that `hub report` signs."""

import sqlite3
import threading
from typing import Final

import msgspec
from flask import Blueprint, Response, request

from hub.report.build import LONGEST_DAYS, read_report
from hub.web.page import page
from hub.web.reading import StoreUnreadable

routes: Final = Blueprint("report", __name__, url_prefix="/api/v1")

DAYS: Final = 365
_ONE: Final = threading.Lock()
"""A year's report takes a second of a small computer: one at a time."""


@routes.get("/report")
def report() -> Response:
    """Of the last year, or `?days=` (1 to 3660). It names people and rooms: a PIN, in the header `X-Hub-Pin`, or
    a session opens it."""
    days = request.args.get("days", default=DAYS, type=int)
    config, now = page().config, page().live.now()
    try:
        with _ONE:
            made = read_report(config.site, config.store.path, now, min(max(1, days), LONGEST_DAYS))
    except (sqlite3.Error, msgspec.MsgspecError):
        raise StoreUnreadable from None
    return Response(msgspec.json.encode(made), mimetype="application/json")
