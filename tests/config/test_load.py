"""What a right hub.yaml becomes."""

from datetime import date
from pathlib import Path

import pytest

from hub.config import check
from hub.config.load import load
from hub.config.model import Mqtt, SerialPort, Store, Web
from hub.domain.site import Device, Hours, Limits, Mapped

from .files import EXAMPLE, SECRETS, SMALL, read, small


def device(folder: Path, keys: str, more: str = "") -> Device:
    return read(folder, SMALL.replace("channels:", f"  - {{id: x, zone: hall, {keys}}}\n{more}channels:")).site.devices[
        "x"
    ]


def test_the_example_is_right() -> None:
    config = load(EXAMPLE, SECRETS)
    assert config.site.hours == Hours(
        timezone="Asia/Almaty",
        weekdays=frozenset(range(6)),
        open=450,
        close=1140,
        holidays=frozenset({date(2026, 12, 16), date(2027, 1, 1), date(2027, 3, 8)}),
    )
    assert config.serial == (SerialPort(port="/dev/ttyUSB0", devices=("panic-gym",)),)
    assert config.site.devices["panic-gym"].dialect == "serial"
    assert config.site.devices["door-gym"].map == {"input:0": Mapped("contact", {"true": "open", "false": "closed"})}
    assert config.site.channels == ("hq", "hq-line", "duty-phone", "caretaker")
    assert config.site.hq_channels == {"hq", "hq-line"}
    assert config.site.routes[0].after == ((30_000, ("duty-phone",)), (90_000, ("caretaker",)))


def test_a_small_file_is_complete_with_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, SMALL)
    assert (config.mqtt, config.store, config.web) == (Mqtt(), Store(), Web())
    assert config.path == tmp_path / "hub.yaml"
    assert config.site.language == "kk"
    assert config.site.zones["hall"].floor == 1


CONTRACT = """\
site:
  id: zhm-taraz-017
  name: {kk: "№17 мектеп", ru: "Школа №17", en: "School No. 17"}
  timezone: Asia/Almaty
  language: kk
  hours: {weekdays: [mon, tue, wed, thu, fri, sat], open: "07:30", close: "19:00", holidays: [2026-12-16]}
mqtt: {host: 127.0.0.1, port: 1883, username: hub, password: !secret mqtt_password}
store: {path: /var/lib/school-hub/hub.db}
web: {listen: "127.0.0.1:8080"}
zones:
  - {id: hall, floor: 1, name: {kk: "Вестибюль", ru: "Вестибюль", en: "Hall"}}
devices:
  - {id: panic-hall,  kind: panic,    zone: hall, dialect: esphome,     topic: school/panic-hall, silent_after: 90s}
  - {id: door-main,   kind: door,     zone: hall, dialect: zigbee2mqtt, topic: zigbee2mqtt/door-main, role: entrance}
  - {id: light-hall,  kind: lighting, zone: hall, dialect: tasmota,     topic: light-hall, min_lux: 150}
  - {id: wc-1-boys,   kind: restroom, zone: hall, dialect: esphome,     topic: school/wc-1-boys}
  - {id: cam-gate,    kind: camera,   zone: hall, rtsp: "rtsp://10.0.0.9/1"}
  - {id: panic-gym,   kind: panic,    zone: hall, dialect: serial}
serial:
  - {port: /dev/ttyUSB0, baud: 115200, devices: [panic-gym]}
influx:
  - {name: local, api: v1, url: "http://127.0.0.1:8086", database: school}
  - {name: region, api: v2, url: "https://influx.example", org: edu, bucket: schools, token: !secret influx_token}
channels:
  - {name: hq, kind: webhook, url: "https://hq.example/alerts", secret: !secret hq_secret}
  - {name: hq-line, kind: dc09, host: 10.0.0.5, port: 12128, account: "1017", key: !secret dc09_key}
  - {name: duty-phone, kind: sms, port: /dev/modem, to: ["+77010000000"]}
  - {name: caretaker, kind: apprise, url: !secret caretaker_url}
routes:
  - {priority: critical, to: [hq, hq-line], after: {30s: [duty-phone], 90s: [caretaker]}}
  - {priority: [high, medium], to: [caretaker]}
people:
  - {name: "Айгүл", role: caretaker, pin: !secret caretaker_pin}
"""


def test_the_file_of_the_contract_is_right_as_it_stands(tmp_path: Path) -> None:
    """Schools have such files: a zone is a part of the building, so that a hall may hold a camera and a restroom's
    sensor, and messengers alone may be told of what is not critical."""
    config = read(tmp_path, CONTRACT)
    assert len(config.site.devices) == 6
    assert [port.devices for port in config.serial] == [("panic-gym",)]


