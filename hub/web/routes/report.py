"""The inspection report as JSON: the same that `hub report` signs."""

import sqlite3
import threading
from typing import Final

import msgspec
from flask import Blueprint, Response, request

from hub.report.build import LONGEST_DAYS, read_report
from hub.web import words
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.pins import LockedOut, WrongPin
from hub.web.reading import StoreUnreadable

routes: Final = Blueprint("report", __name__, url_prefix="/api/v1")

DAYS: Final = 365
_ONE: Final = threading.Lock()
"""A year's report takes a second of a small computer: one at a time."""


@routes.get("/report")
def report() -> Response | tuple[Response, int]:
    """Of the last year, or `?days=` (1 to 3660). It names people and rooms: a PIN, in the header `X-Hub-Pin`, opens
    it."""
    try:
        page().orders.pins.person(request.headers.get("X-Hub-Pin", ""), request.remote_addr or "")
    except LockedOut as locked:
        return _refused(Outcome("locked_out", retry_after=locked.seconds))
    except WrongPin:
        return _refused(Outcome("wrong_pin"))
    days = request.args.get("days", default=DAYS, type=int)
    config, now = page().config, page().live.now()
    try:
        with _ONE:
            made = read_report(config.site, config.store.path, now, min(max(1, days), LONGEST_DAYS))
    except (sqlite3.Error, msgspec.MsgspecError):
        raise StoreUnreadable from None
    return Response(msgspec.json.encode(made), mimetype="application/json")


def _refused(outcome: Outcome) -> tuple[Response, int]:
    body = msgspec.json.encode({"error": outcome.result, "message": words.outcome(outcome)})
    response = Response(body, mimetype="application/json")
    if outcome.retry_after:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response, outcome.status
