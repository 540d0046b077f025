"""The simulated school on a real broker, as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from hub.sim.children import Children
from hub.sim.client import Address
from hub.sim.control import from_environment, press, to_environment
from hub.sim.day import signals
from hub.sim.devices import availability, states
from hub.sim.inventory import FITTINGS
from hub.sim.ports import free_port
from tests.servers import Mosquitto, wait_until
from tests.sim.listener import Listener, listening

NOON = datetime(2026, 12, 7, 12, 0)
NETWORKED = [one for one in FITTINGS if one.dialect != "serial"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path / "broker")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hub(broker: Mosquitto) -> Iterator[Listener]:
    with listening(broker.port, "hub", broker.users["hub"]) as listener:
        yield listener


@pytest.fixture
def school(broker: Mosquitto, hub: Listener) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "hub.sim.school", "--port", str(broker.port), "--username", "sensors"]
    process = subprocess.Popen(command, env={**os.environ, "SIM_PASSWORD": broker.users["sensors"]})
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def test_every_device_says_that_it_is_there_and_what_it_measures(
    hub: Listener, school: subprocess.Popen[bytes]
) -> None:
    saying = {one.id: {m.topic for m in states(one, signals(one, NOON, 1), signals(one, NOON, 1))} for one in NETWORKED}

    def speaking() -> bool:
        heard = {message.topic for message in hub.heard}
        return all(topics & heard for topics in saying.values())

    wait_until(speaking, 15, "all devices speak")
    for one in NETWORKED:
        there = availability(one, online=True)
        assert hub.last(there.topic) == there.payload
    assert hub.last("zigbee2mqtt/bridge/state") == b'{"state": "online"}'


def test_states_of_esphome_are_remembered_by_the_broker_those_of_zigbee2mqtt_are_not(
    broker: Mosquitto, hub: Listener, school: subprocess.Popen[bytes]
) -> None:
    wait_until(lambda: hub.last("school/light-hall/sensor/lux/state"), 10, "the light speaks")
    wait_until(lambda: hub.last("zigbee2mqtt/door-main"), 10, "the door speaks")
    with listening(broker.port, "hub", broker.users["hub"]) as late:
        wait_until(lambda: late.of("school/light-hall/sensor/lux/state"), 5, "the broker's memory")
        assert late.of("school/light-hall/sensor/lux/state")[0].retained
        assert not any(message.retained for message in late.of("zigbee2mqtt/door-main"))


def test_a_message_to_sim_press_presses_a_panic_button(
    broker: Mosquitto, hub: Listener, school: subprocess.Popen[bytes]
) -> None:
    wait_until(lambda: hub.last("school/panic-gym/status") == b"online", 10, "the button is online")
    wait_until(lambda: hub.last("zigbee2mqtt/bridge/state"), 10, "the bridge is online")
    assert press(Address("127.0.0.1", broker.port, "hub", broker.users["hub"]), "panic-gym")
    event = wait_until(lambda: hub.presses("panic-gym"), 5, "the press arrives")[0]
    assert event["event"] == "panic"
    hub.answer("panic-gym", event["boot"], event["seq"], "stored")
    wait_until(lambda: hub.last("school/panic-gym/text_sensor/lamp/state") == b"steady", 5, "the lamp is steady")


def test_a_help_button_says_its_action_through_the_bridge(
    broker: Mosquitto, hub: Listener, school: subprocess.Popen[bytes]
) -> None:
    wait_until(lambda: hub.last("zigbee2mqtt/help-1-girls"), 10, "the button speaks")
    press(Address("127.0.0.1", broker.port, "hub", broker.users["hub"]), "help-1-girls")

    def actions() -> list[str]:
        said = [json.loads(message.payload) for message in hub.of("zigbee2mqtt/help-1-girls")]
        return [body["action"] for body in said if "action" in body]

    assert wait_until(actions, 5, "the action arrives") == ["single"]


def test_it_says_goodbye_for_all_devices_and_ends_cleanly(hub: Listener, school: subprocess.Popen[bytes]) -> None:
    wait_until(lambda: hub.last("zigbee2mqtt/help-1-girls/availability"), 10, "the bridge is online")
    wait_until(lambda: hub.last("school/panic-gym/status") == b"online", 10, "the button is online")
    school.send_signal(signal.SIGTERM)
    assert school.wait(3) == 0
    gone = [availability(one, online=False) for one in NETWORKED]
    wait_until(lambda: all(hub.last(one.topic) == one.payload for one in gone), 5, "all have said goodbye")


def test_its_end_by_force_is_told_by_the_wills(hub: Listener, school: subprocess.Popen[bytes]) -> None:
    wait_until(lambda: hub.last("zigbee2mqtt/bridge/state") == b'{"state": "online"}', 10, "the bridge is online")
    wait_until(lambda: hub.last("school/panic-gym/status") == b"online", 10, "the button is online")
    school.kill()
    wait_until(lambda: hub.last("zigbee2mqtt/bridge/state") == b'{"state": "offline"}', 5, "the bridge's will")
    wait_until(lambda: hub.last("school/panic-gym/status") == b"offline", 5, "the button's will")


def test_a_refused_password_is_told(broker: Mosquitto) -> None:
    command = [sys.executable, "-m", "hub.sim.school", "--port", str(broker.port), "--username", "sensors"]
    process = subprocess.Popen(command, env={**os.environ, "SIM_PASSWORD": "wrong"}, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "the broker refuses the connection" in process.stderr.readline()
    process.terminate()
    process.communicate(timeout=5)
    assert process.returncode == 0


def test_a_press_without_a_broker_is_told() -> None:
    assert not press(Address("127.0.0.1", free_port()), "panic-gym")


def test_the_address_goes_through_the_environment() -> None:
    address = Address("127.0.0.1", 1999, "console", "s p:c")
    assert from_environment(to_environment(address)) == address
    assert from_environment({}) is None


def test_children_without_a_program_raise(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Children(tmp_path).start("nothing", ["/nonexistent"])
