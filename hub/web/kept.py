"""Pages that show nothing but the view are made once for each view and language, however many outsiders look."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from flask import request

from hub.web.access import visitor
from hub.web.language import language
from hub.web.show import present
from hub.web.view import View

P = ParamSpec("P")
_MOST: Final = 200
"""Different pages of one view: more of them are made anew each time."""


class _Shelf:
    """The pages of the newest view."""

    def __init__(self) -> None:
        self.view: View | None = None
        self.pages: dict[tuple[str, str], str] = {}


def once_per_view(make: Callable[P, str]) -> Callable[P, str]:
    """For a route whose page depends on the view, its address and the language alone: no form, no store, no session."""
    shelf = _Shelf()

    @wraps(make)
    def kept(*arguments: P.args, **options: P.kwargs) -> str:
        if visitor() is not None:
            return make(*arguments, **options)  # it bears a name and a form
        view, key = present(), (request.full_path, language())
        if shelf.view is not view:
            shelf.view, shelf.pages = view, {}
        pages = shelf.pages
        if key not in pages:
            body = make(*arguments, **options)
            if shelf.view is view and len(pages) < _MOST:
                pages[key] = body
            return body
        return pages[key]

    return kept
