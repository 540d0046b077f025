"""Headers, cookies, form tokens and the size of what is sent: the same for every page."""

import gzip
import logging
import os
import secrets
from pathlib import Path
from typing import Final

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from hub.web.photos import UPLOAD_LIMIT

log = logging.getLogger(__name__)

csrf: Final = CSRFProtect()
"""Checks the token of every form; the JSON interface is exempt, its orders carry a PIN and its own content type."""

BODY_LIMIT: Final = 64 * 1024
"""Bytes of a request that are read; a page that takes pictures raises it for itself."""

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_COMPRESSED: Final = ("text/", "application/json", "application/javascript", "image/svg")
_WITH_PICTURES: Final = frozenset({"tasks.order", "inspection.finding"})
_WORTH_BYTES: Final = 1000


def protect(app: Flask, store: Path) -> None:
    """Gives the application its key, its form tokens and its headers."""
    app.config.update(
        SECRET_KEY=secret_key(store),
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="page",
        WTF_CSRF_TIME_LIMIT=None,  # a page may hang on the wall for weeks
        MAX_CONTENT_LENGTH=BODY_LIMIT,
    )
    app.session_interface = _Cookies()
    app.before_request(_let_pictures_in)
    csrf.init_app(app)
    app.after_request(_guard)


class _Cookies(SecureCookieSessionInterface):
    """Where the page came by TLS, its cookie goes back by TLS only."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def _let_pictures_in() -> None:
    """Before the form is read for its token."""
    if request.endpoint in _WITH_PICTURES:
        request.max_content_length = UPLOAD_LIMIT


def secret_key(store: Path) -> bytes:
    """The key of sessions and form tokens, made once beside the store for its owner alone. Where the disk refuses,
    one that lasts until the page ends."""
    path = store.with_name(f"{store.stem}-page.key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    except OSError as error:
        log.warning("the page's key can't be kept (%s): open forms are void after a restart", error)
    try:
        kept = path.read_bytes()
    except OSError:
        kept = b""
    return kept if len(kept) == 32 else secrets.token_bytes(32)


def _guard(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return _compressed(response)


def _compressed(response: Response) -> Response:
    fits = (response.mimetype or "").startswith(_COMPRESSED) and not response.is_streamed
    if not fits or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= _WORTH_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, compresslevel=4, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def own_address(asked: str | None) -> str:
    """`asked` where it is a place of this page, else the first page: nobody is led away from here."""
    if not asked or not asked.startswith("/") or asked.startswith(("//", "/\\")) or not asked.isprintable():
        return "/"
    return asked[:500]