SILENT = {
    "kind: panic, dialect: zigbee2mqtt, topic: z/a": 90_000,
    "kind: door, dialect: esphome, topic: a": 300_000,
    "kind: door, dialect: zigbee2mqtt, topic: z/a": 90_000_000,
    "kind: door, dialect: tasmota, topic: a": 900_000,
    "kind: door, dialect: shelly, topic: a": 900_000,
    "kind: door, dialect: homeassistant, topic: device:a": 900_000,
    "kind: door, dialect: json, topic: a": 900_000,
    "kind: camera, rtsp: 'rtsps://10.0.0.9/1'": 300_000,
    "kind: door, dialect: json, topic: a, silent_after: 2h": 7_200_000,
}


@pytest.mark.parametrize(("keys", "expected"), SILENT.items(), ids=list(SILENT))
def test_silence_has_a_default_by_kind_and_dialect(tmp_path: Path, keys: str, expected: int) -> None:
    assert device(tmp_path, keys).silent_after == expected


def test_a_serial_device_needs_neither_dialect_nor_topic(tmp_path: Path) -> None:
    found = device(tmp_path, "kind: door", "serial:\n  - {port: /dev/ttyS0, devices: x}\n")
    assert (found.dialect, found.topic, found.silent_after) == ("serial", "", 300_000)


def test_a_map_may_name_a_signal_or_say_what_words_mean(tmp_path: Path) -> None:
    keys = "kind: panic, dialect: json, topic: a, map: {b: {signal: press, values: {hold: test_press}}, l: loop}"
    assert device(tmp_path, keys).map == {"b": Mapped("press", {"hold": "test_press"}), "l": Mapped("loop")}


@pytest.mark.parametrize("name", ["surface_temperature", "humidity", "description", "ambient", "decimal"])
def test_a_restroom_may_map_what_neither_hears_nor_sees(tmp_path: Path, name: str) -> None:
    assert device(tmp_path, f"kind: restroom, dialect: json, topic: a, map: {{{name}: temperature}}").map


def test_thresholds_are_read_for_their_kinds(tmp_path: Path) -> None:
    lamp = device(tmp_path, "kind: lighting, dialect: json, topic: a, min_lux: 75.5, dark_after: 10m")
    assert (lamp.min_lux, lamp.dark_after) == (75.5, 600_000)
    assert device(tmp_path, "kind: restroom, dialect: json, topic: a, stay_after: 30m").stay_after == 1_800_000
    assert device(tmp_path, "kind: panic, dialect: json, topic: a, untested_after: 7d").untested_after == 604_800_000


def test_the_demonstration_s_clock_may_run_faster(tmp_path: Path) -> None:
    text = SMALL.replace("zones:", "  demo: {speed: 60, anchor: 1790000000000}\nzones:", 1)
    hours = read(tmp_path, text).site.hours
    assert (hours.speed, hours.anchor) == (60, 1_790_000_000_000)


def test_check_prints_counts_for_a_right_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    assert check.check(EXAMPLE) == 0
    said = capsys.readouterr()
    assert said.out == "OK: zhm-taraz-017: zones 4, devices 7, serial lines 1, databases 2, channels 4, people 2\n"
    assert not said.err


def test_check_prints_every_error_for_a_wrong_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hub.yaml"
    path.write_text("site: {}\nzones: 1\n")
    assert check.check(path) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.splitlines() == [
        f"{path}:1: 'id' is missing in site",
        f"{path}:1: 'name' is missing in site",
        f"{path}:1: 'timezone' is missing in site",
        f"{path}:1: 'hours' is missing in site",
        f"{path}:1: 'devices' is missing in hub.yaml",
        f"{path}:1: 'routes' is missing in hub.yaml",
        f"{path}:2: zones: must be a list",
    ]


def test_the_bounds_of_the_alarms_life_can_be_set(tmp_path: Path) -> None:
    limits = read(tmp_path, small(alarms="alarms: {shelve_at_most: 8h, chatter_count: 5}")).site.limits
    assert (limits.shelve_at_most, limits.chatter_count, limits.grace) == (8 * 3_600_000, 5, Limits().grace)


def test_quiet_hours_go_over_midnight_and_headquarters_can_have_everything(tmp_path: Path) -> None:
    more = '  - {priority: [high, medium], to: hq, quiet: {from: "22:00", to: "07:00"}, headquarters: all}\n'
    route = read(tmp_path, SMALL + more).site.routes[1]
    assert (route.quiet, route.headquarters) == ((22 * 60, 7 * 60), "all")
