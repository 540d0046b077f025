"""A serial line of pseudo terminals that can be unplugged, devices that speak the line protocol, and the hub's end."""

import contextlib
import threading
import time

from hub.config.model import SerialPort
from hub.domain.decision import DeviceReceipt
from hub.domain.now import Now
from hub.domain.reports import Linked, Report
from hub.domain.site import Device
from hub.forward.runner import Runner
from hub.ingest.mailbox import Mailbox
from hub.ingest.serial.build import worker_of
from hub.ingest.serial.frames import Frame
from hub.ingest.serial.speech import pairs
from hub.sim import serial_line
from hub.store.store import Rejected
from tests.servers import wait_until


class Line(serial_line.Line):
    """One on which what the hub says can be awaited."""

    def awaited(self, kind: str, seconds: float = 10) -> Frame:
        """The hub's next frame of a kind."""
        found = wait_until(lambda: [f for f in self.heard() if f.kind == kind], seconds, f"a frame {kind} from the hub")
        return found[0]


class Panel(threading.Thread):
    """Devices on the line: `answers` gives the body for a poll by address; `press` repeats until it is confirmed."""

    def __init__(self, line: Line, answers: dict[str, str] | None = None) -> None:
        super().__init__(daemon=True)
        self.line, self.answers = line, dict(answers or {})
        self.polled: list[tuple[str, float]] = []
        self.stages: dict[tuple[str, int, int], list[str]] = {}
        self._presses: dict[tuple[str, int, int], float] = {}
        self._end = threading.Event()
        self.start()

    def press(self, device: str, boot: int, seq: int) -> None:
        self._presses[device, boot, seq] = 0.0

    def has(self, device: str, boot: int, seq: int, stage: str) -> bool:
        return stage in self.stages.get((device, boot, seq), ())

    def close(self) -> None:
        self._end.set()
        self.join(5)

    def run(self) -> None:
        while not self._end.is_set():
            with contextlib.suppress(OSError, ValueError):  # unplugged, or nobody has it open
                for frame in self.line.heard(0.02):
                    self._hear(frame)
                if not self.answers:
                    self._repeat()

    def _hear(self, frame: Frame) -> None:
        if frame.kind == "R":
            said = pairs(frame.body) or {}
            press = frame.address, int(said["boot"]), int(said["seq"])
            self.stages.setdefault(press, []).append(said["stage"])
            self._presses.pop(press, None)
        elif frame.kind == "P":
            self.polled.append((frame.address, time.monotonic()))
            press = next((press for press in self._presses if press[0] == frame.address), None)
            if press is not None:
                self.line.say(press[0], "E", f"event=panic,boot={press[1]},seq={press[2]}", frame.number)
            elif frame.address in self.answers:
                self.line.say(frame.address, "S", self.answers[frame.address], frame.number)

    def _repeat(self) -> None:
        for (device, boot, seq), at in list(self._presses.items()):
            if time.monotonic() - at > 0.2:
                self._presses[device, boot, seq] = time.monotonic()
                self.line.say(device, "E", f"event=panic,boot={boot},seq={seq}")


def device(name: str, kind: str = "panic") -> Device:
    return Device(id=name, kind=kind, zone="hall", dialect="serial", silent_after=90_000)


def moment() -> Now:
    return Now(int(time.time() * 1000), time.monotonic_ns() // 1_000_000)


class HubEnd:
    """A port's worker in its own thread; what it tells the core is kept."""

    def __init__(self, settings: SerialPort, *devices: Device) -> None:
        self.mailbox = Mailbox()
        self.worker = worker_of(settings, {one.id: one for one in devices}, self.mailbox, moment)
        self.letters: list[object] = []
        self._runner = Runner(settings.port, self.worker.step, self.worker.close, moment)
        self._runner.start()

    def told(self, form: type) -> list:
        self.letters += self.mailbox.take()
        return [letter for letter in self.letters if isinstance(letter, form)]

    @property
    def reports(self) -> list[Report]:
        return self.told(Report)

    @property
    def rejected(self) -> list[tuple[str, str]]:
        return [(one.reason, one.device) for one in self.told(Rejected)]

    @property
    def signals(self) -> dict[tuple[str, str], object]:
        return {(report.device, name): value for report in self.reports for name, value in report.signals}

    def awaits(self, device_id: str, signal: str, value: object, seconds: float = 10) -> None:
        wait_until(
            lambda: self.signals.get((device_id, signal)) == value, seconds, f"{device_id} says {signal} {value}"
        )

    def awaits_link(self, up: bool) -> None:
        wait_until(lambda: [link.up for link in self.told(Linked)][-1:] == [up], 10, f"the port is up: {up}")

    def answer(self, device_id: str, boot: int, seq: int, stage: str = "stored") -> None:
        self.worker.talk.answer(DeviceReceipt(device_id, boot, seq, stage))

    def close(self) -> None:
        self._runner.ask_to_stop()
        self._runner.join(5)
