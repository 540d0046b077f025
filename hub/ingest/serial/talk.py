"""Conversations in the line protocol on one open port: devices that speak by themselves, and devices that are asked."""

import collections
import time
from collections.abc import Callable, Sequence
from typing import Final

from hub.domain.decision import DeviceReceipt
from hub.domain.now import Now
from hub.domain.reports import Reason, Rejection
from hub.domain.site import Device
from hub.ingest.serial.complaints import Complaints
from hub.ingest.serial.frames import EVENT, POLL, RECEIPT, STATE, Frame, Framer, Spoiled, encode
from hub.ingest.serial.port import Port
from hub.ingest.serial.sieve import Sieves
from hub.ingest.serial.speech import Speech
from hub.ingest.serial.turns import Turns

IDLE_MS: Final = 250
ANSWER_MS: Final = 150
"""A device begins and ends its answer within this, beside what its bytes need on the wire."""
TURNAROUND: Final = 0.005
"""Seconds of silence before the hub speaks: a half-duplex driver needs time to let go of the bus."""
_LONGEST_EXCHANGE: Final = 300
"""Bytes of a question and its answer."""
RECEIPTS_KEPT: Final = 256
_OUR_OWN: Final = (POLL, RECEIPT)


class Pushed:
    """Listens, and answers presses at once. One turn takes at most IDLE_MS."""

    def __init__(
        self, devices: Sequence[Device], port: Port, sieves: Sieves, complaints: Complaints, clock: Callable[[], Now]
    ) -> None:
        self.port, self.sieves, self.clock = port, sieves, clock
        self._complaints = complaints
        self._speeches = {device.id: Speech(device) for device in devices}
        self._framer = Framer()
        self._receipts: collections.deque[DeviceReceipt] = collections.deque(maxlen=RECEIPTS_KEPT)
        self._number = 0

    def answer(self, receipt: DeviceReceipt) -> None:
        """Any thread: the device's press is stored, or at headquarters."""
        self._receipts.append(receipt)
        self.port.wake()

    def begin(self) -> None:
        """The port was opened: nothing is half heard any more."""
        self._framer.reset()
        self.sieves.forget()

    def turn(self) -> None:
        """Raises what the port raises."""
        self.sieves.tend(self.clock())
        self.give_receipts()
        self.listen(IDLE_MS)

    def listen(self, wait_ms: int) -> list[Frame]:
        """What devices said; it is told to the core as well."""
        heard: list[Frame] = []
        for found in self._framer.feed(self.port.read(wait_ms)):
            if isinstance(found, Spoiled):
                self._complaints.tell(Rejection(found.reason, found.detail), found.raw, self.clock())
            elif found.kind not in _OUR_OWN:  # some adapters hear what they say
                heard.append(found)
                self._take(found, self.clock())
        return heard

    def say(self, address: str, kind: str, body: str = "") -> int:
        """Sends a frame; gives its number."""
        time.sleep(TURNAROUND)
        self._number = (self._number + 1) % 256
        self.port.write(encode(Frame(address, kind, self._number, body)))
        return self._number

    def give_receipts(self) -> None:
        """Sends those that wait. One that the port did not take waits on."""
        while self._receipts:
            receipt = self._receipts[0]
            self.say(receipt.device, RECEIPT, f"boot={receipt.boot},seq={receipt.seq},stage={receipt.stage}")
            self._receipts.popleft()

    def _take(self, frame: Frame, now: Now) -> None:
        speech = self._speeches.get(frame.address)
        if speech is None:
            rejection = Rejection(Reason.UNKNOWN_DEVICE, f"no device {frame.address} is at this port")
            self._complaints.tell(rejection, frame.body.encode(), now)
            return
        said = speech.read(frame)
        if isinstance(said, Rejection):
            self._complaints.tell(said, frame.body.encode(), now)
        else:
            self.sieves.tell(said, now)


class Polled(Pushed):
    """Asks one device after the other; none speaks unasked. One turn takes one answer or its absence."""

    def __init__(
        self, devices: Sequence[Device], port: Port, sieves: Sieves, complaints: Complaints, clock: Callable[[], Now]
    ) -> None:
        super().__init__(devices, port, sieves, complaints, clock)
        self._turns = Turns({device.id: port.settings.poll_every for device in devices})
        self._patience = ANSWER_MS + _LONGEST_EXCHANGE * 10_000 // port.settings.baud

    def turn(self) -> None:
        self.sieves.tend(self.clock())
        self.give_receipts()
        device, wait = self._turns.next(self.clock().mono)
        if wait:
            self.listen(min(wait, IDLE_MS))
        elif self._answers(device):
            if self._turns.answered(device, self.clock().mono):
                self.sieves.back(device)
        elif self._turns.missed(device, self.clock().mono):
            self.sieves.lost(device)

    def _answers(self, device: str) -> bool:
        number = self.say(device, POLL)
        deadline = self.clock().mono + self._patience
        while (left := deadline - self.clock().mono) > 0:
            for frame in self.listen(left):
                if frame.address == device and frame.number == number and frame.kind in (STATE, EVENT):
                    return True
        return False
