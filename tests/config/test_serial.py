"""Serial lines in hub.yaml: what goes together, and what is told of what doesn't."""

from pathlib import Path

import pytest

from hub.config.model import ModbusRead, ModbusUnit
from tests.config.files import SMALL, problems
from tests.config.files import read as load_text

SCHOOL = SMALL.replace(
    "devices:\n",
    "devices:\n"
    "  - {id: door-a, kind: door, zone: hall}\n"
    "  - {id: lamp-a, kind: lighting, zone: hall}\n"
    "  - {id: wc-a, kind: restroom, zone: hall}\n",
)


def lines(*ports: str) -> str:
    return SCHOOL + "serial:\n" + "".join(f"  - {port}\n" for port in ports)


ALL = "{port: all, devices: [door-a, lamp-a, wc-a]}"
REST = "{port: rest, devices: [lamp-a, wc-a]}"


def unit(read: str, device: str = "door-a", more: str = "") -> str:
    others = ", ".join(name for name in ("door-a", "lamp-a", "wc-a") if name != device)
    return lines(
        f"{{port: bus, modbus: [{{device: {device}, unit: 3, read: [{{{read}}}]{more}}}]}}",
        f"{{port: rest, devices: [{others}]}}",
    )


def test_a_modbus_unit_with_its_defaults(tmp_path: Path) -> None:
    port = load_text(tmp_path, unit("table: coil, at: 1, signal: tamper")).serial[0]
    assert port.modbus == (
        ModbusUnit(device="door-a", unit=3, read=(ModbusRead(table="coil", at=1, signal="tamper"),)),
    )
    assert port.behind == ("door-a",)


def test_a_device_of_a_bus_speaks_serial(tmp_path: Path) -> None:
    config = load_text(tmp_path, unit("table: coil, at: 1, signal: tamper"))
    assert config.site.devices["door-a"].dialect == "serial"


WRONG = {
    "neither": (
        lines("{port: a}", ALL),
        "'devices' or 'modbus' is missing in serial",
    ),
    "parity": (lines("{port: a, devices: door-a, parity: mark}", REST), "parity: must be one of none, even, odd"),
    "stop bits": (lines("{port: a, devices: door-a, stop_bits: 3}", REST), "stop_bits: must be one of 1, 2"),
    "poll without mode": (lines("{port: a, devices: door-a, poll_every: 1s}", REST), "needs 'mode: poll' beside it"),
    "too fast": (lines("{port: a, devices: door-a, mode: poll, poll_every: 1ms}", REST), "must be 50ms to 60s"),
    "unit": (unit("table: coil, at: 1, signal: tamper").replace("unit: 3", "unit: 248"), "whole number from 1 to 247"),
    "no unit": (lines("{port: a, modbus: []}", ALL), "at least one unit"),
    "mode of a bus": (
        unit("table: coil, at: 1, signal: tamper").replace("port: bus", "port: bus, mode: poll"),
        "'mode' is of the line protocol",
    ),
    "another kind's signal": (unit("table: input, at: 1, signal: lux"), "a door device has no signal 'lux'"),
    "no signal": (unit("table: coil, at: 1, signal: tampr"), "unknown signal 'tampr'. Did you mean 'tamper'?"),
    "a microphone": (
        unit("table: input, at: 1, signal: sound", "wc-a"),
        "'sound': nothing may hear, see or identify a",
    ),
    "contact without words": (unit("table: coil, at: 1, signal: contact"), "what stands for open, closed?"),
    "register without words": (unit("table: input, at: 1, signal: tamper"), "what stands for true, false?"),
    "wrong word": (unit('table: coil, at: 1, signal: contact, values: {"1": ajar}'), "'contact' can't be 'ajar'"),
    "wrong bit": (unit('table: coil, at: 1, signal: contact, values: {"2": open}'), "'2' is no value of a bit"),
    "figure of a bit": (unit("table: coil, at: 1, signal: lux", "lamp-a"), "one bit can't say it"),
    "words of a figure": (
        unit('table: input, at: 1, signal: lux, values: {"1": bright}', "lamp-a"),
        "'lux' is a figure: it has scale and offset instead of words",
    ),
    "scale of a coil": (unit("table: coil, at: 1, signal: tamper, scale: 2"), "'scale' is for registers"),
    "bit of two registers": (unit("table: input, at: 1, signal: tamper, bit: 1, type: u32"), "of type u16"),
    "firmware": (unit("table: input, at: 1, signal: firmware"), "is a text: a register can't say it"),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_told_once(text: str, expected: str, tmp_path: Path) -> None:
    (found,) = problems(tmp_path, text)
    assert expected in found


def test_a_device_on_a_line_and_on_a_bus_is_told(tmp_path: Path) -> None:
    text = unit("table: coil, at: 1, signal: tamper").replace("[lamp-a, wc-a]", "[lamp-a, wc-a, door-a]")
    assert any("device 'door-a' is doubled" in problem for problem in problems(tmp_path, text))


def test_lines_and_units_on_one_port_are_told(tmp_path: Path) -> None:
    text = unit("table: coil, at: 1, signal: tamper").replace("port: bus", "port: bus, devices: lamp-a")
    text = text.replace("[lamp-a, wc-a]", "[wc-a]")
    (found,) = problems(tmp_path, text)
    assert "not both" in found


@pytest.mark.parametrize("serial", ["x", "[1]", "[{modbus: 1, port: a}]", "[{modbus: [1], port: a}]", "[[]]", "{}"])
def test_another_form_altogether_is_told(serial: str, tmp_path: Path) -> None:
    assert problems(tmp_path, SMALL + f"serial: {serial}\n")
