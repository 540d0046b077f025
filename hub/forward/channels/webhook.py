"""Alerts to headquarters over HTTP(S), signed, and proven by a signed receipt.

Format: Standard Webhooks (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`). An alert is delivered only
when the answer is 2xx and its body is `{"receipt": "<event_id>", "received_at": "…"}`, signed the same way. A bare 200
may come from a proxy, a captive portal or a receiver that lost the alert a moment later: it is sent, and unproven.
"""

import email.utils
import hmac
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import urllib3
from msgspec.structs import replace
from standardwebhooks import Webhook as Signer
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from hub.config.model import Secret, WebhookChannel
from hub.domain.alerts import Alert
from hub.forward.channel import Evidence, Outcome, Receipt, SendError
from hub.forward.receipts import read_answer, receipt_of

CONNECT_SECONDS: Final = 3.0
DEADLINE_SECONDS: Final = 10.0
BODY_LIMIT: Final = 8192
_CLOCK_TOLERANCE: Final = 60
"""Seconds; receivers refuse timestamps that are five minutes off."""

_SIGNATURE: Final[tuple[str, ...]] = ("webhook-id", "webhook-timestamp", "webhook-signature")
_BUSY: Final = frozenset({408, 425, 429, 503})
_ABOUT_THIS_ONE: Final = frozenset({400, 413, 422})


class Post:
    """One receiver over HTTP(S). Connections are kept open, so that an alert costs one round trip. Without a secret
    nothing is signed, and a success is all that it can say."""

    def __init__(self, url: str, secret: Secret | None, ca: Path | None) -> None:
        self._url = url
        self._signer = Signer(secret.reveal()) if secret else None
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=1, ca_certs=str(ca) if ca else None, cert_reqs="CERT_REQUIRED"
        )
        self._clock_offset = 0.0

    def send(self, event_id: str, body: bytes, content_type: str) -> Receipt:
        """Raises SendError with the outcome. Only a signed refusal is permanent: a mere 404 or 401 is headquarters'
        mistake in its own configuration, and no reason to give up a panic."""
        headers = {"content-type": content_type, "user-agent": "school-safety-hub"}
        if self._signer:
            headers |= _signed(self._signer, event_id, body, time.time() + self._clock_offset)
        try:
            status, answer_headers, answer = self._post_fresh(body, headers)
        except SSLError as error:
            raise SendError(Outcome.UNREACHABLE, f"TLS: {_reason(error)}") from None
        except (ConnectTimeoutError, NewConnectionError) as error:
            raise SendError(Outcome.UNREACHABLE, _reason(error)) from None
        except ReadTimeoutError:
            raise SendError(Outcome.TIMEOUT, "connected, then no answer") from None
        except (ProtocolError, OSError) as error:
            raise SendError(Outcome.RESET, f"the connection broke: {_reason(error)}") from None
        except HTTPError as error:
            raise SendError(Outcome.GARBLED, _reason(error)) from None
        self._judge_status(status, answer_headers)
        if self._signer is None:
            return Receipt(proven=False, detail=f"HTTP {status}")
        return _receipt(self._signer, event_id, answer_headers, answer)

    def close(self) -> None:
        self._pool.clear()

    def _post_fresh(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """A kept connection may have been closed at the other end in the meantime: that is tried once more at once,
        on a new one. The event id makes it harmless."""
        try:
            return self._post(body, headers)
        except ProtocolError:
            return self._post(body, headers)

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=DEADLINE_SECONDS)
        response = self._pool.request(
            "POST",
            self._url,
            body=body,
            headers=headers,
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            answer = _read(response, deadline)
        except BaseException:
            response.close()  # half an answer must not be taken for the beginning of the next
            raise
        response.release_conn()
        return response.status, {name.lower(): value for name, value in response.headers.items()}, answer

    def _judge_status(self, status: int, headers: dict[str, str]) -> None:
        if 200 <= status < 300:
            return
        said = f"HTTP {status}"
        if 300 <= status < 400:
            raise SendError(Outcome.REDIRECTED, f"{said}: redirects are not followed")
        if status in _BUSY:
            raise SendError(Outcome.BUSY, said)
        if status >= 500:
            raise SendError(Outcome.SERVER_ERROR, said)
        self._learn_time(headers)
        raise SendError(Outcome.CLIENT_ERROR, said, scope="row" if status in _ABOUT_THIS_ONE else "channel")

    def _learn_time(self, headers: dict[str, str]) -> None:
        """A Raspberry Pi without network time starts in the past, and headquarters refuses timestamps five minutes
        off. The next attempt is therefore stamped by headquarters' own clock."""
        try:
            theirs = email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (TypeError, ValueError):
            return
        offset = theirs - time.time()
        self._clock_offset = offset if abs(offset) > _CLOCK_TOLERANCE else 0.0


class Webhook:
    """Headquarters' own receiver."""

    supervised = True

    def __init__(self, settings: WebhookChannel) -> None:
        self.name = settings.name
        self._post = Post(settings.url, settings.secret, settings.ca)

    def send(self, alert: Alert, attempt: int) -> Receipt:
        return self._post.send(alert.event_id, body_of(alert, attempt), "application/json")

    def close(self) -> None:
        self._post.close()


def _signed(signer: Signer, event_id: str, body: bytes, at: float) -> dict[str, str]:
    moment = datetime.fromtimestamp(int(at), UTC)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": signer.sign(event_id, moment, body.decode()),
    }


