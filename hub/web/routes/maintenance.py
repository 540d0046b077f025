"""/maintenance/<target>: work on a device or in a zone begins and ends."""

from typing import Final

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.domain.commands import EndMaintenance, Maintain
from hub.web import forms, words
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.show import present

routes: Final = Blueprint("maintenance", __name__)


@routes.get("/maintenance/<target>")
def one(target: str) -> str:
    """What goes on there, and the form that begins or ends it. `target` is `device:<id>` or `zone:<id>`."""
    return _shown(target)


@routes.post("/maintenance/<target>")
def order(target: str) -> forms.Answer | Response:
    """Begins or ends it; the form comes back with a sentence where that was not possible."""
    _known(target)
    until, reason = forms.hours_from(present().at), forms.reason()
    if request.form.get("order") == "end":
        outcome = forms.give(lambda by: EndMaintenance(target, by))
    else:
        outcome = forms.give_surely(lambda by: Maintain(target, until, by, reason))
    if outcome.done:
        return forms.done(outcome, url_for("maintenance.one", target=target))
    return _shown(target, outcome), outcome.status, forms.headers(outcome)


def _shown(target: str, outcome: Outcome | None = None) -> str:
    kind, name = _known(target)
    site = page().config.site
    back = url_for("places.device", device_id=name) if kind == "device" else url_for("places.zone", zone_id=name)
    return render_template(
        "maintenance.html", work=present().maintenance.get(target), target=target, back=back,
        heading=words.device_name(site.devices[name]) if kind == "device" else "",
        zone=site.zones[site.devices[name].zone if kind == "device" else name],
        said=words.outcome(outcome) if outcome else forms.said(), failed=outcome is not None,
        hours=forms.lengths(site.limits.maintain_at_most), reason=request.form.get("reason", ""),
        chosen=request.form.get("hours", type=int),
    )  # fmt: skip


def _known(target: str) -> tuple[str, str]:
    kind, _, name = target.partition(":")
    site = page().config.site
    if not (kind == "device" and name in site.devices) and not (kind == "zone" and name in site.zones):
        abort(404)
    return kind, name
