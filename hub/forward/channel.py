"""What every channel to the outside offers: it returns a receipt, or it raises with a named outcome."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Literal, Protocol, runtime_checkable

import msgspec

from hub.domain.alerts import Alert

DEADLINE_SECONDS: Final = 10.0
"""The longest that one attempt may take, from looking up the name to the last byte of the answer."""


class Outcome(StrEnum):
    """What became of one attempt; the same words in the store, the metrics and the page."""

    DELIVERED = "delivered"  # proven by the other side's receipt
    ACCEPTED = "accepted"  # handed to a service that can prove nothing more
    UNPROVEN = "unproven"  # a success without a receipt: sent, and retried
    BAD_SIGNATURE = "bad_signature"  # a receipt that somebody else could have written
    WRONG_RECEIPT = "wrong_receipt"  # a receipt for another event
    REFUSED = "refused"  # the other side will never take this one
    CLIENT_ERROR = "client_error"  # 4xx
    SERVER_ERROR = "server_error"  # 5xx
    REDIRECTED = "redirected"  # 3xx: not followed
    GARBLED = "garbled"  # an answer that is not of the protocol
    TIMEOUT = "timeout"  # connected, then nothing
    RESET = "reset"  # the connection broke
    UNREACHABLE = "unreachable"  # no connection at all
    BUSY = "busy"  # asked to come back later
    FAULT = "fault"  # our own mistake, kept so that it is seen


class Acknowledgement(msgspec.Struct, frozen=True):
    """A person at headquarters has it: `at` is the other side's time, as text. One that `promotes` says that what was
    an exercise is real, and acknowledges nothing."""

    event_id: str
    operator: str
    at: str = ""
    promotes: bool = False


class Evidence(msgspec.Struct, frozen=True):
    """The receipt as it came, with the headers that its signature needs: whoever has the secret can check it again."""

    headers: Mapping[str, str]
    body: str


class Receipt(msgspec.Struct, frozen=True):
    """The other side has it. `proven` is whether it said so in a way that nobody else could have; `evidence` is what
    it said, where that can be checked again later. `answers`: what people there answer, `acks`, comes with receipts."""

    proven: bool
    detail: str = ""
    answers: bool = False
    acks: tuple[Acknowledgement, ...] = ()
    evidence: Evidence | None = None


class SendError(Exception):
    """An attempt failed. `permanent` ends the row as refused; otherwise it is kept and tried again.

    `scope` says what is wrong: the `channel` (everything waits for it) or this one `row` (the others go on).
    The message is plain text without secrets.
    """

    def __init__(
        self,
        outcome: Outcome,
        message: str = "",
        *,
        permanent: bool = False,
        scope: Literal["channel", "row"] = "channel",
    ) -> None:
        super().__init__(message or outcome.value)
        self.outcome = outcome
        self.permanent = permanent
        self.scope = scope


class Channel(Protocol):
    """One way out. Constructors do nothing but keep settings; connections are made when first needed.

    `supervised` channels answer heartbeats with a proof, so that a dead line is noticed without an alarm.
    """

    name: str
    supervised: bool
    deadline: float
    """Seconds that one `send` may take: DEADLINE_SECONDS, shorter in tests."""

    def send(self, alert: Alert, attempt: int) -> Receipt:
        """Sends one alert within the deadline. `attempt` counts from 1. Raises SendError, nothing else."""
        ...

    def close(self) -> None:
        """Lets go of connections; may be called twice."""
        ...


@runtime_checkable
class Listening(Protocol):
    """A channel through which headquarters speaks between two alerts, too."""

    @property
    def broken(self) -> bool:
        """Whether the connection that was kept for it has ended by itself: the next message makes a new one."""
        ...

    def heard(self) -> Sequence[Acknowledgement]:
        """Acknowledgements that have come since the last call; at once."""
        ...
