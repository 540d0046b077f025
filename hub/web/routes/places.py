"""/zones/<id>, /devices/<id>, and the list of those that are silent."""

import sqlite3
from typing import Final

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.commands import WriteNote
from hub.domain.notes import MODEL_LIMIT, NOTE_LIMIT
from hub.store import queries
from hub.store.queries import Kept, PressRow
from hub.web import forms, reasons, words
from hub.web.about import About, read_about
from hub.web.history import PERIODS, history
from hub.web.kept import once_per_view
from hub.web.language import language
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.reading import reading
from hub.web.show import present

routes: Final = Blueprint("places", __name__)


@routes.get("/zones/<zone_id>")
@once_per_view
def zone(zone_id: str) -> str:
    """The zone's devices with what they say now."""
    shown = next((zone for floor in present().floors for zone in floor.zones if zone.zone.id == zone_id), None)
    if shown is None:
        abort(404)
    return render_template("zone.html", reasons=reasons, zone=shown.zone, devices=shown.group.devices)


@routes.get("/silent")
def silent() -> str:
    """Devices from which nothing is heard."""
    quiet = [device for device in present().devices.values() if device.status in ("silent", "waiting")]
    return render_template("zone.html", reasons=reasons, zone=None, devices=quiet)


@routes.get("/devices/<device_id>")
@routes.get("/devices/<device_id>/<period>")
def device(device_id: str, period: str = "day") -> str:
    """One device: what it says, its history over a day, week or month, its alarms and tests."""
    return _shown(device_id, period)


@routes.post("/devices/<device_id>/note")
def note(device_id: str) -> forms.Answer | Response:
    """Somebody writes down what is known of the device."""
    if device_id not in present().devices:
        abort(404)
    form = {name: " ".join(request.form.get(name, "").split()) for name in ("note", "model", "replace_by")}
    outcome = forms.give(lambda by: WriteNote(device_id, by, **form))
    if outcome.done:
        return forms.done(outcome, url_for("places.device", device_id=device_id))
    return _shown(device_id, "day", outcome), outcome.status, forms.headers(outcome)


def _shown(device_id: str, period: str, outcome: Outcome | None = None) -> str:
    shown = present().devices.get(device_id)
    if shown is None or period not in PERIODS:
        abort(404)
    with reading() as db:
        alarms = queries.alarms_of_device(db, device_id) if db is not None else ()
        presses = queries.presses_of_device(db, device_id) if db is not None else ()
        about = _about(db, device_id, presses, alarms) if db is not None else About()
    charts = history(page().config, shown, period, present().at, language())
    return render_template(
        "device.html", shown=shown, alarms=alarms, presses=presses, charts=charts, period=period, periods=PERIODS,
        about=about, reasons=reasons, said=words.outcome(outcome) if outcome else forms.said(),
        failed=outcome is not None, written=request.form, limits=(MODEL_LIMIT, NOTE_LIMIT),
    )  # fmt: skip


def _about(db: sqlite3.Connection, device_id: str, presses: tuple[PressRow, ...], alarms: tuple[Kept, ...]) -> About:
    return read_about(
        db, device_id, presses, alarms, hours=page().config.site.hours, now=present().at, language=language()
    )
