"""One POST to a database: its time and the size of its answer are bounded, and only a 204 is a success."""

import contextlib
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from hub.forward.channel import Outcome
from hub.forward.exchange import reason

CONNECT_SECONDS: Final = 3.0
DEADLINE_SECONDS: Final = 10.0
BODY_LIMIT: Final = 8192
_DETAIL: Final = 300
_LONGEST_WAIT: Final = 300_000
_ABOUT_THE_LINES: Final = frozenset({400, 413, 422})
_BUSY: Final = frozenset({408, 425, 429, 503})


class Down(Exception):
    """The database takes nothing for now. `wait` is how many ms it asked for. The message holds no secrets."""

    def __init__(self, outcome: Outcome, message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.outcome, self.wait = outcome, wait


class Refused(Exception):
    """The database does not take these lines, in its own words. `dropped` is how many of them it says it left out
    while it kept the others, 0 where it does not say so; `too_old` is whether they are older than it keeps anything.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        partial = re.search(r"partial write: .*dropped=(\d+)", message)
        self.dropped = int(partial[1]) if partial else 0
        self.too_old = partial is not None and "beyond retention policy" in partial[0]


class Answer(msgspec.Struct, frozen=True):
    """As influxdb-client expects it of urllib3."""

    status: int
    reason: str
    headers: Mapping[str, str]
    data: bytes


class Pool(urllib3.PoolManager):
    """Connections to one database. `hints` say what a status means there; `secrets` are masked in what it answers.

    influxdb-client is given this pool in place of its own, which would read an answer of any length.
    """

    def __init__(self, ca: Path | None, hints: Mapping[int, str], secrets: Iterable[str]) -> None:
        super().__init__(
            num_pools=1, maxsize=1, ca_certs=str(ca) if ca else None, cert_reqs="CERT_REQUIRED", retries=False
        )
        self._hints, self._secrets = hints, [secret for secret in secrets if secret]

    def request(self, method: str, url: str, **asked: Any) -> Answer:  # type: ignore[override]
        """The 204; raises Refused or Down for everything else, and nothing but these."""
        try:
            answer = self._fresh(method, url, asked.get("body"), asked.get("headers"))
        except SSLError as error:
            raise Down(Outcome.UNREACHABLE, f"TLS: {reason(error)}") from None
        except (ConnectTimeoutError, NewConnectionError) as error:
            raise Down(Outcome.UNREACHABLE, reason(error)) from None
        except ReadTimeoutError:
            raise Down(Outcome.TIMEOUT, "connected, then no answer") from None
        except (ProtocolError, OSError) as error:
            raise Down(Outcome.RESET, f"the connection broke: {reason(error)}") from None
        except (HTTPError, ValueError) as error:
            raise Down(Outcome.GARBLED, type(error).__name__) from None
        self._judge(answer)
        return answer

    def _fresh(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        """A kept connection may have been closed at the other end meanwhile: that is tried once more at once. Points
        written twice are the same points."""
        try:
            return self._once(method, url, body, headers)
        except ProtocolError:
            return self._once(method, url, body, headers)

    def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        deadline = time.monotonic() + DEADLINE_SECONDS
        response = super().request(
            method,
            url,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=DEADLINE_SECONDS),
            redirect=False,
            preload_content=False,
        )
        try:
            data = _read(response, deadline)
        except BaseException:  # whatever ended it: half an answer must not be taken for the beginning of the next
            response.close()
            raise
        if len(data) > BODY_LIMIT:
            response.close()
        response.release_conn()
        return Answer(response.status, response.reason or "", response.headers, data[:BODY_LIMIT])

    def _judge(self, answer: Answer) -> None:
        if answer.status == 204:
            return
        status = answer.status
        said = self._said(answer)
        if status in _ABOUT_THE_LINES:
            raise Refused(said)
        if 200 <= status < 300:
            raise Down(Outcome.UNPROVEN, f"HTTP {status}, which no database answers to a write")
        if 300 <= status < 400:
            raise Down(Outcome.REDIRECTED, f"HTTP {status}: redirects are not followed")
        detail = f"HTTP {status}: {self._hints.get(status, said)}"
        if status in _BUSY:
            raise Down(Outcome.BUSY, detail, _wait(answer.headers))
        raise Down(Outcome.SERVER_ERROR if status >= 500 else Outcome.CLIENT_ERROR, detail)

    def _said(self, answer: Answer) -> str:
        """What the database says about it, in one line."""
        text = answer.data.decode(errors="replace")
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            said = msgspec.json.decode(answer.data)
            if isinstance(said, dict):
                text = next((said[key] for key in ("error", "message") if isinstance(said.get(key), str)), text)
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        # The end says how many were dropped, so it is the middle that goes.
        return text if len(text) <= _DETAIL else f"{text[: _DETAIL - 60]} … {text[-57:]}"


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """At most one byte more than the limit, within the deadline even where it comes byte by byte."""
    answer = b""
    while len(answer) <= BODY_LIMIT and (chunk := response.read1(BODY_LIMIT + 1 - len(answer))):
        answer += chunk
        if time.monotonic() > deadline:
            raise Down(Outcome.TIMEOUT, "the answer came too slowly")
    return answer


def _wait(headers: Mapping[str, str]) -> int:
    asked = headers.get("retry-after", "")
    return min(int(asked) * 1000, _LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,6}", asked) else 0
