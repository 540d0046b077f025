"""Alerts to headquarters' own broker (MQTT 5, TLS).

The broker's PUBACK only says that the broker has it: that is unproven. An alert is delivered when headquarters'
application publishes `{"receipt": "<event_id>"}` on `<topic>/<site>/receipt`. Acknowledgements come on
`<topic>/<site>/ack` at any time. Who may publish there is the broker's to authenticate (docs/channels.md).
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Final

import msgspec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.config.model import MqttChannel
from hub.domain.alerts import Alert
from hub.forward.channel import DEADLINE_SECONDS, Acknowledgement, Outcome, Receipt, SendError
from hub.forward.channels.webhook import body_of
from hub.forward.mqtt_line import Heard, Line, refused
from hub.forward.receipts import Ack, Answer, read_answer, receipt_of

log = logging.getLogger(__name__)

_REMEMBERED: Final = 1000
"""How many alerts are remembered as sent, with their receipts: one may come after the patience for it has ended."""
_NOBODY: Final = 0x10
"""MQTT 5, "No matching subscribers"."""


class Mqtt:
    """One broker. The connection is made with the first message, and kept."""

    supervised = True

    def __init__(self, settings: MqttChannel) -> None:
        self.name = settings.name
        self.deadline = DEADLINE_SECONDS
        self._settings = settings
        self._line: Line | None = None
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, Answer | None] = OrderedDict()
        self._acks: deque[Acknowledgement] = deque(maxlen=_REMEMBERED)

    def send(self, alert: Alert, attempt: int) -> Receipt:
        """A connection that was kept, and turns out to be broken, is made anew at once."""
        until = time.monotonic() + self.deadline
        kept = self._line is not None and self._line.alive
        try:
            return self._exchange(alert, attempt, until)
        except SendError as error:
            if not kept or error.outcome is not Outcome.RESET:
                raise
        return self._exchange(alert, attempt, until)

    @property
    def broken(self) -> bool:
        return self._line is not None and not self._line.alive

    def heard(self) -> Sequence[Acknowledgement]:
        """Acknowledgements that have come since the last call."""
        taken = []
        while self._acks:
            taken.append(self._acks.popleft())
        return taken

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _exchange(self, alert: Alert, attempt: int, until: float) -> Receipt:
        try:
            line = self._connected(alert.site, until)
            return self._published(line, alert, attempt, until)
        except SendError as error:
            if error.outcome is not Outcome.UNPROVEN and not error.permanent:
                self._drop()  # what was not confirmed must not go out later on its own
            raise

    def _connected(self, site: str, until: float) -> Line:
        if self._line is None or not self._line.alive:
            self._drop()
            topics = (self._topic(site, "receipt"), self._topic(site, "ack"))
            self._line = _new_line(self._settings, f"hub-{site}-{self.name}", topics, self._take)
            self._line.open(until)
        return self._line

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close(politely=False)

    def _published(self, line: Line, alert: Alert, attempt: int, until: float) -> Receipt:
        event_id = alert.event_id
        self._ask(event_id)
        if self._answer(event_id) is None:  # else its receipt came after the last attempt had ended
            topic, answers = self._topic(alert.site, "alert"), self._topic(alert.site, "receipt")
            number = line.publish(topic, body_of(alert, attempt), _request(answers, event_id))
            self._wait(line, event_id, number, until)
        answer = self._answer(event_id)
        if answer is None:
            raise SendError(Outcome.UNPROVEN, "the broker has it; headquarters has not confirmed it")
        with self._lock:
            del self._asked[event_id]
        return receipt_of(answer, event_id)

    def _wait(self, line: Line, event_id: str, number: int, until: float) -> None:
        """For the receipt, which may come before the broker's own confirmation."""

        def said() -> bool:
            return self._answer(event_id) is not None or line.confirmation(number) is not None

        line.wait(said, until, Outcome.TIMEOUT, "the broker does not confirm the message")
        code = line.confirmation(number)
        if code is not None and code.is_failure:
            raise refused(code)
        nobody = code is not None and code.value == _NOBODY
        problem = "nobody at headquarters listens" if nobody else "headquarters has not confirmed it"
        line.wait(lambda: self._answer(event_id) is not None, until, Outcome.UNPROVEN, f"the broker has it; {problem}")

    def _ask(self, event_id: str) -> None:
        with self._lock:
            self._asked.setdefault(event_id, None)
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)

    def _answer(self, event_id: str) -> Answer | None:
        with self._lock:
            return self._asked.get(event_id)

    def _take(self, topic: str, payload: bytes) -> None:
        """Called by the network thread."""
        if topic.endswith("/ack"):
            try:
                ack = msgspec.json.decode(payload, type=Ack)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                log.warning("%s: an acknowledgement that can't be read", self.name)
                return
            self._acks.append(Acknowledgement(ack.event_id, ack.operator, ack.at, ack.promotes))
            return
        answer = read_answer(payload)
        if answer is None:
            log.warning("%s: a receipt that can't be read", self.name)
            return
        with self._lock:
            for event_id in (answer.receipt, answer.refused):
                if event_id in self._asked:
                    self._asked[event_id] = answer

    def _topic(self, site: str, last: str) -> str:
        return f"{self._settings.topic}/{site}/{last}"


def _new_line(settings: MqttChannel, client_id: str, topics: Sequence[str], take: Heard) -> Line:
    try:
        return Line(settings, client_id, topics, take)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise SendError(Outcome.FAULT, f"the certificate files can't be used: {said}") from None


def _request(answers: str, event_id: str) -> Properties:
    """MQTT 5's own way to say where the answer is expected, for receivers that go by it."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.ContentType = "application/json"
    properties.ResponseTopic = answers
    properties.CorrelationData = event_id.encode()
    return properties
