"""Login, rights and TLS as `hub install` writes them and as the README of the firmware tells to."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.ops.mosquitto import password_line
from tests.journeys.rig import Headquarters, Hub
from tests.servers import Mosquitto, Server, free_port, program, wait_until

from . import toolchain
from .device import NORMAL, Device
from .device import Hub as Listener

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("firmware")]

PASSWORDS = {"hub": "one", "panic-hall": "two"}
BLOCKS = (toolchain.FIRMWARE / "README.md").read_text().split("```")[1::2]


def block(word: str) -> str:
    """The one block of the README with that word in it."""
    (found,) = [text for text in BLOCKS if word in text]
    return "".join(f"{line.strip()}\n" for line in found.splitlines()[1:])


class Instructed(Server):
    """Mosquitto as somebody has it who did what the README says. Only ports, folders and the host's name differ."""

    name = "mosquitto"

    def __init__(self, folder: Path, root: Path) -> None:
        super().__init__(folder)
        self.root, self.tls_port, self.hub_port = root, free_port(), 0

    def command(self) -> list[str]:
        etc = self.root / "etc/mosquitto"
        commands = block("openssl req -x509").replace("hub.school.lan", "localhost")
        subprocess.run(["sh", "-e", "-c", commands], cwd=etc, check=True, capture_output=True)
        (etc / "school-hub.passwd").write_text("".join(password_line(*login) for login in PASSWORDS.items()))
        written = (etc / "conf.d/school-hub.conf").read_text()
        self.hub_port = int(re.findall(r"listener (\d+) 127.0.0.1", written)[0])
        (etc / "conf.d/school-hub.tls.conf").write_text(block("listener 8883"))
        for file in (etc / "conf.d").iterdir():
            text = file.read_text().replace("listener 1883 0.0.0.0", f"listener {self.port} 127.0.0.1")
            text = text.replace("listener 8883", f"listener {self.tls_port} 127.0.0.1")
            file.write_text(text.replace("/etc/mosquitto", str(etc)))
        config = self.folder / "mosquitto.conf"
        config.write_text(f"user root\npersistence_location {self.folder}/\nlog_type all\ninclude_dir {etc}/conf.d\n")
        return [program("mosquitto", "mosquitto"), "-c", str(config)]


@pytest.fixture
def instructed(tmp_path: Path) -> Iterator[Instructed]:
    hub = Hub(tmp_path / "hub", Mosquitto(tmp_path / "port"), Headquarters(tmp_path / "hq"))
    root = tmp_path / "root"
    install = [sys.executable, "-m", "hub", "install", "-c", str(hub.config), "--root", str(root)]
    subprocess.run(install, check=True, capture_output=True, timeout=60)
    broker = Instructed(tmp_path / "broker", root)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def listener(instructed: Instructed) -> Iterator[Listener]:
    listener = Listener(instructed.hub_port, ("hub", PASSWORDS["hub"]))
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def start(instructed: Instructed, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    """Starts a button under a topic, with the login of panic-hall."""
    started: list[Device] = []

    def start(topic: str) -> Device:
        authority = instructed.root / "etc/mosquitto/ca.crt"
        login = ("panic-hall", PASSWORDS["panic-hall"])
        memory = tmp_path / "memory"
        device = Device(toolchain.program("panic"), instructed.tls_port, topic, memory, login, str(authority))
        started.append(device)
        device.start()
        device.set(loop_volts=NORMAL)
        return device

    yield start
    for device in started:
        device.kill()


def test_a_press_and_its_receipt_pass_over_tls_with_the_rights_of_the_device(
    start: Callable[[str], Device], listener: Listener, instructed: Instructed
) -> None:
    panic = start("school/panic-hall")
    listener.wait_state(panic, "sensor/loop", "normal")
    panic.press()
    _, boot, seq = listener.event(panic).event()
    listener.receipt(panic, boot, seq, "stored")
    listener.wait_state(panic, "sensor/lamp", "steady")
    log = (instructed.folder / "mosquitto.log").read_text()
    assert " as panic-hall (" in log
    assert "host-school" not in log  # what the device called itself


def test_a_device_can_not_speak_in_the_name_of_another(
    start: Callable[[str], Device], listener: Listener, instructed: Instructed
) -> None:
    door = start("school/door-main")
    door.wait_for(lambda: door.count("Connected as school/door-main"), "it is connected")
    denied = "Denied PUBLISH from panic-hall"
    wait_until(lambda: denied in (instructed.folder / "mosquitto.log").read_text(), 10, "it is denied")
    assert listener.messages == []
