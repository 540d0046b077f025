"""The thread of one port: opens it, lets it talk, finds it gone, tries again."""

import logging
from typing import Final, Protocol

from hub.domain.decision import DeviceReceipt
from hub.domain.now import Now
from hub.domain.reports import Linked
from hub.ingest.mailbox import Mailbox
from hub.ingest.serial.port import Gone, Port

log = logging.getLogger(__name__)

FIRST_RETRY: Final = 250
LONGEST_RETRY: Final = 5000
"""ms: an adapter that is plugged in again is used within this."""
REST_MS: Final = 250
CROWDED: Final = 500
"""Letters that wait for the core: then the port isn't read, so that a babbling line fills nobody's memory."""


class Talk(Protocol):
    """What goes on at an open port."""

    def begin(self) -> None: ...

    def turn(self) -> None:
        """Something is said or heard, for well under a second. Raises one of `Gone`."""
        ...

    def answer(self, receipt: DeviceReceipt) -> None: ...


class SerialWorker:
    """One step at a time, for a Runner. `devices` are those behind the port `name`."""

    def __init__(self, name: str, devices: tuple[str, ...], port: Port, talk: Talk, mailbox: Mailbox) -> None:
        self.name, self.talk = name, talk
        self._devices, self._port, self._mailbox = devices, port, mailbox
        self._failures = 0
        self._try_at = 0
        self._up: bool | None = None

    def step(self, now: Now) -> int:
        """Never raises for what a port does."""
        if self._port.line is None and not self._opened(now):
            self._port.rest(min(REST_MS, self._try_at - now.mono))
        elif self._mailbox.waiting > CROWDED:
            self._port.rest(REST_MS // 10)
        else:
            try:
                self.talk.turn()
            except Gone as problem:
                self._close(f"{problem}", now)
        return 0

    def close(self) -> None:
        self._port.close()

    def _opened(self, now: Now) -> bool:
        if now.mono < self._try_at:
            return False
        try:
            self._port.open()
        except (*Gone, ValueError) as problem:  # ValueError: settings that this port can't have
            self._close(f"{problem}", now)
            return False
        self._failures = 0
        self.talk.begin()
        self._say(True, "open")
        return True

    def _close(self, problem: str, now: Now) -> None:
        self._port.close()
        self._try_at = now.mono + min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(self._failures, 10))
        self._failures += 1
        self._say(False, problem)

    def _say(self, up: bool, detail: str) -> None:
        if up == self._up:
            return
        self._up = up
        log.log(logging.INFO if up else logging.WARNING, "serial port %s: %s", self.name, detail[:200])
        self._mailbox.post(Linked("port", self.name, up, self._devices))
