"""Modbus RTU units on one line: their frames are coded and decoded by pymodbus, not by what the hub uses."""

import contextlib
import struct
import threading
import time

from pymodbus.framer.rtu import FramerRTU

from tests.ingest.serial_line import Line

REQUEST = 8
"""Bytes of every question: unit, function, address, count, checksum."""


class Units(threading.Thread):
    """`tables` holds values by (unit, function, address). `faults` make a unit `dead`, `garbage`, `checksum`, `half`
    or `exception`."""

    def __init__(self, line: Line, tables: dict[tuple[int, int, int], int]) -> None:
        super().__init__(daemon=True)
        self.line, self.tables = line, tables
        self.faults: dict[int, str] = {}
        self.asked: list[tuple[int, float]] = []
        self._end = threading.Event()
        self._data = b""
        self.start()

    def close(self) -> None:
        self._end.set()
        self.join(5)

    def run(self) -> None:
        while not self._end.is_set():
            with contextlib.suppress(OSError, ValueError):
                self._data += self.line.read(0.02)
                while len(self._data) >= REQUEST:
                    request, self._data = self._data[:REQUEST], self._data[REQUEST:]
                    self._answer(request)

    def _answer(self, request: bytes) -> None:
        unit, function, address, count = struct.unpack(">BBHH", request[:6])
        assert FramerRTU.compute_CRC(request[:6]) == struct.unpack(">H", request[6:])[0]
        self.asked.append((unit, time.monotonic()))
        values = [self.tables.get((unit, function, address + place)) for place in range(count)]
        fault = self.faults.get(unit, "")
        if fault == "dead" or not any(known == unit for known, _, _ in self.tables):
            return
        if fault == "garbage":
            self.line.write(b"\xde\xad\xbe\xef" * 50)
            return
        if fault == "exception" or None in values:
            answer = bytes([unit, function | 0x80, 2])
        elif function in (1, 2):
            answer = bytes([unit, function, 1, values[0]])
        else:
            answer = bytes([unit, function, 2 * count]) + struct.pack(f">{count}H", *values)
        crc = FramerRTU.compute_CRC(answer) ^ (fault == "checksum")
        whole = answer + struct.pack(">H", crc)
        self.line.write(whole[:4] if fault == "half" else whole)
