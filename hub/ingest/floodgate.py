"""Keeps a device that sends thousands of messages a second from the disk and from the others' time.

Each device has a token bucket, written as the moment at which it would be full again: one number per device, one
comparison per message. What is beyond it is acknowledged and counted, not decoded. Of each of its topics the newest
message is kept for a second, so that the hub knows the last state all the same. Presses have buckets of their own.
"""

from collections.abc import Container, Iterator
from typing import Final

import msgspec

from hub.config.model import Flow
from hub.domain.events import Flooded
from hub.domain.reports import Decoded, Report
from hub.domain.site import HUB
from hub.domain.state import PressId
from hub.ingest.dialect import LaneName, Route
from hub.ingest.lane import Received

CALM_MS: Final = 60_000
"""A flood is over when nothing was too much for so long."""
STRANGERS: Final = Flow(rate=10, burst=500)
"""Messages of devices that nobody registered: enough to see that they are there."""
ANNOUNCEMENTS: Final = Flow(rate=1000, burst=20_000)
"""A broker that starts anew makes all devices of a school announce themselves at once."""
PRESSES: Final = Flow(rate=20, burst=200)
"""Presses of one device that are let in beyond its bucket. Nobody presses a button twenty times a second."""
STRANGERS_FLOOD: Final = 500
"""Messages a second of unregistered devices that are an alarm of the hub; what they send otherwise is nobody's."""
BACKLOG: Final = 100_000
BACKLOG_OF_ONE: Final = 10_000
BACKLOG_MS: Final = 120_000
"""What waited at the broker comes as fast as it can, and is no flood: so many messages of all, of one device, and so
long after connecting. Brokers keep nothing that was sent at QoS 0."""
NEWEST_KEPT: Final = 256
NEWEST_OF_ONE: Final = 16
"""Topics of which the newest message is kept: of all devices, and of one."""

_PANIC: Final = LaneName.PANIC  # each look into an enum costs what the rest does
_STRANGERS: Final = ""
_ANNOUNCEMENTS: Final = " announcements"


class _Buckets:
    """Token buckets of one size. Each holds the moment (steady clock, ms) at which it will be full."""

    def __init__(self, flow: Flow) -> None:
        self._step = 1000 / flow.rate
        self._room = self._step * flow.burst
        self._full_at: dict[str, float] = {}

    def take(self, name: str, mono: int) -> bool:
        """Takes a token, False where there is none."""
        full_at = self._full_at.get(name, 0.0)
        full_at = (full_at if full_at > mono else mono) + self._step
        if full_at - mono > self._room:
            return False
        self._full_at[name] = full_at
        return True


class _Side(msgspec.Struct):
    """One lane: its buckets, and how many messages that waited for this connection may still come, until when."""

    buckets: _Buckets
    generation: int = 0
    backlog: int = 0
    until: int = 0
    of_each: dict[str, int] = {}

    def met(self, generation: int, mono: int) -> None:
        if generation > self.generation:
            self.generation, self.backlog, self.until = generation, BACKLOG, mono + BACKLOG_MS
            self.of_each = {}

    def waited(self, name: str, received: Received, mono: int) -> bool:
        self.met(received.generation, mono)
        count = self.of_each.get(name, 0)
        if not received.qos or count >= BACKLOG_OF_ONE or self.backlog <= 0 or mono >= self.until:
            return False
        self.backlog -= 1
        self.of_each[name] = count + 1
        return True


