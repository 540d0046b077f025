"""/healthz for supervisors, /metrics for Prometheus."""

from typing import Final

from flask import Blueprint, Response, jsonify

from hub.web.metrics import text_of
from hub.web.page import page
from hub.web.view import View

routes: Final = Blueprint("health", __name__)


@routes.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while the hub does its work, else 503 with the reasons."""
    reasons = _reasons(page().live.view)
    if reasons:
        return jsonify(status="failing", reasons=reasons), 503
    return jsonify(status="ok"), 200


def _reasons(view: View) -> list[str]:
    found = []
    if not view.pulse.running:
        found.append("core_down")
    if view.store != "ok":
        found.append(f"store_{view.store}")
    if view.store_fails:
        found.append("store_failing")
        if view.unrecorded:
            found.append("records_dropped")
    if view.broker_down:
        found.append("broker_down")
    return found


@routes.get("/metrics")
def metrics() -> Response:
    """Prometheus' text format."""
    here = page()
    text = text_of(here.live.view, here.config, here.streams)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
