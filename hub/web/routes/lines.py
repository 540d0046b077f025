"""/lines: how it stands with each channel and each database, for whoever answers for them."""

from typing import Final

from flask import Blueprint, render_template

from hub.store import queries
from hub.web import vocabulary
from hub.web.reading import reading
from hub.web.show import present

routes: Final = Blueprint("lines", __name__)


@routes.get("/lines")
def index() -> str:
    """Each line with its state, what waits for it, its last proof, and what was last wrong; and the last probe."""
    view = present()
    with reading() as db:
        probes = queries.probes(db, 2) if db is not None else ()
    return render_template(
        "lines.html", lines=view.lines, databases=view.databases, state_words=vocabulary.LINE_STATES,
        probe=next((probe for probe in probes if probe.ended_at), None),
    )  # fmt: skip
