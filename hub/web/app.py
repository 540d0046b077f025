"""The page as a Flask application: composed here, one blueprint for each group of routes."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from flask import Blueprint, Flask, Response, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from hub.config.model import Config
from hub.store.queries import LARGEST
from hub.web import access, language, security, show
from hub.web.live import Live
from hub.web.orders import Orders
from hub.web.page import EXTENSION, Page
from hub.web.pins import Pins
from hub.web.reading import StoreUnreadable
from hub.web.reports import Reports
from hub.web.routes import (
    alarms,
    api,
    data,
    drills,
    health,
    inspection,
    installed,
    lines,
    maintenance,
    newcomers,
    opened,
    people,
    photos,
    places,
    plan,
    posters,
    report,
    rounds,
    status,
    stream,
    tasks,
)
from hub.web.sessions import Sessions
from hub.web.streams import Streams

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    status.routes,  # / and /wall
    lines.routes,  # /lines
    places.routes,  # /zones/<id> and /devices/<id>
    alarms.routes,  # /alarms and /alarms/<id>
    maintenance.routes,  # /maintenance/<target>
    tasks.routes,  # /tasks and /tasks/<id>
    photos.routes,  # /photos/<name>.jpg
    plan.routes,  # /plan/<floor>
    rounds.routes,  # /rounds and /rounds/<id>
    posters.routes,  # /posters and /posters/<id>
    drills.routes,  # /drills
    api.routes,  # /api/v1/…
    report.routes,  # /api/v1/report
    stream.routes,  # /events
    inspection.routes,  # /inspection
    installed.routes,  # /manifest.webmanifest, /sw.js and /offline
    opened.routes,  # /open and /open.json
    newcomers.routes,  # /new
    data.routes,  # /data
    people.routes,  # /login, /logout and /people
    health.routes,  # /healthz and /metrics
)
"""A new group of pages is a file in `routes/`, its templates, a catalogue for each language, and a line here."""

OWN_RULES: Final = frozenset({"api"})
"""Blueprints whose orders are no forms: they carry no form token."""


def create_app(config: Config, live: Live | None = None, *, streams: int = 52) -> Flask:
    """The application on the store that `config` names. `streams` is how many may be open at once."""
    app = Flask("hub.web", static_folder="static", template_folder="templates")
    app.url_map.converters["int"] = _Number
    app.config["LANGUAGE"] = config.site.language
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    eye = live or Live(config)
    app.extensions[EXTENSION] = Page(
        config,
        eye,
        Orders(config, eye, Pins(config.people, config.store.path)),
        Streams(streams),
        Sessions(config, eye.now),
        Reports(config, eye),
    )
    access.guard(app)  # first: of whoever may not, no form is read
    security.protect(app, config.store.path)
    language.speak(app)
    show.teach(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
        if blueprint.name in OWN_RULES:
            security.csrf.exempt(blueprint)
    app.register_error_handler(HTTPException, _explained)
    app.register_error_handler(StoreUnreadable, _explained)
    app.register_error_handler(500, _explained)
    app.add_template_global(_static, "static")
    return app


def _explained(error: Exception) -> tuple[Response | str, int]:
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    code = 503 if isinstance(error, StoreUnreadable) else code
    if request.path.startswith("/api/"):
        return api.problem({404: "unknown_address", 405: "wrong_method", 413: "too_large"}.get(code, "failed"), code)
    return render_template("error.html", code=code), code


@cache
def _version(name: str) -> str:
    content = files("hub.web").joinpath("static", name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def _static(name: str) -> str:
    """Address of a static file; it changes with the file, so that browsers may keep it for long."""
    return url_for("static", filename=name, v=_version(name))


class _Number(IntegerConverter):
    """A number in an address: what SQLite can't hold is no number of anything, and 404."""

    def __init__(self, url_map: Map, *, signed: bool = False) -> None:
        super().__init__(url_map, max=LARGEST, signed=signed)
