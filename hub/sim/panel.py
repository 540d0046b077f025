"""An old panel with a serial port: its contacts and its panic button speak the line protocol of docs/serial.md."""

import contextlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Final

import msgspec

from hub.domain.signals import Value
from hub.ingest.serial.frames import EVENT, RECEIPT, STATE, Frame
from hub.ingest.serial.speech import pairs
from hub.sim.inventory import Fitting
from hub.sim.latch import Lamp, Latch, Receipt
from hub.sim.nodes import SignalsOf
from hub.sim.serial_line import Line
from hub.sim.speech import REPORT_EVERY

_TOO_FULL: Final = (BlockingIOError, OSError)


class Panel:
    """`fittings` behind a line at `path`. `press` from any thread; call `step` several times a second. Raises OSError
    where there is no line to be had."""

    def __init__(self, path: Path, fittings: Sequence[Fitting]) -> None:
        self._fittings = fittings
        self._line = Line(path)
        os.set_blocking(self._line.master, False)  # what does not go out while the hub is away is said again
        self._lock = threading.Lock()
        boot = SystemRandom().randrange(1, 2**32)
        self._latches = {one.id: Latch(boot) for one in fittings if one.kind == "panic"}
        self._said: dict[str, tuple[str, float]] = {}
        self._number = 0

    @property
    def buttons(self) -> frozenset[str]:
        """Its panic buttons."""
        return frozenset(self._latches)

    def press(self, device: str) -> None:
        """It is repeated until the hub has confirmed it. Raises KeyError."""
        with self._lock:
            self._latches[device].press(time.monotonic())

    def lamp(self, device: str) -> Lamp:
        """What the person who pressed sees."""
        with self._lock:
            return self._latches[device].lamp(time.monotonic())

    def step(self, signals_of: SignalsOf) -> None:
        """Hears the hub's receipts; says presses first, then what has changed, and each device now and then."""
        now = time.monotonic()
        for frame in self._line.heard(0):
            self._hear(frame, now)
        with self._lock:
            due = [(device, latch.boot, seq) for device, latch in self._latches.items() for seq in latch.due(now)]
        for device, boot, seq in due:
            self._say(device, EVENT, f"event=panic,boot={boot},seq={seq}")
        for one in self._fittings:
            signals = signals_of(one)
            if signals is not None:
                self._tell(one.id, body(signals), now)

    def stop(self) -> None:
        """Pulls the plug."""
        self._line.unplug()

    def _tell(self, device: str, said: str, now: float) -> None:
        before, at = self._said.get(device, ("", -REPORT_EVERY))
        if (said != before or now - at >= REPORT_EVERY) and self._say(device, STATE, said):
            self._said[device] = (said, now)

    def _say(self, device: str, kind: str, said: str) -> bool:
        self._number = (self._number + 1) % 256
        with contextlib.suppress(*_TOO_FULL):
            self._line.say(device, kind, said, self._number)
            return True
        return False

    def _hear(self, frame: Frame, now: float) -> None:
        if frame.kind != RECEIPT or frame.address not in self._latches:
            return
        with contextlib.suppress(msgspec.ValidationError):
            receipt = msgspec.convert(pairs(frame.body), Receipt, strict=False)
            with self._lock:
                self._latches[frame.address].confirm(receipt, now)


def body(signals: Mapping[str, Value]) -> str:
    """Signals as the line protocol says them."""
    return ",".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in signals.items()
    )
