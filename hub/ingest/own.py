"""The hub's own topic: its daily probe comes back through the broker on the lane of the presses."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from hub.domain.reports import Decoded, Press, Rejection, Report
from hub.domain.site import HUB
from hub.ingest.dialect import LaneName, Message, Route, Subscription
from hub.ingest.payload import structured


class _Probe(msgspec.Struct, frozen=True):
    event: Literal["probe"]
    seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)]


def probe_topic(site: str) -> str:
    """Where the hub of `site` speaks to itself."""
    return f"hub/{site}/event"


def probe_payload(number: int) -> bytes:
    """What it says there."""
    return msgspec.json.encode(_Probe("probe", number))


class OwnTopic:
    """Knows one topic. A number that is none of the hub's running probe means nothing, whoever sent it."""

    def __init__(self, site: str) -> None:
        self._topic: Final = probe_topic(site)

    def subscriptions(self) -> Sequence[Subscription]:
        return [Subscription(self._topic, LaneName.PANIC)]

    def find(self, topic: str) -> Route | None:
        return Route(HUB.id, LaneName.PANIC, _decode) if topic == self._topic else None


def _decode(message: Message) -> Decoded:
    read = structured(message.payload, _Probe)
    if isinstance(read, Rejection):
        return Rejection(read.reason, read.detail, HUB.id)
    return Report(HUB.id, presses=(Press("test_press", seq=read.seq),), retained=message.retained)
