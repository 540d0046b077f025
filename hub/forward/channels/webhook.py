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
from msgspec.structs import replace
from standardwebhooks import Webhook as Signer

from hub.config.model import Secret, WebhookChannel
from hub.domain.alerts import Alert
from hub.forward.channel import DEADLINE_SECONDS, Evidence, Outcome, Receipt, SendError
from hub.forward.exchange import Exchange, judge_status
from hub.forward.receipts import read_answer, receipt_of

_CLOCK_TOLERANCE: Final = 60
"""Seconds; receivers refuse timestamps that are five minutes off."""

_SIGNATURE: Final[tuple[str, ...]] = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Post:
    """One receiver over HTTP(S). Without a secret nothing is signed, and a success is all that it can say."""

    def __init__(self, url: str, secret: Secret | None, ca: Path | None) -> None:
        self._signer = Signer(secret.reveal()) if secret else None
        self._exchange = Exchange(url, ca)
        self._clock_offset = 0.0

    def send(self, event_id: str, body: bytes, content_type: str, seconds: float = DEADLINE_SECONDS) -> Receipt:
        """Raises SendError with the outcome. Only a signed refusal is permanent."""
        headers = {"content-type": content_type, "user-agent": "school-safety-hub"}
        if self._signer:
            headers |= _signed(self._signer, event_id, body, time.time() + self._clock_offset)
        answer = self._exchange.send(body, headers, seconds)
        if 400 <= answer.status < 500:
            self._learn_time(answer.headers)
        judge_status(answer.status)
        if self._signer is None:
            return Receipt(proven=False, detail=f"HTTP {answer.status}")
        return _receipt(self._signer, event_id, answer.headers, answer.body)

    def close(self) -> None:
        self._exchange.close()

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
        self.deadline = DEADLINE_SECONDS
        self._post = Post(settings.url, settings.secret, settings.ca)

    def send(self, alert: Alert, attempt: int) -> Receipt:
        return self._post.send(alert.event_id, body_of(alert, attempt), "application/json", self.deadline)

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
    """The contract's body. Moments are ISO 8601 in UTC with milliseconds, null where there is none."""
    fields = msgspec.to_builtins(alert)
    del fields["earlier"]
    for name in ("raised_at", "pressed_at", "at"):
        moment = datetime.fromtimestamp(fields[name] / 1000, UTC).isoformat(timespec="milliseconds")
        fields[name] = moment.replace("+00:00", "Z") if fields[name] else None
    fields["attempt"] = attempt
    return msgspec.json.encode(fields)
