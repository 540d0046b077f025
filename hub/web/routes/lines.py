"""/lines: how it stands with each channel and each database, for whoever answers for them."""

from typing import Final

from flask import Blueprint, render_template

from hub.web import words
from hub.web.show import present

routes: Final = Blueprint("lines", __name__)


@routes.get("/lines")
def index() -> str:
    """Each line with its state, what waits for it, its last proof, and what was last wrong."""
    view = present()
    return render_template("lines.html", lines=view.lines, databases=view.databases, state_words=words.LINE_STATES)
