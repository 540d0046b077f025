"""Listens for devices that announce themselves. The core's own thread only puts their messages aside; reading them,
and writing down who is there, is another's."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from hub.adopt.candidates import Candidate, CandidateFile, merged, read, unknown
from hub.adopt.listed import candidates
from hub.adopt.refusal import NotAdopted
from hub.adopt.write import Wish, adopt
from hub.config.load import load
from hub.config.model import Config
from hub.config.problems import ConfigErrors
from hub.domain.commands import Adopt
from hub.domain.now import Now
from hub.domain.reports import Decoded
from hub.domain.site import Device
from hub.ingest.dialect import LaneName, Message, Route, Subscription

log = logging.getLogger(__name__)

_LOOK_MS: Final = 1000
_SAVE_MS: Final = 60_000
_BRIDGE_LIMIT: Final = 1_000_000
_ANNOUNCEMENT_LIMIT: Final = 65_536
_WAITING: Final = 2000
_WAITING_BYTES: Final = 8_000_000
"""What is put aside at most; beyond that the next announcement of the same device must do."""


class Newcomers:
    """Composed by `hub.app`: a source of subscriptions and routes for the router, and a runner's `step`.

    `taken_over` is called after hub.yaml has a new device: the hub has to start anew.
    """

    def __init__(self, config: Config, taken_over: Callable[[], None]) -> None:
        self._config, self._taken_over = config, taken_over
        self._file = CandidateFile(config.store.path)
        self._known = self._file.load()
        self._lock = threading.Lock()
        self._waiting: dict[str, bytes] = {}
        self._bytes = 0
        self._orders: list[Adopt] = []
        self._saved_at = 0
        self._look = self._stale = False
        self.bases = {d.topic.partition("/")[0] for d in config.site.devices.values() if d.dialect == "zigbee2mqtt"}

    @property
    def listening(self) -> "Listening":
        """What the router needs, in the form of a dialect without devices."""
        return Listening((), self)

    def look_again(self) -> None:
        """hub.yaml may have changed: the hub starts anew if it is right. Safe in a signal handler."""
        self._look = True

    def put_aside(self, message: Message) -> Decoded:
        """In the core's thread: nothing is decoded here."""
        with self._lock:
            size = len(message.payload) - len(self._waiting.get(message.topic, b""))
            is_new = message.topic not in self._waiting
            full = self._bytes + size > _WAITING_BYTES or (is_new and len(self._waiting) >= _WAITING)
            if message.payload and not full:
                self._waiting[message.topic] = message.payload
                self._bytes += size
        return None

    def order(self, command: Adopt) -> None:
        """In the core's thread: somebody wants a candidate."""
        with self._lock:
            self._orders.append(command)

    def step(self, now: Now) -> int:
        """Reads what was put aside, and carries out orders; returns for how many ms that is enough."""
        with self._lock:
            waiting, self._waiting, self._bytes = self._waiting, {}, 0
            orders, self._orders = self._orders, []
        before = self._known
        for topic, payload in waiting.items():
            self._known = merged(self._known, read(topic, payload, now.wall))
        if waiting:
            ours = unknown(self._known.values(), self._config.site.devices.values())
            self._known = {f"{one.dialect} {one.topic}": one for one in ours}
        for command in orders:
            self._carry_out(command, now)
        self._stale = self._stale or self._known != before
        if self._known.keys() != before.keys() or (self._stale and (orders or now.mono - self._saved_at >= _SAVE_MS)):
            self._save(now)
        if self._look:
            self._look = False
            self._check()
        return _LOOK_MS

    def close(self) -> None:
        """Nothing is held."""

    def _save(self, now: Now) -> None:
        try:
            self._file.save(self._known)
            self._saved_at, self._stale = now.mono, False
        except OSError as error:
            log.warning("%s can't be written, new devices are forgotten with a restart: %s", self._file.path, error)

    def _check(self) -> None:
        try:
            load(self._config.path, os.environ)
        except ConfigErrors as errors:
            log.error("hub.yaml has mistakes; the hub goes on with what it has:\n%s", errors)
            return
        log.info("hub.yaml is right: the hub starts anew")
        self._taken_over()

    def _carry_out(self, command: Adopt, now: Now) -> None:
        candidate = self._known.get(command.candidate) or self._hint(command.candidate, now)
        if candidate is None:
            log.warning("%s is not adopted: it is not among the new devices", command.candidate)
            return
        wish = Wish(command.zone, command.kind, command.id, command.name)
        try:
            name = adopt(self._config.path, candidate, wish, os.environ)
        except NotAdopted as error:
            log.warning("%s is not adopted: %s", command.candidate, error)
            refused = msgspec.structs.replace(candidate, refusal=error.refusal, refused_at=now.wall)
            self._known[command.candidate] = refused
            self._stale = True
            return
        log.info("%s is adopted as %s by %s", command.candidate, name, command.by)
        self._taken_over()

    def _hint(self, key: str, now: Now) -> Candidate | None:
        """One that never announced itself: the store's refused messages tell of it."""
        found = {f"{one.dialect} {one.topic}": one for one in candidates(self._config)}.get(key)
        return found if found is None else msgspec.structs.replace(found, last_seen=now.wall)


class Listening:
    """A dialect that has no devices: it hears all announcements and says nothing."""

    def __init__(self, _devices: Sequence[Device], newcomers: Newcomers) -> None:
        self._newcomers = newcomers
        self._bridges = {f"{base}/bridge/devices" for base in {*newcomers.bases, "zigbee2mqtt"}}

    def subscriptions(self) -> Sequence[Subscription]:
        """Retained announcements come with every connection."""
        filters = ("homeassistant/+/+/config", "homeassistant/+/+/+/config", "esphome/discover/+", *self._bridges)
        return [Subscription(one, LaneName.TELEMETRY, again=True) for one in filters]

    def find(self, topic: str) -> Route | None:
        """Announcements are for every dialect that learns from them, so these routes teach, too."""
        is_config = topic.startswith("homeassistant/") and topic.endswith("/config") and 3 <= topic.count("/") <= 4
        if not (
            is_config or topic in self._bridges or (topic.startswith("esphome/discover/") and topic.count("/") == 2)
        ):
            return None
        limit = _BRIDGE_LIMIT if topic in self._bridges else _ANNOUNCEMENT_LIMIT
        return Route("", LaneName.TELEMETRY, self._newcomers.put_aside, limit, teaches=True)
