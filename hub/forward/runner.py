"""Runs a worker's step again and again in a thread of its own, and survives its faults."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from hub.domain.now import Now

log = logging.getLogger(__name__)

_FAULT_PAUSE_MS: Final = 1000


class Runner:
    """`step(now)` returns for how many ms there is nothing to do; setting `woken` ends that pause early."""

    def __init__(
        self, name: str, step: Callable[[Now], int], close: Callable[[], None], now: Callable[[], Now],
        woken: threading.Event | None = None,
    ) -> None:  # fmt: skip
        self.name, self._step, self._close, self._now = name, step, close, now
        self.woken = woken or threading.Event()
        self._stop = threading.Event()
        self.last_step = now()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stop.set()
        self.woken.set()

    def join(self, patience: float) -> None:
        """Waits `patience` seconds: a thread that hangs in a dead line is left behind, since nothing it holds is
        lost."""
        self._thread.join(patience)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.last_step = now = self._now()
            try:
                pause = self._step(now)
            except Exception:  # a fault of one worker must not end it, nor any other: it is told, and tried again
                log.exception("%s failed; it goes on", self.name)
                pause = _FAULT_PAUSE_MS
            if pause > 0 and not self._stop.is_set():
                self.woken.wait(pause / 1000)
        self._close()


def stop_all(runners: list[Runner], patience: float = 2.0) -> None:
    """Asks all of them at once, and waits `patience` seconds for all together."""
    for runner in runners:
        runner.ask_to_stop()
    deadline = time.monotonic() + patience
    for runner in runners:
        runner.join(max(0.0, deadline - time.monotonic()))
