"""What makes the page an app on a telephone: its manifest, its service worker, and the page it shows offline."""

from typing import Final

import msgspec
from flask import Blueprint, Response, current_app, render_template

from hub.domain.site import in_language
from hub.web.language import language
from hub.web.page import page

routes: Final = Blueprint("installed", __name__)

GROUND: Final = "#f6f7f8"
ICONS: Final = (192, 512)
"""Widths of the icons as pictures, in pixels; the other is drawn."""


@routes.get("/manifest.webmanifest")
def manifest() -> Response:
    """Name, icons and colours, for the home screen."""
    name = in_language(page().config.site.name, language())
    pictures = ({"src": f"/static/icon-{n}.png", "sizes": f"{n}x{n}", "type": "image/png"} for n in ICONS)
    icons = [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}, *pictures]
    body = {"name": name, "short_name": name, "lang": language(), "start_url": "/", "scope": "/", "id": "/",
            "display": "standalone", "background_color": GROUND, "theme_color": GROUND, "icons": icons}  # fmt: skip
    return Response(msgspec.json.encode(body), mimetype="application/manifest+json")


@routes.get("/sw.js")
def worker() -> Response:
    """The service worker; it has to lie at the root to serve all pages."""
    response = current_app.send_static_file("sw.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("/offline")
def offline() -> str:
    """Kept by the service worker; says since when there is no connection, and nothing of the school."""
    return render_template("offline.html")
