"""How much one serial port takes: frames of the line protocol and Modbus RTU exchanges, beside the bare floor, which
brings the same bytes through pyserial and understands nothing.

Pseudo terminals have no baud rate: this is what the hub can take, not what a line can bring. 115200 baud bring some 300
frames of this length a second; a Modbus exchange at 9600 baud takes some 20 ms on the wire alone.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from hub.config.model import ModbusRead, ModbusUnit, SerialPort
from hub.domain.reports import Report
from hub.domain.site import Device, Kind
from hub.forward.runner import Runner
from hub.ingest.mailbox import Mailbox
from hub.ingest.serial.build import worker_of
from hub.ingest.serial.frames import STATE, Frame, encode
from hub.ingest.serial.port import Port
from hub.ops.bench.figures import Figure, not_measured
from hub.ops.bench.rig import Rig, wait_for
from hub.ops.clock import Clock
from hub.sim.serial_line import Line, has_lines

UNITS: Final = 10
_SILENCE: Final = 0.00175
"""Seconds between two Modbus frames above 19200 baud (Modbus over serial line, 2.5.1.1): the floor keeps them, too."""
_NAMES: Final = ("serial line, frames", "Modbus RTU, registers read")


def serial_lines(rig: Rig, frames: int) -> list[Figure]:
    """`frames` that a device pushes, and a twentieth of that in exchanges with Modbus units."""
    if not has_lines():
        return [not_measured(name, "a second", 0, "this system gives no pseudo terminals") for name in _NAMES]
    taken = pushed(rig.folder / "pushed", frames), modbus(rig.folder / "bus", frames // 20)
    floors = bare_read(rig.folder / "read", frames), bare_exchange(rig.folder / "exchange", frames // 20)
    return [
        Figure(name, value, "a second", goal, "at least", floor)
        for name, value, goal, floor in zip(_NAMES, taken, (0.005, 0.5), floors, strict=True)
    ]


def pushed(path: Path, frames: int) -> float:
    """Frames a second, from the line to what the port's thread tells the core."""
    settings, door = SerialPort(port=str(path), devices=("door",)), _device("door", "door")
    with _line(path) as line, _worker(settings, door) as mailbox, _writing(line, _states(frames)):
        began = time.perf_counter()
        wait_for(lambda: _heard(mailbox, ("contact", "closed")), 120, f"{frames} frames are understood")
        return frames / (time.perf_counter() - began)


def bare_read(path: Path, frames: int) -> float:
    """The same bytes read and thrown away."""
    said = _states(frames)
    with _line(path) as line, _port(path) as port, _writing(line, said):
        left, began = len(said), time.perf_counter()
        while left > 0:
            left -= len(port.read(1000))
        return frames / (time.perf_counter() - began)


def modbus(path: Path, exchanges: int) -> float:
    """Registers a second that are read from ten units, which answer at once."""
    read = (ModbusRead(table="input", at=0, signal="lux"),)
    units = tuple(ModbusUnit(device=f"light-{n}", unit=n, every=1, read=read) for n in range(1, UNITS + 1))
    devices = [_device(one.device, "lighting") for one in units]
    with _line(path) as line, _answering(line) as asked, _worker(SerialPort(port=str(path), modbus=units), *devices):
        wait_for(lambda: len(asked) > UNITS, 20, "the bus is read")
        before, began = len(asked), time.perf_counter()
        wait_for(lambda: len(asked) - before >= exchanges, 120, f"{exchanges} registers are read")
        return (len(asked) - before) / (time.perf_counter() - began)


def bare_exchange(path: Path, exchanges: int) -> float:
    """The same questions and answers, with the silence between them and nothing understood."""
    with _line(path) as line, _answering(line), _port(path) as port:
        began = time.perf_counter()
        for number in range(exchanges):
            port.write(_question(1 + number % UNITS))
            left = len(_answer(1))
            while left > 0:
                left -= len(port.read(1000))
            time.sleep(_SILENCE)
        return exchanges / (time.perf_counter() - began)


def _device(name: str, kind: Kind) -> Device:
    return Device(id=name, kind=kind, zone="hall", dialect="serial", silent_after=90_000)


def _states(frames: int) -> bytes:
    """What the device says; the last one differs."""
    body = "contact=open,battery=97"
    same = b"".join(encode(Frame("door", STATE, n % 256, body)) for n in range(frames - 1))
    return same + encode(Frame("door", STATE, 0, body.replace("open", "closed")))


def _heard(mailbox: Mailbox, signal: tuple[str, str]) -> bool:
    return any(isinstance(letter, Report) and signal in letter.signals for letter in mailbox.take())


@contextmanager
def _port(path: Path) -> Iterator[Port]:
    port = Port(SerialPort(port=str(path)))
    port.open()
    try:
        yield port
    finally:
        port.close()


@contextmanager
def _writing(line: Line, said: bytes) -> Iterator[None]:
    """The line takes some thousand bytes at once: the device goes on as they are read."""
    writer = threading.Thread(target=line.write_all, args=(said,), daemon=True)
    writer.start()
    yield
    writer.join(5)


@contextmanager
def _line(path: Path) -> Iterator[Line]:
    line = Line(path)
    try:
        yield line
    finally:
        line.unplug()


@contextmanager
def _worker(settings: SerialPort, *devices: Device) -> Iterator[Mailbox]:
    """The hub's own thread for a port, with a mailbox that nobody else empties."""
    mailbox, clock = Mailbox(), Clock()
    worker = worker_of(settings, {one.id: one for one in devices}, mailbox, clock.now)
    runner = Runner("serial", worker.step, worker.close, clock.now)
    runner.start()
    wait_for(lambda: mailbox.waiting > 0, 20, "the port is open")
    try:
        yield mailbox
    finally:
        runner.ask_to_stop()
        runner.join(5)


@contextmanager
def _answering(line: Line) -> Iterator[list[int]]:
    """Units that answer every question at once; yields which were asked."""
    stop, asked = threading.Event(), list[int]()

    def answer() -> None:
        heard, size = b"", len(_question(1))
        while not stop.is_set():
            with suppress(OSError):
                heard += line.read(0.05)
            while len(heard) >= size:
                line.write(_answer(heard[0]))
                asked.append(heard[0])
                heard = heard[size:]

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        stop.set()
        thread.join(5)


def _question(unit: int) -> bytes:
    """The first input register of a unit."""
    return _checked(bytes((unit, 4, 0, 0, 0, 1)))


def _answer(unit: int) -> bytes:
    return _checked(bytes((unit, 4, 2, 0, unit)))


def _checked(data: bytes) -> bytes:
    """With the CRC-16 of Modbus (polynomial 0x8005 reflected, start 0xFFFF), low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return data + crc.to_bytes(2, "little")
