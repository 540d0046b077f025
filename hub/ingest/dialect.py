"""What every dialect offers: which topics it listens to, and how a message on one of them is read.

A dialect is pure: it reads no clock and sends nothing. It is asked once for each topic (`find`); the answer is kept,
so the work per message is `Route.decode` alone. All that one may know beside hub.yaml is what devices have announced
of themselves: see Learner.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

import msgspec

from hub.domain.reports import Decoded, Reason, Rejection
from hub.domain.site import Device

PAYLOAD_LIMIT = 8192
"""Bytes; no sensor has more to say. Larger messages are refused before they are looked at."""


class LaneName(StrEnum):
    """Presses and calls for help have a connection of their own, so that no flood of readings is ahead of them."""

    PANIC = "panic"
    TELEMETRY = "telemetry"


class Subscription(msgspec.Struct, frozen=True):
    """An MQTT topic filter, and the lane it is subscribed on.

    Retained messages come with a new session only; with `again` they come with every connection, which is for
    announcements and availability: what the hub must know, and never takes for news.
    """

    filter: str
    lane: LaneName
    again: bool = False


class Message(msgspec.Struct, frozen=True, gc=False):
    """One MQTT message as it came. `retained`: the broker's memory. `redelivered`: MQTT's DUP flag."""

    topic: str
    payload: bytes
    retained: bool = False
    redelivered: bool = False


class Route(msgspec.Struct, frozen=True):
    """Where a topic's messages belong. `device` is empty for a topic of no configured device.

    A topic may match the filters of both lanes; it is read on `lane` and dropped on the other.
    `decode` never raises: what can't be read is a Rejection with its reason. `limit` is in bytes. A route that
    `teaches` may change what its Learner has to say about other topics. `flow` is whose messages they are counted as
    where they are no device's: a bridge's.
    """

    device: str
    lane: LaneName
    decode: Callable[[Message], Decoded]
    limit: int = PAYLOAD_LIMIT
    teaches: bool = False
    flow: str = ""


UNKNOWN: Final = "no device has the topic "
"""Begins what is said of a refused message of nobody's; its topic follows, as hub.yaml would have it."""


def unknown(topic: str, lane: LaneName = LaneName.TELEMETRY) -> Route:
    """The route of a device that nobody registered: its messages are refused, which shows that it is there."""
    rejection = Rejection(Reason.UNKNOWN_DEVICE, f"{UNKNOWN}{topic[:100]}")
    return Route("", lane, lambda _message: rejection)


class Dialect(Protocol):
    """One file in `hub/ingest/dialects/`, one line in its table."""

    def __init__(self, devices: Sequence[Device]) -> None:
        """`devices` are those of this dialect."""
        ...

    def subscriptions(self) -> Sequence[Subscription]:
        """All filters, wide enough to notice devices that nobody registered."""
        ...

    def find(self, topic: str) -> Route | None:
        """The route of a topic, None where the topic is not of this dialect."""
        ...


@runtime_checkable
class Learner(Protocol):
    """A dialect that has to know what its devices announced before it can read them.

    `announcements` are the retained messages of its own devices, by topic; the mapping is replaced, never changed,
    whenever one of them is new. Decoding them again, in any order, builds the same knowledge: so the hub keeps them
    beside its store, and knows after a restart what the messages that waited for it mean.
    """

    @property
    def announcements(self) -> Mapping[str, bytes]: ...