def _receipt(signer: Signer, event_id: str, headers: dict[str, str], body: bytes) -> Receipt:
    answer = read_answer(body)
    if answer is None:
        raise SendError(Outcome.UNPROVEN, "a success without a receipt")
    if not _is_signed(signer, headers, body):
        raise SendError(Outcome.BAD_SIGNATURE, "the receipt's signature is missing or wrong")
    receipt = receipt_of(answer, event_id)
    signed = {name: headers[name] for name in _SIGNATURE if name in headers}
    return replace(receipt, evidence=Evidence(signed, body.decode()))


def _is_signed(signer: Signer, headers: dict[str, str], body: bytes) -> bool:
    """The library's own `verify` compares the timestamp with this machine's clock, which may be wrong; a replayed
    receipt does no harm, since it names its event. So the signature is made again and compared."""
    given = headers.get("webhook-signature", "")
    try:
        moment = datetime.fromtimestamp(int(headers.get("webhook-timestamp", "")), UTC)
        expected = signer.sign(headers.get("webhook-id", ""), moment, body.decode())
    except (ValueError, OverflowError, OSError):
        return False
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given.split(" "))


def body_of(alert: Alert, attempt: int) -> bytes:
    """The contract's body. `raised_at` and `at` are ISO 8601 in UTC with milliseconds, null where they are unknown."""
    fields = msgspec.to_builtins(alert)
    del fields["earlier"]
    for name in ("raised_at", "at"):
        moment = datetime.fromtimestamp(fields[name] / 1000, UTC).isoformat(timespec="milliseconds")
        fields[name] = moment.replace("+00:00", "Z") if fields[name] else None
    fields["attempt"] = attempt
    return msgspec.json.encode(fields)


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """The body, within its size limit and the deadline, even where it comes byte by byte."""
    answer = b""
    while chunk := response.read1(BODY_LIMIT + 1 - len(answer)):
        answer += chunk
        if len(answer) > BODY_LIMIT:
            raise SendError(Outcome.GARBLED, f"an answer of more than {BODY_LIMIT} bytes")
        if time.monotonic() > deadline:
            raise SendError(Outcome.TIMEOUT, "the answer came too slowly")
    return answer


def _reason(error: BaseException) -> str:
    """The innermost cause in a few words: the outer ones repeat the address, which may hold secrets."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
