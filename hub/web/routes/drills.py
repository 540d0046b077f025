"""/drills: an exercise of some buttons is set up, ended, and what became of the last ones."""

from typing import Final

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.commands import EndDrill, StartDrill
from hub.domain.drills import LONGEST_MS
from hub.domain.site import Device
from hub.store import queries, work
from hub.web import forms, words
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.reading import reading
from hub.web.show import present

routes: Final = Blueprint("drills", __name__)

MINUTES: Final = tuple(minutes for minutes in (15, 30, 60, 120, 240) if minutes * 60_000 <= LONGEST_MS)


@routes.get("/drills")
def index() -> str:
    """Drills that go on or are planned, the form for a new one, and the last ones with their presses."""
    return _shown()


@routes.post("/drills")
def order() -> forms.Answer | Response:
    """Sets a drill up, or ends one."""
    outcome = _end() if "end" in request.form else _start()
    if outcome.done:
        return forms.done(outcome, url_for("drills.index"))
    return _shown(outcome), outcome.status, forms.headers(outcome)


def _start() -> Outcome:
    buttons = tuple(request.form.getlist("button"))
    from_at = forms.moment("from", page().config.site.hours)
    minutes = request.form.get("minutes", type=int) or 0
    if from_at is None:
        return Outcome("already_over")
    until = max(from_at, present().at) + minutes * 60_000

    def command(by: str) -> StartDrill:
        return StartDrill(buttons, until, by, from_at)

    return forms.give_surely(command)


def _end() -> Outcome:
    number = request.form.get("end", type=int) or 0
    return forms.give(lambda by: EndDrill(number, by))


def _shown(outcome: Outcome | None = None) -> str:
    with reading() as db:
        drills = work.drills(db) if db is not None else ()
        pressed = queries.pressed_devices(db) if db is not None else frozenset()
    return render_template(
        "drills.html", going=[drill for drill in drills if not drill.ended_at],
        over=[drill for drill in drills if drill.ended_at], buttons=buttons(pressed), minutes=MINUTES,
        chosen=request.form.getlist("button"), minutes_chosen=request.form.get("minutes", type=int) or 30,
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
    )  # fmt: skip


def buttons(pressed: frozenset[str]) -> list[Device]:
    """Devices that have a button by hub.yaml, Modbus lines included, or of which one has ever called for help; panic
    buttons first."""
    config = page().config
    units = (unit for line in config.serial for unit in line.modbus)
    wired = {unit.device for unit in units if any(read.signal == "help" for read in unit.read)}
    found = [
        device
        for device in config.site.devices.values()
        if device.has_button or (device.kind == "restroom" and device.id in pressed | wired)
    ]
    return sorted(found, key=lambda device: device.kind != "panic")
