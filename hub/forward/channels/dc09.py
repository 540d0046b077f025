"""Alerts to an alarm receiving centre over SIA DC-09, TCP, plain or encrypted with AES-128, 192 or 256.

A plain acknowledgement could have been written by anybody on the way: with it an alert is accepted. With a key the
acknowledgement comes encrypted and dated, and the alert counts as delivered.
"""

import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.config.addresses import listen
from hub.config.model import Dc09Channel
from hub.domain.alerts import Alert
from hub.forward.channel import DEADLINE_SECONDS, Outcome, Receipt, SendError
from hub.forward.dc09_frames import ANSWER_LIMIT, Answer, event_frame, null_frame, read_answer
from hub.forward.dial import dial
from hub.forward.exchange import reason

SEQUENCES: Final = 9999
REMEMBERED: Final = 1000
"""Events whose sequence number is kept for their repeats."""
OLDEST, NEWEST = timedelta(seconds=40), timedelta(seconds=20)
"""How far from the present the time in an encrypted frame may be: DC-09 5.5.1.9."""
_LINE_FAILED: Final = frozenset(
    {Outcome.UNREACHABLE, Outcome.TIMEOUT, Outcome.RESET, Outcome.GARBLED, Outcome.BAD_SIGNATURE, Outcome.WRONG_RECEIPT}
)
_BACK_AFTER: Final = 300.0
"""Seconds after which alerts go to the primary receiver first again; heartbeats try it every time."""


