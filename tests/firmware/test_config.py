"""Every YAML file is accepted by ESPHome, and its defaults that would do harm are overridden."""

import functools
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from . import toolchain

# The first test also installs ESPHome. One worker for all of it: another one could only wait.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("firmware")]

BOARDS = sorted(path.name for path in toolchain.FIRMWARE.glob("*.yaml") if not path.name.startswith("secrets"))
HOSTS = sorted(f"host/{path.name}" for path in toolchain.FIRMWARE.glob("host/*.yaml"))
ENTITIES = ("sensor", "binary_sensor", "text_sensor", "switch")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firmware_configs")
    toolchain.copy_sources(folder)
    return folder


@functools.cache
def validated(release: str, folder: Path, file: str) -> str:
    command = [str(toolchain.esphome(release)), "config", file]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Plain(yaml.SafeLoader):
    """ESPHome's answer with its own tags (lambdas, secrets, ids) read as text."""


Plain.add_multi_constructor("!", lambda loader, _tag, node: loader.construct_scalar(node))


@pytest.fixture
def config(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(validated(toolchain.release(), folder, request.param), Plain)
    return read


def entities(config: dict[str, Any]) -> list[dict[str, Any]]:
    """What is published: each mapping with a name that isn't internal, sub-sensors of a chip included."""
    found: list[dict[str, Any]] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if node.get("name") and not node.get("internal") and "disabled_by_default" in node:
                found.append(node)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    for key in (*ENTITIES, "numbered_press"):
        walk(config.get(key))
    return found


@pytest.mark.parametrize("file", BOARDS + HOSTS)
def test_esphome_accepts_every_file(folder: Path, file: str) -> None:
    validated(toolchain.release(), folder, file)


def test_the_panic_button_s_code_for_the_board_keeps_presses_in_memory_that_a_power_cut_clears(folder: Path) -> None:
    try:
        command = [str(toolchain.esphome(toolchain.CURRENT)), "compile", "--only-generate", "panic.yaml"]
    except toolchain.Unavailable as reason:
        toolchain.missing(reason)
    subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=True)
    made = next(folder.glob(".esphome/build/panic-hall/src"))
    assert "#define USE_ESP32_RTC_PREFERENCES" in (made / "esphome/core/defines.h").read_text()
    assert "presses->set_broker(broker);" in (made / "main.cpp").read_text()


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_the_absence_of_the_broker_restarts_no_board(config: dict[str, Any]) -> None:
    assert config["mqtt"]["reboot_timeout"] == "0s"
    assert config.get("wifi", {"reboot_timeout": "0s"})["reboot_timeout"] == "0s"


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_every_state_is_sent_at_qos_1(config: dict[str, Any]) -> None:
    found = entities(config)
    assert len(found) >= 3
    assert [entity["name"] for entity in found if entity.get("qos") != 1] == []
    assert all(config["mqtt"][message]["qos"] == 1 for message in ("birth_message", "will_message", "shutdown_message"))


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_the_broker_is_reached_over_tls_with_a_login_of_the_device_s_own(config: dict[str, Any]) -> None:
    mqtt = config["mqtt"]
    assert mqtt["port"] == 8883
    assert mqtt["certificate_authority"] == "mqtt_ca"  # the secret of that name
    assert not mqtt["skip_cert_cn_check"]
    assert mqtt["username"] == mqtt["client_id"] == config["esphome"]["name"]
    assert mqtt["password"].startswith("mqtt_password_")  # a secret of its own
    assert mqtt["topic_prefix"] == f"school/{config['esphome']['name']}"


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_ids_are_unique_and_logs_stay_on_the_board(config: dict[str, Any]) -> None:
    assert config["mqtt"]["discovery_unique_id_generator"] == "mac"
    assert not config["mqtt"]["log_topic"]
    assert "api" not in config
    assert "web_server" not in config
    assert "captive_portal" not in config
    assert "ap" not in config.get("wifi", {})


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_updates_need_a_password_and_short_power_cuts_disarm_nothing(config: dict[str, Any]) -> None:
    assert all(ota["password"] for ota in config["ota"])
    assert config["safe_mode"]["num_attempts"] >= 30


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_a_sign_of_life_comes_three_times_before_the_device_counts_as_silent(config: dict[str, Any]) -> None:
    assert [sensor["update_interval"] for sensor in config["sensor"] if sensor["platform"] == "uptime"] == ["30s"]


@pytest.mark.parametrize("config", BOARDS, indirect=True)
def test_entities_carry_the_hub_s_names(config: dict[str, Any]) -> None:
    hub = {"contact", "tamper", "lux", "relay", "power", "occupancy", "leak", "co2", "pm25", "voc", "humidity"}
    hub |= {"temperature", "rssi", "loop", "firmware"}
    assert {entity["name"] for entity in entities(config)} <= hub | {"uptime", "lamp"}


def test_every_device_file_has_its_passwords_in_the_example() -> None:
    secrets = yaml.safe_load((toolchain.FIRMWARE / "secrets.example.yaml").read_text())
    for file in BOARDS:
        config = yaml.load((toolchain.FIRMWARE / file).read_text(), Plain)
        device = config["substitutions"]["device"].replace("-", "_")
        assert {f"mqtt_password_{device}", f"ota_password_{device}"} <= secrets.keys()


def test_the_readme_names_every_file_and_every_part_of_the_lamp() -> None:
    readme = (toolchain.FIRMWARE / "README.md").read_text()
    assert [file for file in BOARDS + HOSTS if f"`{file}`" not in readme] == []
    assert [lamp for lamp in ("off", "test", "blinking", "steady", "green") if f"`{lamp}`" not in readme] == []
