"""Schema, model and docs/configuration.md hold the same keys and the same defaults."""

import re
from pathlib import Path

import msgspec
import pytest

from hub.config import duration
from hub.config.devices import DEVICE
from hub.config.model import CHANNEL_SETTINGS, Influx, ModbusRead, ModbusUnit, Mqtt, SerialPort, Store
from hub.config.outside import CHANNEL, INFLUX
from hub.config.schema import SECTIONS
from hub.config.sections import Section
from hub.domain.signals import KIND_SIGNALS
from hub.domain.site import Device, Limits

DOC = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
PARTS = {part.partition("\n")[0].strip(): part for part in re.split(r"^###? ", DOC, flags=re.MULTILINE)}
ROW = re.compile(r"^\| `(\w+)` \|.*\| (.*) \|$", re.MULTILINE)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_each_section_s_keys_are_documented_and_no_others(section: Section) -> None:
    rows = dict(ROW.findall(PARTS[section.name]))
    assert set(rows) == set(section.fields)
    assert {key for key, default in rows.items() if default == "required"} <= {
        key for key, field in section.fields.items() if field.required or key in {"kind", "api"}
    }


@pytest.mark.parametrize("kind", DEVICE.sections)
def test_each_default_of_a_device_is_the_documented_one(kind: str) -> None:
    defaults = {field.name: field.default for field in msgspec.structs.fields(Device)}
    for key, said in ROW.findall(PARTS[f"devices ({kind})"]):
        usual = said.partition(";")[0].strip("`")
        if key.endswith("_after") and key != "silent_after":
            assert duration.parse(usual) == defaults[key]
        elif isinstance(defaults.get(key), float):
            assert float(usual) == defaults[key]
        elif key in {"lit", "intrusion"}:
            assert usual == defaults[key]


@pytest.mark.parametrize(
    ("struct", "name"),
    [(Mqtt, "mqtt"), *((settings, f"channels ({kind})") for kind, settings in CHANNEL_SETTINGS.items())],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_default_of_a_connection_is_the_documented_one(struct: type[msgspec.Struct], name: str) -> None:
    rows = dict(ROW.findall(PARTS[name]))
    for field in msgspec.structs.fields(struct):
        if isinstance(field.default, str | int) and field.default != "":
            assert rows[field.name] == f"`{field.default}`"


def test_each_default_of_the_alarms_is_the_documented_one() -> None:
    for key, said in ROW.findall(PARTS["alarms"]):
        written = said.strip("`")
        assert (int(written) if written.isdecimal() else duration.parse(written)) == getattr(Limits(), key)


def test_readings_are_kept_as_long_as_documented() -> None:
    assert duration.parse(dict(ROW.findall(PARTS["store"]))["keep_readings"].strip("`")) == Store().keep_readings


def test_every_setting_of_a_channel_and_database_can_be_written() -> None:
    for kind, settings in CHANNEL_SETTINGS.items():
        assert set(CHANNEL.sections[kind].fields) == {*settings.__struct_fields__, "kind"}
    assert {key for section in INFLUX.sections.values() for key in section.fields} == set(Influx.__struct_fields__)


def test_every_setting_of_a_device_can_be_written() -> None:
    written = {key for section in DEVICE.sections.values() for key in section.fields}
    assert written - {"calibrated"} == set(Device.__struct_fields__) - {"lux_factor"}


def test_every_signal_that_a_kind_can_map_is_documented() -> None:
    part = PARTS["devices.map"]
    for kind in ("panic", "door", "lighting", "restroom"):
        own = re.search(rf"^\| {kind} \| (.*) \|$", part, re.MULTILINE)
        shared = re.search(r"^\| all but cameras \| (.*) \|$", part, re.MULTILINE)
        assert own
        assert shared
        assert set(re.findall(r"`(\w+)`", own[1] + shared[1])) == KIND_SIGNALS[kind]


@pytest.mark.parametrize(("struct", "name"), [(SerialPort, "serial"), (ModbusUnit, "serial.modbus")])
def test_each_default_of_a_serial_line_is_the_documented_one(struct: type[msgspec.Struct], name: str) -> None:
    rows = dict(ROW.findall(PARTS[name]))
    for field in msgspec.structs.fields(struct):
        if field.name.endswith("every"):
            assert duration.parse(rows[field.name].strip("`")) == field.default
        elif isinstance(field.default, str | int):
            assert rows[field.name] == f"`{field.default}`"


def test_each_default_of_a_modbus_register_is_the_documented_one() -> None:
    rows = dict(ROW.findall(PARTS["serial.modbus.read"]))
    for field in msgspec.structs.fields(ModbusRead):
        if isinstance(field.default, str | int | float):
            assert rows[field.name] == f"`{field.default}`"