class Floodgate:
    """Used by the core's one thread. `known` are the numbered presses that the hub has."""

    def __init__(self, flow: Flow, known: Container[PressId]) -> None:
        self._known = known
        self._rate = flow.rate
        self._panic, self._telemetry = _Side(_Buckets(flow)), _Side(_Buckets(flow))
        self._presses = _Buckets(PRESSES)
        self._strangers, self._announcements = _Buckets(STRANGERS), _Buckets(ANNOUNCEMENTS)
        self._excess: dict[str, int] = {}
        self._flooding: dict[str, int] = {}
        self._newest: dict[str, tuple[LaneName, Received]] = {}
        self._topics: dict[str, int] = {}
        self._looked_at = 0
        self.dropped = 0

    def lets_in(self, route: Route, lane: LaneName, received: Received, mono: int) -> bool:
        """Whether the message is to be decoded. The broker's memory always is: it is bounded by its topics."""
        side = self._panic if lane is _PANIC else self._telemetry
        name = route.device or route.flow
        buckets = side.buckets if name else self._announcements if route.teaches else self._strangers
        let_in = buckets.take(name, mono) or received.message.retained or side.waited(name, received, mono)
        if let_in and self._newest:
            self._newest.pop(received.message.topic, None)  # it is older than this one
        return let_in

    def lets_press_in(self, decoded: Decoded, mono: int) -> bool:
        """Whether a message of the panic lane that was too much is decided about all the same: for a press that is
        new. Repeats of a known one are answered as far as the device's bucket goes."""
        calling = next((said for said in _reports(decoded) if self._calls(said)), None)
        return calling is not None and self._presses.take(calling.device, mono)

    def put_off(self, route: Route, lane: LaneName, received: Received, decoded: Decoded = None) -> None:
        """Counts a message that was too much. The newest of its topic is kept, unless it was a press."""
        name = route.device or route.flow or (_ANNOUNCEMENTS if route.teaches else _STRANGERS)
        self._excess[name] = self._excess.get(name, 0) + 1
        self.dropped += 1
        if decoded is not None and any(_presses(said) for said in _reports(decoded)):
            return
        topic = received.message.topic
        if topic not in self._newest:
            count = self._topics.get(name, 0)
            if not (route.device or route.flow) or count >= NEWEST_OF_ONE or len(self._newest) >= NEWEST_KEPT:
                return
            self._topics[name] = count + 1
        self._newest[topic] = (lane, received)

    def newest(self) -> list[tuple[LaneName, Received]]:
        """The last word of each flooded topic, once a second. It is acknowledged already: it has no packet number."""
        kept = [(lane, msgspec.structs.replace(received, qos=0)) for lane, received in self._newest.values()]
        self._newest.clear()
        self._topics.clear()
        return kept

    def met(self, lane: LaneName, generation: int, mono: int) -> None:
        """A lane's connection, told at least once a second: what waited at the broker comes with a new one."""
        (self._panic if lane is _PANIC else self._telemetry).met(generation, mono)

    def floods(self, mono: int) -> Iterator[Flooded]:
        """Whose flood has begun or ended; ask once a second."""
        seconds = max(1.0, (mono - self._looked_at) / 1000) if self._looked_at else 1.0
        self._looked_at = mono
        for name, count in self._excess.items():
            rate = count / seconds
            if name in (_STRANGERS, _ANNOUNCEMENTS):
                if rate < STRANGERS_FLOOD:
                    continue
                known = HUB.id
            elif name.startswith(" "):
                known = HUB.id
            else:
                known, rate = name, rate + self._rate
            if known not in self._flooding:
                yield Flooded(known, round(rate))
            self._flooding[known] = mono
        self._excess.clear()
        for known in [known for known, at in self._flooding.items() if mono - at >= CALM_MS]:
            del self._flooding[known]
            yield Flooded(known, 0)

    def _calls(self, said: Report) -> bool:
        if any(level for _event, level in said.held):
            return True
        return any(p.boot is None or (said.device, p.boot, p.seq) not in self._known for p in said.presses)


def _reports(decoded: Decoded) -> tuple[Report, ...]:
    if isinstance(decoded, tuple):
        return decoded
    return (decoded,) if isinstance(decoded, Report) else ()


def _presses(said: Report) -> bool:
    return bool(said.presses) or any(level for _event, level in said.held)
