"""What headquarters answers, over HTTP as over MQTT: that it has an alert, that it never will, who took it."""

from typing import Annotated

import msgspec

from hub.forward.channel import Acknowledgement, Outcome, Receipt, SendError

_Short = Annotated[str, msgspec.Meta(max_length=200)]


class Ack(msgspec.Struct, frozen=True):
    """A person at headquarters has it; where it `promotes`, an exercise is real."""

    event_id: _Short
    operator: _Short
    at: _Short = ""
    promotes: bool = False


class Answer(msgspec.Struct, frozen=True):
    """`receipt` or `refused` holds the event's id."""

    receipt: _Short = ""
    received_at: _Short = ""
    refused: _Short = ""
    reason: _Short = ""
    acks: Annotated[list[Ack], msgspec.Meta(max_length=100)] = []

    @property
    def acknowledgements(self) -> tuple[Acknowledgement, ...]:
        return tuple(Acknowledgement(ack.event_id, ack.operator, ack.at, ack.promotes) for ack in self.acks)


def read_answer(body: bytes) -> Answer | None:
    """The answer in `body`, None where there is none that names an event."""
    try:
        answer = msgspec.json.decode(body, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return answer if answer.receipt or answer.refused else None


def receipt_of(answer: Answer, event_id: str) -> Receipt:
    """The proof in an answer that is known to be headquarters'. Raises SendError where it is for another event, or
    says that headquarters will never take this one."""
    if event_id not in (answer.receipt, answer.refused):
        raise SendError(Outcome.WRONG_RECEIPT, "the receipt is for another event")
    if answer.refused == event_id:
        raise SendError(Outcome.REFUSED, answer.reason or "refused", permanent=True, scope="row")
    return Receipt(proven=True, answers=True, acks=answer.acknowledgements)
