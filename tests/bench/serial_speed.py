"""Frames a second of one serial port, end to end: `python -m tests.bench.serial_speed`.

Pseudo terminals have no baud rate, so this is what the hub can take, not what a line can bring: 115200 baud bring some
300 frames a second of this length. Read, checked and understood in the port's own thread; the core hears of changes.
"""

import tempfile
import threading
import time
from pathlib import Path

from hub.config.model import ModbusRead, ModbusUnit, SerialPort
from hub.ingest.serial.frames import Frame, encode
from tests.ingest.modbus_units import Units
from tests.ingest.serial_line import HubEnd, Line, Panel, device
from tests.servers import wait_until

_FRAMES = 20_000


def pushed(folder: Path) -> float:
    """Frames a second that a device pushes."""
    line = Line(folder / "push")
    hub = HubEnd(SerialPort(port=str(line.path), devices=("door",)), device("door", "door"))
    hub.awaits_link(True)
    frames = [encode(Frame("door", "S", n % 256, "contact=open,battery=97")) for n in range(_FRAMES)]
    last = encode(Frame("door", "S", 0, "contact=closed,battery=97"))
    began = time.perf_counter()
    writer = threading.Thread(target=lambda: [line.write(frame) for frame in (*frames, last)])
    writer.start()
    hub.awaits("door", "contact", "closed", 60)
    took = time.perf_counter() - began
    writer.join()
    hub.close()
    line.unplug()
    return _FRAMES / took


def polled(folder: Path, seconds: float = 5) -> float:
    """Polls a second over ten devices that answer at once."""
    line = Line(folder / "poll")
    names = tuple(f"door-{n}" for n in range(10))
    panel = Panel(line, dict.fromkeys(names, "contact=open,battery=97"))
    port = SerialPort(port=str(line.path), devices=names, mode="poll", poll_every=1)
    hub = HubEnd(port, *(device(name, "door") for name in names))
    hub.awaits_link(True)
    time.sleep(seconds)
    count = len(panel.polled)
    hub.close()
    panel.close()
    line.unplug()
    return count / seconds


def modbus(folder: Path, seconds: float = 5) -> float:
    """Registers a second, over ten units."""
    line = Line(folder / "bus")
    units = Units(line, {(n, 4, 0): n for n in range(1, 11)})
    read = (ModbusRead(table="input", at=0, signal="lux"),)
    port = SerialPort(
        port=str(line.path),
        modbus=tuple(ModbusUnit(device=f"light-{n}", unit=n, every=1, read=read) for n in range(1, 11)),
    )
    hub = HubEnd(port, *(device(f"light-{n}", "lighting") for n in range(1, 11)))
    wait_until(lambda: units.asked, 10, "the bus is read")
    began = len(units.asked)
    time.sleep(seconds)
    count = len(units.asked) - began
    hub.close()
    units.close()
    line.unplug()
    return count / seconds


def main() -> None:
    """Prints a table."""
    print("| line | what | a second |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        print(f"| push | frames | {pushed(Path(folder)):.0f} |")
        print(f"| poll | questions answered | {polled(Path(folder)):.0f} |")
        print(f"| Modbus RTU | registers read | {modbus(Path(folder)):.0f} |")


if __name__ == "__main__":
    main()
