"""From a topic to the dialect, lane and device it belongs to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from hub.domain.reports import Decoded, Reason, Rejection
from hub.domain.site import Device
from hub.ingest.dialect import Dialect, LaneName, Learner, Message, Route, Subscription
from hub.ingest.own import OwnTopic

_REMEMBERED: Final = 20_000
"""Topics; a school of 300 devices has some thousands. Beyond that they are looked up each time."""


class Router:
    """Finds each topic's route once and keeps it. `dialects` maps names to their classes; where two of them know a
    topic, the first one has it. `listening` hears announcements of devices that hub.yaml does not know.

    `news` is set when devices announced something that changes `filters` and `announcements`. Whoever has subscribed
    to the filters calls `settle`, and `keep` is called with the announcements.
    """

    def __init__(
        self,
        devices: Iterable[Device],
        dialects: Mapping[str, type[Dialect]],
        keep: Callable[[Mapping[str, bytes]], None] = lambda announcements: None,
        own: OwnTopic | None = None,
        listening: Dialect | None = None,
    ) -> None:
        by_dialect: dict[str, list[Device]] = defaultdict(list)
        for device in devices:
            if device.dialect is not None:
                by_dialect[device.dialect].append(device)
        self._dialects: list[Dialect | OwnTopic] = [
            dialect(by_dialect[name]) for name, dialect in dialects.items() if name in by_dialect
        ]
        if own is not None:
            self._dialects.insert(0, own)
        if listening is not None:
            self._dialects.append(listening)
        self._learners = [dialect for dialect in self._dialects if isinstance(dialect, Learner)]
        self._learned = [learner.announcements for learner in self._learners]
        self._routes: dict[str, Route | None] = {}
        self._keep = keep
        self.news = False

    def filters(self, lane: LaneName) -> Sequence[Subscription]:
        """What to subscribe to on `lane`, each filter once."""
        wanted: dict[str, Subscription] = {}
        for dialect in self._dialects:
            for one in dialect.subscriptions():
                if one.lane is lane and (one.again or one.filter not in wanted):
                    wanted[one.filter] = one
        return list(wanted.values())

    def announcements(self) -> dict[str, bytes]:
        """The announcements that the dialects know their devices from, to be given to `remember` after a restart."""
        return {topic: payload for known in self._learned for topic, payload in known.items()}

    def remember(self, announcements: Mapping[str, bytes]) -> None:
        """Learns once more what was known before a restart."""
        for topic, payload in announcements.items():
            self.decode(Message(topic, payload, retained=True), LaneName.TELEMETRY)
        self.news = False

    def settle(self) -> None:
        """What was news is known and kept from now on."""
        self.news = False
        self._keep(self.announcements())

    def decode(self, message: Message, lane: LaneName) -> Decoded:
        """What the message says. None where it is nobody's, or the other lane's."""
        route = self.route(message.topic, lane)
        return None if route is None else self.read(route, message)

    def route(self, topic: str, lane: LaneName) -> Route | None:
        """Whose messages come on the topic. None where they are nobody's, or the other lane's."""
        try:
            route = self._routes[topic]
        except KeyError:
            route = self._find(topic)
        return None if route is None or route.lane is not lane else route

    def read(self, route: Route, message: Message) -> Decoded:
        """What a message says whose route is known."""
        if len(message.payload) > route.limit:
            detail = f"{len(message.payload)} bytes, {route.limit} are allowed"
            return Rejection(Reason.OVERSIZED, detail, route.device)
        decoded = route.decode(message)
        if route.teaches:
            self._look_for_news()
        return decoded

    def _look_for_news(self) -> None:
        learned = [learner.announcements for learner in self._learners]
        if any(new is not old for new, old in zip(learned, self._learned, strict=True)):
            self._learned = learned
            self._routes.clear()
            self.news = True

    def _find(self, topic: str) -> Route | None:
        found = [route for dialect in self._dialects if (route := dialect.find(topic)) is not None]
        # A device's own topic may lie where another dialect looks for devices that nobody registered.
        route = next((route for route in found if route.device), found[0] if found else None)
        lessons = [route for route in found if route.teaches]
        if len(lessons) > 1:
            route = _shared(lessons)
        if len(self._routes) < _REMEMBERED:
            self._routes[topic] = route
        return route


def _shared(lessons: Sequence[Route]) -> Route:
    """An announcement is for every dialect that learns from it."""

    def decode(message: Message) -> Decoded:
        results = [route.decode(message) for route in lessons]
        return next((result for result in results if result is not None), None)

    return msgspec.structs.replace(lessons[0], decode=decode)
