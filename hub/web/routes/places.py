"""/zones/<id>, /devices/<id>, and the list of those that are silent."""

from typing import Final

from flask import Blueprint, abort, render_template

from hub.store import queries
from hub.web.history import PERIODS, history
from hub.web.kept import once_per_view
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
    return render_template("zone.html", zone=shown.zone, devices=shown.group.devices)


@routes.get("/silent")
def silent() -> str:
    """Devices from which nothing is heard."""
    quiet = [device for device in present().devices.values() if device.status in ("silent", "waiting")]
    return render_template("zone.html", zone=None, devices=quiet)


@routes.get("/devices/<device_id>")
@routes.get("/devices/<device_id>/<period>")
def device(device_id: str, period: str = "day") -> str:
    """One device: what it says, its history over a day, week or month, its alarms and tests."""
    shown = present().devices.get(device_id)
    if shown is None or period not in PERIODS:
        abort(404)
    with reading() as db:
        alarms = queries.alarms_of_device(db, device_id) if db is not None else ()
        presses = queries.presses_of_device(db, device_id) if db is not None else ()
    charts = history(page().config, shown, period, present().at)
    return render_template(
        "device.html", shown=shown, alarms=alarms, presses=presses, charts=charts, period=period, periods=PERIODS
    )
