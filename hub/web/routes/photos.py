"""/photos: the photographs of tasks and of findings' evidence, for staff."""

from typing import Final

from flask import Blueprint, Response, abort

from hub.store.album import Album
from hub.web.page import page

routes: Final = Blueprint("photos", __name__)


@routes.get("/photos/<name>.jpg")
def one(name: str) -> Response:
    """404 too where the file is no longer the picture that was kept."""
    content = Album(page().config.store.path).read(name)
    if content is None:
        abort(404)
    return Response(content, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})
