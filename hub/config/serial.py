"""Serial lines in hub.yaml: ports whose devices speak the line protocol, and Modbus RTU buses."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hub.config.fields import Reader, Reading, choice, figure, known, raw, several, span, text, whole
from hub.config.model import ModbusRead, ModbusUnit, SerialPort
from hub.config.privacy import intrudes_as_channel
from hub.config.problems import Reported, Wrong, quoted
from hub.config.sections import Clash, Field, Section, distinct, entries, made, needed
from hub.config.source import Node, behind
from hub.domain.signals import EVENTS, KIND_SIGNALS, SIGNALS

BAUD: Final = whole(300, 4_000_000)
_DEVICE: Final = known("device", lambda reading: reading.devices)
_BITS: Final = ("coil", "discrete")
_OF_REGISTERS: Final = ("type", "words", "bit", "scale", "offset")


def _number(*values: int) -> Reader:
    said = choice(*map(str, values))
    return lambda reading, node: int(said(reading, node))


def _frequency(low: int) -> Reader:
    def read(reading: Reading, node: Node) -> int:
        every: int = span(reading, node)
        if not low <= every <= 60_000:
            raise Wrong(f"must be {low}ms to 60s")
        return every

    return read


def _signal(reading: Reading, node: Node) -> str:
    name, names = raw(reading, node), sorted(SIGNALS.keys() | EVENTS)
    if name not in names:
        why = ": nothing may hear, see or identify a person" if intrudes_as_channel(name) else ""
        raise Wrong(f"unknown signal {quoted(name)}{why or reading.report.near(name, names)}")
    return name


def _words(reading: Reading, node: Node) -> Mapping[str, str]:
    block = entries(reading, node)
    results = {theirs: reading.attempt(raw, ours) for theirs, ours in block.values.items()}
    if not all(good for _, good in results.values()):
        raise Reported
    return {theirs: ours for theirs, (ours, _) in results.items()}


def _read(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if values.get("table") in _BITS:
        for key in _OF_REGISTERS:
            if key in values:
                yield Clash(key, f"'{key}' is for registers: a {values['table']} is one bit")
    if "bit" in values and (values.get("type") or "u16") != "u16":
        yield Clash("bit", "'bit' is of a register of type u16")
    signal = values.get("signal")
    if signal is None:
        return
    is_figure = signal in SIGNALS and SIGNALS[signal].form == "figure"
    if is_figure and (values.get("table") in _BITS or "bit" in values):
        yield Clash("signal", f"'{signal}' is a figure: one bit can't say it")
    if signal in SIGNALS and SIGNALS[signal].form == "text":
        yield Clash("signal", f"'{signal}' is a text: a register can't say it")
        return
    yield from _values(signal, values)


def _values(signal: str, values: dict[str, Any]) -> Iterator[Clash]:
    said = values.get("values")
    if signal in EVENTS or SIGNALS[signal].form == "flag":
        right: tuple[str, ...] = ("true", "false")
    else:
        right = SIGNALS[signal].values
    if SIGNALS.get(signal) is not None and SIGNALS[signal].form == "figure":
        if said is not None:
            yield Clash("values", f"'{signal}' is a figure: it has scale and offset instead of words")
        return
    one_bit = values.get("table") in _BITS or "bit" in values
    if said is None and (not one_bit or "true" not in right):
        yield Clash("signal", f"'values' is missing: what stands for {', '.join(right)}?")
    for theirs, ours in (said or {}).items():
        if ours not in right:
            yield Clash("values", f"'{signal}' can't be {quoted(ours)}: it is {' or '.join(right)}")
        if not theirs.isdecimal() or (one_bit and theirs not in ("0", "1")):
            yield Clash("values", f"{quoted(theirs)} is no value of {'a bit: 0 or 1' if one_bit else 'a register'}")


READ: Final = Section(
    "serial.modbus.read",
    {
        "table": needed(choice("coil", "discrete", "holding", "input")),
        "at": needed(whole(0, 65_535)),
        "signal": needed(_signal),
        "type": Field(choice("u16", "s16", "u32", "s32", "f32")),
        "words": Field(choice("big", "little")),
        "bit": Field(whole(0, 15)),
        "scale": Field(figure(-1_000_000, 1_000_000)),
        "offset": Field(figure(-1_000_000, 1_000_000)),
        "values": Field(_words),
    },
    made(ModbusRead),
    _read,
)


def _unit(reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    kind = reading.kinds.get(values.get("device") or "", "")
    if kind not in KIND_SIGNALS:
        return
    for one in values.get("read") or ():
        if one.signal not in KIND_SIGNALS[kind]:
            names = ", ".join(sorted(KIND_SIGNALS[kind]))
            yield Clash("read", f"a {kind} device has no signal {quoted(one.signal)}: it has {names}")


UNIT: Final = Section(
    "serial.modbus",
    {
        "device": needed(_DEVICE),
        "unit": needed(whole(1, 247)),
        "every": Field(_frequency(100)),
        "read": needed(distinct(READ.read, "signal")),
    },
    made(ModbusUnit),
    _unit,
)


def _one_of_two(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    if "devices" in values and "modbus" in values:
        yield Clash("modbus", "a port has 'devices' that speak the line protocol, or 'modbus' units, not both")
    elif "devices" not in values and "modbus" not in values:
        yield Clash("port", "'devices' or 'modbus' is missing in serial")
    if values.get("modbus") == ():
        yield Clash("modbus", "must name at least one unit")
    if "modbus" in values:
        for key in ("mode", "poll_every"):
            if key in values:
                yield Clash(key, f"'{key}' is of the line protocol: a Modbus unit is asked by its own 'every'")
    elif "poll_every" in values and values.get("mode", "push") == "push":
        yield Clash("poll_every", "'poll_every' needs 'mode: poll' beside it")


SERIAL: Final = Section(
    "serial",
    {
        "port": needed(text),
        "baud": Field(BAUD),
        "parity": Field(choice("none", "even", "odd")),
        "stop_bits": Field(_number(1, 2)),
        "direction": Field(choice("auto", "rts")),
        "devices": Field(several(_DEVICE)),
        "mode": Field(choice("push", "poll")),
        "poll_every": Field(_frequency(50)),
        "modbus": Field(distinct(UNIT.read, "unit")),
    },
    made(SerialPort),
    _one_of_two,
)


def serial(reading: Reading, node: Node) -> tuple[SerialPort, ...]:
    """All serial lines: no port twice, no device on two of them."""
    seen: dict[str, int] = {}
    for value in behind(node):
        if value.text in seen:
            reading.wrong(value.line, f"device {quoted(value.text)} is doubled: line {seen[value.text]} has it already")
        seen.setdefault(value.text, value.line)
    ports: tuple[SerialPort, ...] = distinct(SERIAL.read, "port")(reading, node)
    return ports
