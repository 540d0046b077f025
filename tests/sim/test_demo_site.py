"""The demonstration's hub.yaml is right by the hub's own reading, and its clock begins a school day."""

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from argon2 import PasswordHasher

from hub.config.load import load
from hub.domain.schedule import school_time
from hub.domain.site import LANGUAGES, Dialect
from hub.sim.demo_site import BEGINS, PINS, Demo, anchor_of, new_secret, write_site
from hub.sim.demo_text import SAYS
from hub.sim.inventory import FITTINGS, ZONES

NOW = int(datetime(2026, 11, 24, 21, 40, 13, tzinfo=UTC).timestamp() * 1000)


def demo(speed: int = 60, wall: int = NOW, line: Path | None = Path("/run/old-panel")) -> Demo:
    return Demo(
        language="ru", speed=speed, anchor=anchor_of(wall, speed), page_port=8080, broker_port=2000,
        mqtt_version="3.1.1", console="http://127.0.0.1:8090", line=line,
    )  # fmt: skip


def test_the_hub_reads_it_without_a_complaint(tmp_path: Path) -> None:
    config = load(write_site(tmp_path, demo(), "broker's password", new_secret()), {})
    assert set(config.site.devices) == {one.id for one in FITTINGS}
    assert set(config.site.zones) == {zone.id for zone in ZONES}
    assert config.site.language == "ru"
    assert config.mqtt.version == "3.1.1"
    assert config.mqtt.password is not None
    assert config.mqtt.password.reveal() == "broker's password"
    assert config.site.channels_for("critical") == config.site.channels_for("high") == ("hq",)


def test_it_speaks_every_dialect_that_a_school_can_buy(tmp_path: Path) -> None:
    config = load(write_site(tmp_path, demo(), "x", new_secret()), {})
    assert {device.dialect for device in config.site.devices.values()} == set(get_args(Dialect))
    [port] = config.serial
    assert port.port == "/run/old-panel"
    assert {config.site.devices[name].kind for name in port.devices} == {"panic", "door"}


def test_without_pseudo_terminals_the_sensors_of_the_line_are_left_out(tmp_path: Path) -> None:
    config = load(write_site(tmp_path, demo(line=None), "x", new_secret()), {})
    assert config.serial == ()
    assert set(config.site.devices) == {one.id for one in FITTINGS if one.dialect != "serial"}
    out_of_files = "import resource, hub.sim.serial_line as s; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); "
    command = [sys.executable, "-c", f"{out_of_files}print(s.has_lines())"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"False\n"


def test_secrets_are_in_their_own_file_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    secret = new_secret()
    path = write_site(tmp_path, demo(), "broker-password", secret)
    hidden = tmp_path / "secrets.yaml"
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o600
    assert secret in hidden.read_text()
    assert secret not in path.read_text()
    assert "broker-password" not in path.read_text()


def test_the_known_pins_open_the_known_people(tmp_path: Path) -> None:
    config = load(write_site(tmp_path, demo(), "x", new_secret()), {})
    pins = {person.role: person.pin.reveal() for person in config.people}
    for role, pin in PINS.items():
        assert PasswordHasher().verify(pins[role], pin)


def test_everything_has_a_name_in_all_languages() -> None:
    for named in (*ZONES, *(one for one in FITTINGS if one.name)):
        assert set(named.name) == set(LANGUAGES)


@pytest.mark.parametrize("speed", [2, 60, 600])
@pytest.mark.parametrize("wall", [NOW, NOW + 4 * 86_400_000, NOW - 12 * 3_600_000])
def test_the_demonstration_begins_on_a_working_morning(tmp_path: Path, speed: int, wall: int) -> None:
    hours = load(write_site(tmp_path, demo(speed, wall), "x", new_secret()), {}).site.hours
    begin = school_time(hours, wall)
    assert f"{begin:%H:%M}" in (BEGINS, "07:24")
    assert begin.weekday() in hours.weekdays
    hour = school_time(hours, wall + 3_600_000 // speed)
    assert abs((hour - begin).total_seconds() - 3600) < speed


def test_at_the_speed_of_life_there_is_no_other_clock(tmp_path: Path) -> None:
    path = write_site(tmp_path, demo(speed=1), "x", new_secret())
    assert "demo:" not in "".join(line for line in path.read_text().splitlines(True) if not line.startswith("#"))
    assert load(path, {}).site.hours.speed == 1


def test_delays_are_shortened_with_the_day(tmp_path: Path) -> None:
    lives, played = (
        load(write_site(tmp_path, demo(speed), "x", new_secret()), {}).site.devices["door-main"] for speed in (1, 60)
    )
    assert (lives.held_after, played.held_after) == (480_000, 8_000)


def test_every_text_of_the_terminal_is_there_in_every_language() -> None:
    assert set(SAYS) == set(LANGUAGES)
    assert len({frozenset(texts) for texts in SAYS.values()}) == 1