class Dc09:
    """A primary receiver and perhaps a secondary one; each message has a connection of its own."""

    supervised = True

    def __init__(self, settings: Dc09Channel) -> None:
        self.name = settings.name
        self.deadline = DEADLINE_SECONDS
        self._account = settings.account.upper()
        self._key = settings.key.reveal() if settings.key else None
        self._receivers = [(settings.host, settings.port)]
        if settings.secondary:
            self._receivers.append(listen(settings.secondary))
        self._primary_from = 0.0
        self._last_seq = int(time.time())  # so that a restart doesn't begin with the numbers used just before it
        self._seqs: OrderedDict[str, int] = OrderedDict()
        self._offset = timedelta()
        self._newest_ack = datetime.min.replace(tzinfo=UTC)

    def send(self, alert: Alert, attempt: int) -> Receipt:
        """Raises SendError. Only DUH is permanent: the receiver will never understand this event."""
        until = time.monotonic() + self.deadline
        order = list(range(len(self._receivers)))
        if alert.type != "heartbeat" and time.monotonic() < self._primary_from:
            order.reverse()
        for place, which in enumerate(order):
            share = (until - time.monotonic()) / (len(order) - place)
            try:
                receipt = self._deliver(alert, self._receivers[which], time.monotonic() + share)
            except SendError as error:
                if error.outcome not in _LINE_FAILED or place == len(order) - 1:
                    raise
                continue
            self._primary_from = time.monotonic() + _BACK_AFTER if which else 0.0
            self._seqs.pop(alert.event_id, None)
            return receipt
        raise SendError(Outcome.FAULT, "no receiver")

    def close(self) -> None:
        """Nothing is kept open."""

    def _deliver(self, alert: Alert, receiver: tuple[str, int], until: float) -> Receipt:
        answer = self._ask(alert, receiver, until, bare=False)
        if answer.word == "NAK" and answer.at is not None:
            self._offset = answer.at - datetime.now(UTC)  # a stale time is what receivers refuse with NAK
            answer = self._ask(alert, receiver, until, bare=False)
        if answer.word == "DUH" and alert.type != "heartbeat":
            # DUH forbids to repeat the same; older receivers say it to fields that they don't know
            self._seqs.pop(alert.event_id, None)
            answer = self._ask(alert, receiver, until, bare=True)
        return self._judge(answer, which=receiver)

    def _ask(self, alert: Alert, receiver: tuple[str, int], until: float, *, bare: bool) -> Answer:
        seq = self._sequence(alert)
        now = datetime.now(UTC) + self._offset
        if alert.type == "heartbeat":
            frame = null_frame(self._account, self._key, seq, now)
        else:
            frame = event_frame(alert, self._account, self._key, seq, now, bare=bare)
        answer = read_answer(_exchange(receiver, frame, until), self._key)
        if answer.word in ("ACK", "DUH") and (answer.seq, answer.account) != (seq, int(self._account, 16)):
            raise SendError(Outcome.WRONG_RECEIPT, f"{answer.word} for another message or account")
        return answer

    def _judge(self, answer: Answer, which: tuple[str, int]) -> Receipt:
        if answer.word == "NAK":
            raise SendError(Outcome.CLIENT_ERROR, "NAK: the receiver refuses account, key or time")
        if answer.word == "DUH":
            raise SendError(
                Outcome.REFUSED, "DUH: the receiver doesn't understand this event", permanent=True, scope="row"
            )
        if answer.word == "DAMAGED":
            raise SendError(Outcome.GARBLED, "the receiver found the frame damaged")
        if answer.word == "FOREIGN":
            raise SendError(Outcome.BAD_SIGNATURE, "an answer encrypted with another key")
        if answer.word == "GARBLED":
            raise SendError(Outcome.GARBLED, "an answer that is not DC-09")
        if self._key is not None:
            self._judge_seal(answer)
        detail = "secondary receiver" if which != self._receivers[0] else ""
        return Receipt(proven=self._key is not None, detail=detail)

    def _judge_seal(self, answer: Answer) -> None:
        """The header is outside the encryption, so an old acknowledgement could be given a new number: only its time
        tells it from a new one."""
        if not answer.sealed or answer.at is None:
            raise SendError(Outcome.BAD_SIGNATURE, "an acknowledgement without encryption")
        off = answer.at - (datetime.now(UTC) + self._offset)
        if off > NEWEST or off < -OLDEST:
            self._offset = answer.at - datetime.now(UTC)
            raise SendError(Outcome.BAD_SIGNATURE, "an acknowledgement with another time than the present")
        if answer.at < self._newest_ack:
            raise SendError(Outcome.BAD_SIGNATURE, "an acknowledgement older than the last one")
        self._newest_ack = answer.at

    def _sequence(self, alert: Alert) -> int:
        """0001 to 9999; a repeat bears the number of its first sending."""
        seq = self._seqs.get(alert.event_id)
        if seq is None:
            self._last_seq = 1 + self._last_seq % SEQUENCES
            seq = self._last_seq
            if alert.type != "heartbeat":
                self._seqs[alert.event_id] = seq
                if len(self._seqs) > REMEMBERED:
                    self._seqs.popitem(last=False)
        return seq


def _exchange(receiver: tuple[str, int], frame: bytes, until: float) -> bytes:
    """Sends the frame in one piece; the answer up to its CR."""
    try:
        line = dial(*receiver, max(0.001, until - time.monotonic()))
    except OSError as error:
        raise SendError(Outcome.UNREACHABLE, reason(error)) from None
    with line:
        answer = b""
        try:
            line.settimeout(max(0.001, until - time.monotonic()))
            line.sendall(frame)
            while b"\r" not in answer and len(answer) <= ANSWER_LIMIT:
                line.settimeout(max(0.001, until - time.monotonic()))
                more = line.recv(ANSWER_LIMIT)
                if not more and (not answer or answer.startswith(b"\n")):
                    raise SendError(Outcome.RESET, "the connection ended without a whole answer")
                if not more:
                    break
                answer += more
        except TimeoutError:
            raise SendError(Outcome.TIMEOUT, "connected, then no whole answer in time") from None
        except OSError as error:
            raise SendError(Outcome.RESET, f"the connection broke: {reason(error)}") from None
    return answer
