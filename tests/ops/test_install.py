import os
import subprocess
import sys
import threading

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from hub.config.load import load
from hub.ops.install import NotInstalled
from hub.ops.install import install as install_service
from hub.ops.mosquitto import password_line
from tests.servers import Server, program, wait_until

PASSWORDS = {"hub": "one", "panic-hall": "two", "door-main": "three"}


def install(hub, root) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "hub", "install", "-c", str(hub.config), "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.fixture
def installed(hub, tmp_path):
    done = install(hub, tmp_path / "root")
    assert done.returncode == 0, done.stderr
    return tmp_path / "root"


class InstalledBroker(Server):
    """Mosquitto on the very files that `hub install` writes; only ports and folders are those of the test."""

    name = "installed-mosquitto"

    def __init__(self, root, hub_port: int) -> None:
        super().__init__(root / "broker")
        self.root, self.hub_port = root, hub_port

    def command(self) -> list[str]:
        (self.folder / "passwd").write_text("".join(password_line(*pair) for pair in PASSWORDS.items()))
        text = (self.root / "etc/mosquitto/conf.d/school-hub.conf").read_text()
        text = text.replace("listener 1883 0.0.0.0", f"listener {self.port} 127.0.0.1")
        text = text.replace("/etc/mosquitto/school-hub.passwd", str(self.folder / "passwd"))
        text = text.replace("/etc/mosquitto/school-hub.acl", str(self.root / "etc/mosquitto/school-hub.acl"))
        config = self.folder / "mosquitto.conf"
        config.write_text(text + f"persistence_location {self.folder}/\nuser root\n")
        return [program("mosquitto", "mosquitto"), "-c", str(config)]


@pytest.fixture
def secured(installed, broker):
    broker.stop()  # its port is the one that hub.yaml names
    secured = InstalledBroker(installed, broker.port)
    secured.start()
    yield secured
    secured.stop()


def connected(port: int, user: str, client_id: str = "", heard: list | None = None) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id or f"test-{user}", protocol=paho.MQTTv5)
    client.username_pw_set(user, PASSWORDS.get(user, "wrong"))
    client.on_message = lambda _c, _u, message: heard.append(message.topic) if heard is not None else None
    ready = threading.Event()
    client.on_connect = lambda _c, _u, _f, code, _p: None if code.is_failure else ready.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.let_in = ready.wait(3)
    return client


def listen(client: paho.Client) -> None:
    """Subscribes to everything, and waits until the broker says so."""
    done = threading.Event()
    client.on_subscribe = lambda *_: done.set()
    client.subscribe("#", 1)
    assert done.wait(5)


def test_the_unit_is_right_and_confined(installed):
    unit = installed / "etc/systemd/system/school-hub.service"
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "school-hub" not in verified.stderr.replace("mosquitto", ""), verified.stderr
    security = ["systemd-analyze", "security", "--offline=true", "--threshold=30", unit]
    assert subprocess.run(security, capture_output=True, check=False).returncode == 0


def test_the_hub_and_the_devices_must_not_share_a_port(hub, tmp_path):
    hub.config.write_text(hub.config.read_text().replace(f"port: {_port(hub)}", "port: 1883", 1))
    done = install(hub, tmp_path / "root")
    assert done.returncode == 1
    assert "1884" in done.stderr


def _port(hub) -> str:
    return hub.config.read_text().partition("port: ")[2].partition(",")[0]


def test_nobody_gets_in_without_a_password(secured):
    for port in (secured.port, secured.hub_port):
        client = connected(port, "stranger")
        assert not client.let_in
        client.loop_stop()


def test_a_device_speaks_for_itself_alone(secured):
    heard: list = []
    hub = connected(secured.hub_port, "hub", heard=heard)
    listen(hub)
    device = connected(secured.port, "panic-hall")
    device.publish("school/door-main/event", "x", 1)
    device.publish("school/panic-hall/event", "x", 1)
    wait_until(lambda: heard, 5, "its own topic")
    assert heard == ["school/panic-hall/event"]
    for client in (hub, device):
        client.disconnect()
        client.loop_stop()


def test_a_device_that_takes_the_hubs_client_id_does_not_throw_it_out(secured):
    hub = connected(secured.hub_port, "hub", "hub-school-1-panic")
    gone = []
    hub.on_disconnect = lambda *_: gone.append(1)
    thief = connected(secured.port, "door-main", "hub-school-1-panic")
    assert thief.let_in
    heard: list = []
    hub.on_message = lambda _c, _u, message: heard.append(message.topic)
    listen(hub)
    thief.publish("school/door-main/status", "online", 1)
    wait_until(lambda: heard, 5, "the hub still hears")
    assert not gone
    for client in (hub, thief):
        client.disconnect()
        client.loop_stop()


def test_only_root_installs_for_real(hub, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NotInstalled, match="root"):
        install_service(load(hub.config, {}), None)
