"""From a topic to the dialect, lane and device it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hub.domain.reports import Decoded, Reason, Rejection
from hub.domain.site import Device
from hub.ingest.dialect import PAYLOAD_LIMIT, Dialect, LaneName, Message, Route

_REMEMBERED: Final = 20_000
"""Topics; a school of 300 devices has some thousands. Beyond that they are looked up each time."""


class Router:
    """Finds each topic's route once and keeps it. `dialects` maps names to their classes."""

    def __init__(self, devices: Iterable[Device], dialects: Mapping[str, type[Dialect]]) -> None:
        by_dialect: dict[str, list[Device]] = defaultdict(list)
        for device in devices:
            if device.dialect is not None and device.dialect in dialects:
                by_dialect[device.dialect].append(device)
        self._dialects = [dialects[name](members) for name, members in by_dialect.items()]
        self._routes: dict[str, Route | None] = {}

    def filters(self, lane: LaneName) -> Sequence[str]:
        """The topic filters to subscribe on `lane`, each once."""
        wanted = (s.filter for dialect in self._dialects for s in dialect.subscriptions() if s.lane is lane)
        return list(dict.fromkeys(wanted))

    def decode(self, message: Message, lane: LaneName) -> Decoded:
        """What the message says. None where it is nobody's, or the other lane's."""
        try:
            route = self._routes[message.topic]
        except KeyError:
            route = self._find(message.topic)
        if route is None or route.lane is not lane:
            return None
        if len(message.payload) > PAYLOAD_LIMIT:
            detail = f"{len(message.payload)} bytes, {PAYLOAD_LIMIT} are allowed"
            return Rejection(Reason.OVERSIZED, detail, route.device)
        return route.decode(message)

    def _find(self, topic: str) -> Route | None:
        found = [route for dialect in self._dialects if (route := dialect.find(topic)) is not None]
        # A device's own topic may lie where another dialect looks for devices that nobody registered.
        route = next((route for route in found if route.device), found[0] if found else None)
        if len(self._routes) < _REMEMBERED:
            self._routes[topic] = route
        return route
