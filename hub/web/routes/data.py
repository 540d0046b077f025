"""/data: what is measured where, kept how long and sent to whom, as a page and as a file."""

from typing import Final

from flask import Blueprint, Response, render_template

from hub.web.datamap import as_text, data_map
from hub.web.language import language
from hub.web.page import page

routes: Final = Blueprint("data", __name__)


@routes.get("/data")
def index() -> str:
    """The map of this school's hub.yaml."""
    return render_template("data.html", map=data_map(page().config, language()))


@routes.get("/data/file")
def file() -> Response:
    """The same, to be taken away."""
    text = as_text(data_map(page().config, language()))
    name = f"data-map-{page().config.site.id}-{language()}.md"
    response = Response(text, mimetype="text/markdown")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
