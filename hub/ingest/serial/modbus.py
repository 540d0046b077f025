"""Modbus RTU: contacts and values read from the units on one bus, each in its turn.

The protocol is minimalmodbus's. Each exchange is one bounded read with a time limit on emptied buffers, so that
neither silence nor garbage of one unit reaches into the turn of another.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import minimalmodbus

from hub.config.model import ModbusRead, ModbusUnit
from hub.domain.decision import DeviceReceipt
from hub.domain.now import Now
from hub.domain.reports import PressEvent, Reason, Rejection, Report
from hub.domain.signals import EVENTS, SIGNALS, Value, clean
from hub.ingest.naming import meant
from hub.ingest.serial.complaints import Complaints
from hub.ingest.serial.port import Port
from hub.ingest.serial.sieve import Sieves
from hub.ingest.serial.turns import Turns

IDLE_MS: Final = 250
ANSWER_SECONDS: Final = 0.2
"""Beside what the bytes need on the wire; slow units take up to 100 ms to think."""
_EXCHANGE: Final = 20
"""Bytes of a question and the longest answer, of two registers."""
_BIT_FUNCTIONS: Final = {"coil": 1, "discrete": 2}
_WORD_FUNCTIONS: Final = {"holding": 3, "input": 4}
_USUAL: Final[Mapping[str, str]] = MappingProxyType({"0": "false", "1": "true"})


class Bus:
    """All units of one port. One turn is one unit."""

    def __init__(
        self, units: Sequence[ModbusUnit], port: Port, sieves: Sieves, complaints: Complaints, clock: Callable[[], Now]
    ) -> None:
        self._units = {unit.device: unit for unit in units}
        self._port, self._complaints, self._sieves, self._clock = port, complaints, sieves, clock
        self._turns = Turns({unit.device: unit.every for unit in units})
        self._instruments: dict[str, minimalmodbus.Instrument] = {}

    def begin(self) -> None:
        """The port was opened."""
        line = self._port.line
        assert line is not None
        line.timeout = ANSWER_SECONDS + _EXCHANGE * 11 / self._port.settings.baud
        self._instruments = {name: _instrument(line, unit.unit) for name, unit in self._units.items()}
        self._sieves.forget()

    def answer(self, receipt: DeviceReceipt) -> None:
        """A contact has no lamp."""

    def turn(self) -> None:
        """Raises what the port raises."""
        self._sieves.tend(self._clock())
        device, wait = self._turns.next(self._clock().mono)
        if wait:
            self._port.rest(min(wait, IDLE_MS))
            return
        try:
            report = self._asked(device)
        except (minimalmodbus.ModbusException, ValueError) as problem:
            self._failed(device, problem)
            return
        now = self._clock()
        if self._turns.answered(device, now.mono):
            self._sieves.back(device)
        self._sieves.tell(report, now)

    def _asked(self, device: str) -> Report:
        signals: list[tuple[str, Value]] = []
        held: list[tuple[PressEvent, bool]] = []
        for one in self._units[device].read:
            raw = _raw(self._instruments[device], one)
            if one.signal in EVENTS:
                held.append((one.signal, _word(raw, one.values) == "true"))  # type: ignore[arg-type]
            elif (value := _value(raw, one)) is not None:
                signals.append((one.signal, value))
        return Report(device, tuple(signals), held=tuple(held))

    def _failed(self, device: str, problem: Exception) -> None:
        now = self._clock()
        if not isinstance(problem, minimalmodbus.NoResponseError):
            spoiled = isinstance(problem, minimalmodbus.InvalidResponseError)
            reason = Reason.BAD_CHECKSUM if spoiled and "hecksum" in str(problem) else Reason.BAD_FRAME
            self._complaints.tell(Rejection(reason, str(problem), device), b"", now)
        if self._turns.missed(device, now.mono):
            self._sieves.lost(device)


def _instrument(line: object, unit: int) -> minimalmodbus.Instrument:
    instrument = minimalmodbus.Instrument(line, unit)
    instrument.clear_buffers_before_each_transaction = True
    return instrument


def _raw(instrument: minimalmodbus.Instrument, one: ModbusRead) -> int | float:
    """Raises ModbusException, or what the port raises."""
    if one.table in _BIT_FUNCTIONS:
        return int(instrument.read_bit(one.at, _BIT_FUNCTIONS[one.table]))
    function = _WORD_FUNCTIONS[one.table]
    if one.type in ("u16", "s16"):
        raw = int(instrument.read_register(one.at, 0, function, signed=one.type == "s16"))
        return raw if one.bit is None else raw >> one.bit & 1
    order = minimalmodbus.BYTEORDER_BIG if one.words == "big" else minimalmodbus.BYTEORDER_LITTLE_SWAP
    if one.type == "f32":
        return float(instrument.read_float(one.at, function, 2, order))
    return int(instrument.read_long(one.at, function, one.type == "s32", order))


def _word(raw: float, words: Mapping[str, str]) -> str:
    """What a raw value stands for, empty where it is nothing; without words 1 is true."""
    if not math.isfinite(raw) or raw != int(raw):
        return ""
    return (words or _USUAL).get(str(int(raw)), "")


def _value(raw: float, one: ModbusRead) -> Value | None:
    """None where the raw value says nothing that can be believed."""
    if not math.isfinite(raw):
        return None
    if SIGNALS[one.signal].form == "figure":
        return clean(one.signal, round(raw * one.scale + one.offset, 6))
    return meant(one.signal, _word(raw, one.values), {})
