"""Devices that share one connection to the broker: those behind Zigbee2MQTT's bridge, and all plain nodes."""

import threading
import time
from collections.abc import Callable, Sequence

from hub.sim.client import Address, Client, Received
from hub.sim.day import Signals
from hub.sim.devices import Outgoing, availability, states
from hub.sim.inventory import Fitting
from hub.sim.speech import Speech

SignalsOf = Callable[[Fitting], Signals | None]
"""A device's signals now, None while it is silent."""


class Nodes:
    """Call `step` several times a second. `greeting` is said first, `will` when the connection breaks."""

    def __init__(
        self,
        name: str,
        fittings: Sequence[Fitting],
        *,
        will: Outgoing,
        greeting: Sequence[Outgoing],
        received: Received,
    ) -> None:
        self._fittings = tuple(fittings)
        self._speech = {one.id: Speech(one.id) for one in fittings}
        self._greeting = (*greeting, *(availability(one, online=True) for one in fittings))
        self._greeted = threading.Event()
        self._client = Client(name, will, connected=self._on_connected, received=received)

    def start(self, address: Address, *topics: str) -> None:
        """Connects, in the background and again and again."""
        self._client.start(address, *topics)

    def step(self, signals_of: SignalsOf) -> None:
        """Every device says what it has to say now."""
        if not self._client.is_connected:
            return
        if self._greeted.is_set():
            self._greeted.clear()
            for speech in self._speech.values():
                speech.forget()
        for one in self._fittings:
            signals = signals_of(one)
            if signals is not None:
                for message in states(one, signals, self._speech[one.id].changed(signals, time.monotonic())):
                    self._client.send(message)

    def send(self, message: Outgoing) -> None:
        """Sends a message of one of the devices."""
        self._client.send(message)

    def stop(self) -> None:
        """Says goodbye for all of them."""
        for one in self._fittings:
            self._client.send(availability(one, online=False))
        self._client.stop()

    def _on_connected(self) -> None:
        for message in self._greeting:
            self._client.send(message)
        self._greeted.set()
