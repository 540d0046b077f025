"""/posters: those of the contact centre 111, by place, whether they work, and each as a page to print."""

import io
from functools import cache
from typing import Final

from flask import Blueprint, abort, render_template
from markupsafe import Markup

from hub.domain.work import PosterState
from hub.store import work
from hub.web.page import page
from hub.web.reading import reading

routes: Final = Blueprint("posters", __name__)


@routes.get("/posters")
def index() -> str:
    """All posters by zone, with the hub's last look and the last scan."""
    return render_template("posters.html", posters=page().config.site.posters.values(), states=states())


@routes.get("/posters/<poster_id>")
def one(poster_id: str) -> str:
    """One poster, to be printed on a sheet of A4. Its code leads to the contact centre itself, not here."""
    poster = page().config.site.posters.get(poster_id)
    if poster is None:
        abort(404)
    return render_template(
        "poster.html", poster=poster, code=code(poster.target), zone=page().config.site.zones[poster.zone]
    )


def states() -> dict[str, PosterState]:
    """What is known of each poster; an unknown one was neither looked at nor scanned."""
    with reading() as db:
        known = work.posters(db) if db is not None else {}
    return {name: known.get(name) or PosterState(id=name) for name in page().config.site.posters}


@cache
def code(target: str) -> Markup:
    """The QR code as SVG; it is still read with a quarter of it dirty or torn."""
    import segno

    drawn = io.BytesIO()
    segno.make(target, error="q", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000", light="#fff", nl=False
    )
    return Markup(drawn.getvalue().decode())
