"""The language of a page, and its catalogues: text files, read at the start, several for each language.

The English sentences are the message ids. Every `translations/<language>/*.po` is read, so that a new page can bring a
file of its own.
"""

import io
from functools import cache
from importlib.resources import files
from typing import Final, cast, get_args
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, current_app, request
from flask_babel import Babel, Domain, get_locale

from hub.domain.site import Language

COOKIE: Final = "language"
_YEAR: Final = 365 * 86_400
_CODES: Final = frozenset(get_args(Language))


class Catalogues(Domain):  # type: ignore[misc]
    """Takes its texts from the text catalogues instead of compiled ones."""

    def get_translations(self) -> Translations:
        return translations(language())


class Languages(Babel):  # type: ignore[misc]
    """Flask-Babel with these catalogues."""

    domain_instance = Catalogues()


@cache
def translations(code: str) -> Translations:
    """All texts of one language; English ones stand for themselves. Raises babel's PoFileError for a broken file."""
    merged = Translations()
    folder = files("hub.web").joinpath("translations", code)
    if not folder.is_dir():
        return merged
    for entry in sorted(folder.iterdir(), key=lambda file: file.name):
        if entry.name.endswith(".po"):
            with entry.open("rb") as text:
                catalogue = read_po(text, locale=code, abort_invalid=True)
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            part = Translations(compiled)
            merged.merge(part)
            merged.plural = part.plural
    return merged


def language() -> Language:
    """Of the page that is being made."""
    locale = get_locale()
    return cast(Language, locale.language) if locale is not None else "en"


def gettext(text: str, **values: object) -> str:
    """`text` in the reader's language; `values` stand in for its %(name)s."""
    said = str(translations(language()).gettext(text))
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form that belongs to the number, which is %(num)d in it."""
    return str(translations(language()).ngettext(one, many, num)) % {"num": num, **values}


def choose() -> str:
    """What the reader asked for: with `?lang=`, else once before (cookie), else the school's own."""
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if asked in _CODES:
            return str(asked)
    return str(current_app.config["LANGUAGE"])


def remember(response: Response) -> Response:
    """Keeps a choice made with `?lang=` for a year."""
    asked = request.args.get("lang")
    if asked in _CODES and request.cookies.get(COOKIE) != asked:
        response.set_cookie(COOKIE, str(asked), max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def switch() -> list[tuple[str, str, bool]]:
    """For each language its address of the present page, its short name, and whether it is the present one."""
    kept = {key: value for key, value in request.args.items() if key != "lang"}
    names = (("kk", "қаз"), ("ru", "рус"), ("en", "en"))
    return [(f"?{urlencode({**kept, 'lang': code})}", name, code == language()) for code, name in names]


def speak(app: Flask) -> None:
    """Gives the application its languages."""
    Languages(app, locale_selector=choose)
    app.after_request(remember)
