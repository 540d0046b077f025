"""Modbus RTU: contacts and values of each unit; what one of them does wrong costs the others nothing."""

import struct

import pytest

from hub.config.model import ModbusRead, ModbusUnit, SerialPort
from tests.ingest.modbus_units import Units
from tests.ingest.serial_line import HubEnd, Line, device
from tests.servers import wait_until

DOOR = ModbusUnit(
    device="door-cellar",
    unit=3,
    every=50,
    read=(
        ModbusRead(table="discrete", at=0, signal="contact", values={"1": "open", "0": "closed"}),
        ModbusRead(table="coil", at=7, signal="tamper"),
        ModbusRead(table="holding", at=2, signal="lock", bit=4, values={"1": "locked", "0": "unlocked"}),
    ),
)
HIGH, LOW = struct.unpack(">HH", struct.pack(">f", 431.5))
LAMP = ModbusUnit(
    device="light-gym",
    unit=4,
    every=50,
    read=(
        ModbusRead(table="input", at=0, signal="lux", type="f32", words="little"),
        ModbusRead(table="input", at=9, signal="temperature", type="s16", scale=0.1),
        ModbusRead(table="holding", at=5, signal="power", type="u32", scale=0.01, offset=1),
        ModbusRead(table="holding", at=8, signal="relay", values={"0": "off", "3": "on"}),
    ),
)
BUTTON = ModbusUnit(
    device="panic-yard", unit=5, every=50, read=(ModbusRead(table="discrete", at=1, signal="press"),)
)  # fmt: skip
TABLES = {
    (3, 2, 0): 1, (3, 1, 7): 0, (3, 3, 2): 0b10000,
    (4, 4, 0): LOW, (4, 4, 1): HIGH, (4, 4, 9): 65536 - 55, (4, 3, 5): 1, (4, 3, 6): 0, (4, 3, 8): 3,
    (5, 2, 1): 0,
}  # fmt: skip


@pytest.fixture
def bus(tmp_path):
    line = Line(tmp_path / "bus")
    units = Units(line, dict(TABLES))
    port = SerialPort(port=str(line.path), baud=115_200, modbus=(DOOR, LAMP, BUTTON))
    hub = HubEnd(port, device("door-cellar", "door"), device("light-gym", "lighting"), device("panic-yard"))
    yield units, hub
    hub.close()
    units.close()
    line.unplug()


def test_bits_registers_and_floats_become_signals(bus):
    _, hub = bus
    hub.awaits("door-cellar", "lock", "locked")
    assert hub.signals["door-cellar", "contact"] == "open"
    assert hub.signals["door-cellar", "tamper"] is False
    hub.awaits("light-gym", "relay", "on")
    assert hub.signals["light-gym", "lux"] == 431.5
    assert hub.signals["light-gym", "temperature"] == -5.5
    assert hub.signals["light-gym", "power"] == 656.36


def test_a_change_is_told_at_once_and_the_same_not_again(bus):
    units, hub = bus
    hub.awaits("door-cellar", "contact", "open")
    units.tables[3, 2, 0] = 0
    hub.awaits("door-cellar", "contact", "closed", 2)
    wait_until(lambda: len([1 for unit, _ in units.asked if unit == 3]) > 20, 10, "the door was read again and again")
    assert len([report for report in hub.reports if report.device == "door-cellar"]) == 2


def test_a_button_s_contact_is_a_level(bus):
    units, hub = bus
    wait_until(lambda: [r.held for r in hub.reports if r.device == "panic-yard"], 5, "the button was read")
    units.tables[5, 2, 1] = 1
    wait_until(
        lambda: [r.held for r in hub.reports if r.device == "panic-yard"][-1] == (("press", True),), 5, "it is pressed"
    )


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("dead", None),
        ("garbage", "bad"),
        ("checksum", "bad_checksum"),
        ("half", "bad"),
        ("exception", "bad_frame"),
    ],
)
def test_a_unit_with_a_fault_is_unreachable_and_the_others_are_read_on_time(bus, fault, reason):
    units, hub = bus
    hub.awaits("door-cellar", "contact", "open")
    units.faults[3] = fault
    hub.awaits("door-cellar", "reachable", False)
    assert {name for _, name in hub.rejected} == ({"door-cellar"} if reason else set())
    assert all(found.startswith(reason or "") for found, _ in hub.rejected)
    units.asked.clear()
    wait_until(lambda: len([1 for unit, _ in units.asked if unit == 4]) >= 10 * 4, 10, "the lamp is read ten times")
    assert len([1 for unit, _ in units.asked if unit == 3]) <= 2
    del units.faults[3]
    hub.awaits("door-cellar", "reachable", True)


def test_unplugged_and_plugged_in_again(bus):
    units, hub = bus
    hub.awaits("door-cellar", "contact", "open")
    units.line.unplug()
    hub.awaits_link(False)
    units.tables[3, 2, 0] = 0
    units.line.plug()
    hub.awaits("door-cellar", "contact", "closed")
