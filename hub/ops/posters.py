"""Looks once a day whether what the posters' codes lead to is still there: name, certificate, redirects, status.

Nobody's scan is seen here: the codes hold the contact centre's own address.
"""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from typing import IO, Final
from urllib.parse import urlsplit

import msgspec

from hub.domain.events import PosterChecked
from hub.domain.now import Now
from hub.domain.site import Poster
from hub.domain.work import PosterOutcome

FIRST_MS: Final = 60_000
"""After a start the network comes first."""
EVERY_MS: Final = 86_400_000
AGAIN_MS: Final = 3_600_000
"""After a look that did not come through."""
SECONDS: Final = 15.0
_REFUSES_PROGRAMS: Final = frozenset({401, 403, 405, 406, 429})
"""What sites tell programs that a telephone's browser never sees: it proves that the site is there, no more."""


class Seen(msgspec.Struct, frozen=True):
    """What one look found."""

    outcome: PosterOutcome
    detail: str = ""


Fetch = Callable[[str, float], tuple[int, str]]
"""Status and final address of a URL, after its redirects, within so many seconds. Raises OSError, or HTTPException."""


class PosterWatch:
    """`step` looks at what is due, one target a step, each target once however many posters lead there."""

    def __init__(
        self, posters: Mapping[str, Poster], post: Callable[[PosterChecked], None], fetch: Fetch | None = None
    ) -> None:
        self._posters, self._post, self._fetch = posters, post, fetch or fetched
        self._due: dict[str, int] = {}

    def step(self, now: Now) -> int:
        """Returns for how many ms that is enough."""
        targets = {poster.target for poster in self._posters.values()}
        for target in targets:
            self._due.setdefault(target, now.mono + FIRST_MS)
        target = min(self._due, key=lambda name: self._due[name])
        if now.mono >= self._due[target]:
            seen = look(target, self._fetch)
            self._due[target] = now.mono + (EVERY_MS if seen.outcome == "fine" else AGAIN_MS)
            for poster in self._posters.values():
                if poster.target == target:
                    self._post(PosterChecked(poster.id, seen.outcome, seen.detail, now.wall))
        return max(1000, min(self._due.values()) - now.mono)

    def close(self) -> None:
        """Nothing is held."""


def look(target: str, fetch: Fetch) -> Seen:
    """What is at `target` now; `not_checked` where the network lets nobody look."""
    try:
        status, final = fetch(target, SECONDS)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _failed(error)
    if _elsewhere(target, final):
        return Seen("moved", urlsplit(final).hostname or "")
    if status in _REFUSES_PROGRAMS:
        return Seen("not_checked", str(status))
    if status >= 500 or 300 <= status < 400:  # a way in circles ends with a redirect
        return Seen("broken", str(status))
    return Seen("not_found", str(status)) if status >= 400 else Seen("fine", str(status))


def _failed(error: Exception) -> Seen:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLError):
        return Seen("not_secure", str(getattr(reason, "verify_message", "") or "tls"))
    if isinstance(reason, socket.gaierror):
        gone = reason.errno == socket.EAI_NONAME
        return Seen("no_address") if gone and _names_work() else Seen("not_checked", "no network")
    if isinstance(reason, TimeoutError | ConnectionError):
        return Seen("no_connection", type(reason).__name__)
    return Seen("not_checked" if isinstance(reason, OSError) else "broken", type(reason).__name__)


def _names_work() -> bool:
    """Whether names are found at all: where not, a name that isn't found says nothing about the poster."""
    for name in ("gov.kz", "edu.gov.kz"):
        try:
            socket.getaddrinfo(name, 443)
        except OSError:
            continue
        return True
    return False


def _elsewhere(target: str, final: str) -> bool:
    """Whether the way ends at another owner's site, or without the protection that it began with."""
    began, ended = urlsplit(target), urlsplit(final)
    if began.scheme == "https" and ended.scheme != "https":
        return True
    return _owner(began.hostname or "") != _owner(ended.hostname or "")


def _owner(host: str) -> str:
    """The host without what its owner can choose before it: the last two parts, or three below gov.kz and the like."""
    parts = host.lower().split(".")
    deep = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in {"gov", "edu", "org", "com", "net", "mil"}
    return ".".join(parts[-3 if deep else -2 :])


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = 5

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise urllib.error.URLError("another kind of address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def fetched(url: str, seconds: float) -> tuple[int, str]:
    """Over the network; certificates are verified. `seconds` are for each step of it."""
    opener = urllib.request.build_opener(_Redirects, urllib.request.ProxyHandler())
    request = urllib.request.Request(url, headers={"User-Agent": "school-safety-hub", "Accept": "text/html,*/*"})
    try:
        with opener.open(request, timeout=seconds) as answer:
            return answer.status, answer.url
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.url
