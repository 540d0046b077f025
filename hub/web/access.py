"""Who may do what: one table of all routes, asked before each request. What is not in it is closed to everybody."""

from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
from flask import Flask, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.web import words
from hub.web.language import gettext
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.security import own_address
from hub.web.sessions import Visitor

Level = Literal["anyone", "open", "viewer", "pin", "caretaker", "inspector", "admin"]
"""`anyone`: always. `open`: unless hub.yaml has `viewer: nobody`. `viewer`: without signing in where hub.yaml has
`viewer: school`, else signed in. `pin`: whoever is signed in, and everybody else with a PIN in the order, which its
route checks. The others: signed in as this or as one who may do more."""

RANK: Final[Mapping[str, int]] = {"": 0, "caretaker": 1, "inspector": 2, "admin": 3}

TABLE: Final[Mapping[tuple[str, str], Level]] = {
    ("GET", "static"): "anyone",
    ("GET", "health.healthz"): "anyone",
    ("GET", "people.login"): "anyone",
    ("POST", "people.sign_in"): "anyone",
    ("POST", "people.logout"): "anyone",
    ("GET", "status.index"): "viewer",
    ("GET", "status.wall"): "viewer",
    ("GET", "places.zone"): "viewer",
    ("GET", "places.device"): "viewer",
    ("POST", "places.note"): "caretaker",
    ("GET", "places.silent"): "viewer",
    ("GET", "lines.index"): "caretaker",
    ("GET", "alarms.index"): "viewer",
    ("GET", "alarms.one"): "viewer",
    ("GET", "tasks.index"): "viewer",
    ("GET", "tasks.one"): "viewer",
    ("POST", "tasks.order"): "caretaker",
    ("POST", "tasks.accept"): "inspector",
    ("GET", "photos.one"): "caretaker",
    ("GET", "plan.one"): "viewer",
    ("POST", "plan.order"): "inspector",
    ("GET", "plan.image"): "viewer",
    ("GET", "rounds.index"): "viewer",
    ("POST", "rounds.start"): "caretaker",
    ("GET", "rounds.one"): "viewer",
    ("POST", "rounds.order"): "caretaker",
    ("GET", "posters.index"): "viewer",
    ("GET", "posters.one"): "viewer",
    ("GET", "drills.index"): "viewer",
    ("POST", "drills.order"): "caretaker",
    ("GET", "maintenance.one"): "viewer",
    ("POST", "maintenance.order"): "caretaker",
    ("GET", "stream.events"): "viewer",
    ("GET", "health.metrics"): "viewer",
    ("GET", "api.status"): "viewer",
    ("GET", "api.alarms"): "viewer",
    ("GET", "api.openapi"): "anyone",
    ("POST", "alarms.order"): "pin",
    ("POST", "alarms.shelf"): "caretaker",
    ("POST", "api.acknowledge"): "pin",
    ("POST", "api.reset"): "pin",
    ("GET", "report.report"): "caretaker",
    ("GET", "installed.manifest"): "anyone",
    ("GET", "installed.worker"): "anyone",
    ("GET", "installed.offline"): "anyone",
    ("GET", "opened.index"): "open",
    ("GET", "opened.as_json"): "open",
    ("GET", "inspection.index"): "inspector",
    ("POST", "inspection.pack"): "inspector",
    ("POST", "inspection.finding"): "inspector",
    ("GET", "newcomers.index"): "inspector",
    ("POST", "newcomers.order"): "inspector",
    ("GET", "data.index"): "open",
    ("GET", "data.file"): "open",
    ("GET", "people.index"): "admin",
    ("POST", "people.end_all"): "admin",
}
"""(method, endpoint) → who may."""

PIN_HEADER: Final = "X-Hub-Pin"
LATELY_MS: Final = 3_600_000
"""So long a caretaker's PIN is good for orders that make alarms quieter. Sessions by password end with the browser."""


def guard(app: Flask) -> None:
    """Asks the table before each request."""
    app.before_request(_refuse)
    app.context_processor(
        lambda: {"visitor": visitor(), "may": may, "signed_in_lately": signed_in_lately, "here": _here}
    )


def visitor() -> Visitor | None:
    """Who asks: by the session's cookie or, for the JSON interface, by the PIN in its header. None for an outsider."""
    if "visitor" not in g:
        g.visitor = page().sessions.visitor()
    found: Visitor | None = g.visitor
    return found


def signed_in_lately() -> bool:
    """Whether who asks need not give the PIN once more for an order that makes alarms quieter."""
    who = visitor()
    return who is not None and (who.role != "caretaker" or page().live.now() - who.since < LATELY_MS)


def may(endpoint: str, method: str = "GET") -> bool:
    """Whether who asks may do this."""
    level = TABLE.get((method, endpoint))
    return level is not None and allowed(level, _role(), page().config.web.viewer)


def _role() -> str:
    who = visitor()
    return who.role if who is not None else ""


def allowed(level: Level, role: str, viewer: str) -> bool:
    """Whether `role` ("" for an outsider) may do what needs `level`, where hub.yaml lets outsiders see `viewer`."""
    if level in ("anyone", "pin"):
        return True
    if level == "open":
        return bool(role) or viewer != "nobody"
    if level == "viewer":
        return bool(role) or viewer == "school"
    return RANK[role] >= RANK[level]


def level_of(method: str, endpoint: str) -> Level | None:
    """What a request needs; None where the table has no line for it."""
    method = "GET" if method == "HEAD" else method
    if method == "OPTIONS":
        return "anyone"  # tells methods, nothing else
    return TABLE.get((method, endpoint))


def _refuse() -> AnyResponse | tuple[str, int] | None:
    if request.endpoint is None:
        return None  # there is no such page
    level = level_of(request.method, request.endpoint)
    refused = _take_header() if request.path.startswith("/api/") else None
    if refused is not None:
        return refused
    if level is not None and allowed(level, _role(), page().config.web.viewer):
        return None
    if request.path.startswith("/api/"):
        text = gettext("This needs a PIN in the header %(header)s, or signing in.", header=PIN_HEADER)
        return _json({"error": "not_allowed", "message": text}, 403)
    if visitor() is None and level is not None and request.method in ("GET", "HEAD"):
        return redirect(url_for("people.login", next=_here()), 303)
    return render_template("refused.html", level=level), 403


def _here() -> str:
    """Where one comes back to from signing in: this page, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return own_address(urlsplit(request.referrer or "").path)


def _take_header() -> Response | None:
    pin = request.headers.get(PIN_HEADER)
    if pin is None or visitor() is not None:
        return None
    person = page().orders.person(pin, request.remote_addr or "")
    if not person.done:
        return _outcome(person)
    g.visitor = Visitor(person.by, "caretaker", "", page().live.now())
    return None


def _outcome(outcome: Outcome) -> Response:
    response = _json({"error": outcome.result, "message": words.outcome(outcome)}, outcome.status)
    if outcome.retry_after:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def _json(body: object, status: int) -> Response:
    return Response(msgspec.json.encode(body), status, mimetype="application/json")
