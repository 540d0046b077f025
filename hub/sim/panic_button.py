"""A simulated panic button on a connection of its own, speaking the hub's panic protocol."""

import threading
import time
from collections.abc import Mapping
from random import SystemRandom

import msgspec

from hub.domain.signals import Value
from hub.sim.client import Address, Client
from hub.sim.devices import Outgoing, availability, esphome_state
from hub.sim.inventory import Fitting
from hub.sim.latch import Lamp, Latch, Receipt
from hub.sim.speech import Speech


class PanicButton:
    """`press` from any thread; call `tend` several times a second."""

    def __init__(self, fitting: Fitting) -> None:
        self.fitting = fitting
        self._lock = threading.Lock()
        self._latch = Latch(boot=SystemRandom().randrange(1, 2**32))
        self._shown: Lamp | None = None
        self._speech, self._greeted = Speech(fitting.id), threading.Event()
        offline = availability(fitting, online=False)
        self._client = Client(f"sim-{fitting.id}", offline, connected=self._on_connected, received=self._on_receipt)

    @property
    def boot(self) -> int:
        """The random number of this start."""
        return self._latch.boot

    @property
    def lamp(self) -> Lamp:
        """What the person who pressed sees."""
        with self._lock:
            return self._latch.lamp(time.monotonic())

    @property
    def is_connected(self) -> bool:
        """Whether the broker hears it."""
        return self._client.is_connected

    def start(self, address: Address) -> None:
        """Connects, in the background and again and again."""
        self._client.start(address, f"{self.fitting.topic}/receipt")

    def press(self) -> int:
        """Presses it; the press's number. It is repeated until the hub has confirmed it."""
        with self._lock:
            number = self._latch.press(time.monotonic())
        self.tend()
        return number

    def tend(self) -> None:
        """Sends what is due, and tells of the lamp."""
        if not self._client.is_connected:
            return
        now = time.monotonic()
        with self._lock:
            due, lamp = self._latch.due(now), self._latch.lamp(now)
            changed, self._shown = lamp != self._shown, lamp
        for seq in due:
            payload = msgspec.json.encode({"event": "panic", "boot": self._latch.boot, "seq": seq})
            self._client.send(Outgoing(f"{self.fitting.topic}/event", payload))
        if changed:
            self._client.send(esphome_state(self.fitting.topic, "lamp", lamp))

    def tell(self, signals: Mapping[str, Value]) -> None:
        """Sends what there is to say of its other sensors, whose states are `signals`."""
        if not self._client.is_connected:
            return
        if self._greeted.is_set():
            self._greeted.clear()
            self._speech.forget()
        for signal, value in self._speech.changed(signals, time.monotonic()).items():
            self._client.send(esphome_state(self.fitting.topic, signal, value))

    def stop(self) -> None:
        """Says goodbye."""
        self._client.stop()

    def _on_connected(self) -> None:
        self._client.send(availability(self.fitting, online=True))
        self._greeted.set()
        with self._lock:
            self._shown = None
            self._latch.hurry(time.monotonic())

    def _on_receipt(self, _topic: str, payload: bytes) -> None:
        try:
            receipt = msgspec.json.decode(payload, type=Receipt)
        except msgspec.DecodeError:
            return
        with self._lock:
            self._latch.confirm(receipt, time.monotonic())
