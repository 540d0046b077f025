"""/events: tells an open page that something has changed, and every few seconds that it is still being told."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from flask import Blueprint, Response, request

from hub.domain.site import Hours, Language
from hub.web.language import language
from hub.web.live import Live, Shown
from hub.web.page import page
from hub.web.show import age_texts

routes: Final = Blueprint("stream", __name__)

BEAT_SECONDS: Final = 5.0
"""The page counts the stream as lost after somewhat more than two of these."""
RETRY_MS: Final = 2000


@routes.get("/events")
def events() -> Response:
    """Events: `changed` (something visible at a glance is new: fetch the page again) and `beat` (the words for the
    page's age). 503 where too many streams are open; the page then asks now and then."""
    here = page()
    if not here.streams.enter():
        return Response("too many open pages\n", 503, {"Retry-After": "10"}, mimetype="text/plain")
    gone = request.environ.get("waitress.client_disconnected", lambda: False)
    told = _told(here.live, here.config.site.hours, language(), gone)
    response = Response(told, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(here.streams.leave)
    return response


def _told(live: Live, hours: Hours, code: Language, gone: Callable[[], bool]) -> Iterator[bytes]:
    shown = live.shown()
    yield f"retry: {RETRY_MS}\n\n".encode() + _event("beat", shown, hours, code)
    while not live.ended and not gone():
        before = shown.revision
        shown = live.wait(before, BEAT_SECONDS, gone)
        yield _event("changed" if shown.revision != before else "beat", shown, hours, code)


def _event(kind: str, shown: Shown, hours: Hours, code: Language) -> bytes:
    words = msgspec.json.encode({"revision": shown.revision, **age_texts(shown.view, hours, code)}).decode()
    return f"event: {kind}\nid: {shown.revision}\ndata: {words}\n\n".encode()
