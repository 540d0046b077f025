"""The firmware, the broker, the hub and headquarters, each a process of its own, whichever of them is killed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.rig import Headquarters, Hub
from tests.servers import Mosquitto, wait_until

from . import toolchain
from .device import CUT, NORMAL, Device
from .device import Hub as Listener

# A group of its own: by its turn the other worker has most likely compiled what it needs; else it waits for that.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("firmware-hub")]

Start = Callable[[str, str], Device]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[Headquarters]:
    hq = Headquarters(tmp_path / "hq")
    hq.start()
    yield hq
    hq.stop()


@pytest.fixture
def hub(tmp_path: Path, broker: Mosquitto, hq: Headquarters) -> Iterator[Hub]:
    hub = Hub(tmp_path / "hub", broker, hq)
    yield hub.started()
    hub.stop()


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    """Hears what passes the broker; answers nothing."""
    listener = Listener(broker.port, ("sensors", broker.users["sensors"]))
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def start(broker: Mosquitto, hub: Hub, listener: Listener, tmp_path: Path) -> Iterator[Start]:
    """Starts a program of a kind as a device of the school."""
    started: list[Device] = []

    def start(kind: str, device_id: str) -> Device:
        login = ("sensors", broker.users["sensors"])
        program = toolchain.program(kind)
        device = Device(program, broker.port, f"school/{device_id}", tmp_path / f"memory-{device_id}", login)
        started.append(device)
        device.start()
        return device

    yield start
    for device in started:
        device.kill()


@pytest.fixture
def panic(start: Start, listener: Listener) -> Device:
    panic = start("panic", "panic-hall")
    panic.set(loop_volts=NORMAL, tamper_input=False, service_input=False)
    listener.wait_state(panic, "sensor/loop", "normal")
    listener.wait_state(panic, "sensor/lamp", "off")
    return panic


def wait_red_blinks(device: Device) -> None:
    before = device.count("lamp_red ON")
    device.wait_for(lambda: device.count("lamp_red ON") >= before + 3, "the red lamp blinks")


def wait_green(device: Device) -> None:
    """Red is dark then: the last line of each lamp."""
    device.wait_for(lambda: device.count("lamp_green ON"), "the green lamp", 40)
    assert next(line for line in reversed(device.output) if line.startswith("lamp_red")) == "lamp_red OFF"


def assert_one_incident(hub: Hub, hq: Headquarters, device: str = "panic-hall", alarm: str = "panic") -> None:
    """One at the school, one at headquarters, of one press, raised there once."""
    assert hub.rows("SELECT type, device, json_extract(body, '$.count') FROM alarms") == [(alarm, device, 1)]
    assert hub.rows("SELECT event FROM presses") == [({"panic": "press"}.get(alarm, alarm),)]
    raised = [alert for alert in hq.alerts() if alert["type"] == "alarm.raised"]
    assert [(alert["alarm"], alert["device"]) for alert in raised] == [(alarm, device)]


def wait_value(hub: Hub, device: str, signal: str, value: object) -> None:
    query = (
        "SELECT value FROM readings r JOIN devices d ON d.no = r.device JOIN signals s ON s.no = r.signal "
        "WHERE d.id = ? AND s.id = ? ORDER BY r.id DESC LIMIT 1"
    )
    wait_until(lambda: hub.rows(query, device, signal) == [(value,)], 15, f"{signal} of {device} is {value} at the hub")


def wait_open(hub: Hub, device: str, alarm: str) -> None:
    where = f"device = '{device}' AND type = '{alarm}' AND open = 1"
    wait_until(lambda: hub.count("alarms", where) == 1, 15, f"{alarm} of {device}")


def test_the_lamp_blinks_until_stored_and_is_green_only_when_headquarters_has_it(
    panic: Device, hub: Hub, hq: Headquarters, listener: Listener
) -> None:
    hq.kill()
    panic.press()
    listener.wait_state(panic, "sensor/lamp", "steady")
    assert panic.count("lamp_green ON") == 0
    hq.start()
    wait_green(panic)
    listener.wait_state(panic, "sensor/lamp", "off")
    assert listener.states(panic, "sensor/lamp") == ["off", "blinking", "steady", "green", "off"]
    _, boot, seq = listener.event(panic).event()
    receipts = [json.loads(message.text) for message in listener.messages if message.topic == f"{panic.topic}/receipt"]
    assert {receipt["stage"] for receipt in receipts} == {"stored", "hq"}
    assert {(receipt["boot"], receipt["seq"]) for receipt in receipts} == {(boot, seq)}
    assert_one_incident(hub, hq)


def test_pressed_while_the_broker_is_dead(panic: Device, hub: Hub, hq: Headquarters, broker: Mosquitto) -> None:
    broker.kill()
    panic.press()
    wait_red_blinks(panic)
    assert hub.count("presses") == 0
    broker.start()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_pressed_while_the_hub_is_dead(panic: Device, hub: Hub, hq: Headquarters, listener: Listener) -> None:
    hub.kill()
    panic.press()
    wait_red_blinks(panic)
    listener.wait_for(lambda: len(listener.events(panic)) >= 2, "it is repeated")
    assert panic.count("lamp_green ON") == 0
    hub.started()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_the_broker_killed_in_the_moment_of_the_press(
    panic: Device, hub: Hub, hq: Headquarters, broker: Mosquitto
) -> None:
    panic.press()
    broker.kill()
    broker.start()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_the_broker_killed_between_stored_and_headquarters(
    panic: Device, hub: Hub, hq: Headquarters, listener: Listener, broker: Mosquitto
) -> None:
    hq.kill()
    panic.press()
    listener.wait_state(panic, "sensor/lamp", "steady")
    broker.kill()
    hq.start()
    wait_until(lambda: len(hq.incidents()) == 1, 40, "headquarters has it without the broker")
    broker.start()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_the_hub_killed_in_the_moment_of_the_press(panic: Device, hub: Hub, hq: Headquarters) -> None:
    panic.press()
    hub.kill()
    hub.started()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_the_hub_killed_between_stored_and_headquarters(
    panic: Device, hub: Hub, hq: Headquarters, listener: Listener
) -> None:
    hq.kill()
    panic.press()
    listener.wait_state(panic, "sensor/lamp", "steady")
    hub.kill()
    hq.start()
    hub.started()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_the_board_killed_before_the_hub_is_there(
    panic: Device, hub: Hub, hq: Headquarters, listener: Listener
) -> None:
    hub.kill()
    panic.press()
    listener.event(panic)
    panic.kill()
    listener.restart(panic, loop_volts=NORMAL)
    hub.started()
    wait_green(panic)
    assert_one_incident(hub, hq)


def test_a_test_press_is_stored_as_one_and_alarms_nobody(
    panic: Device, hub: Hub, hq: Headquarters, listener: Listener
) -> None:
    panic.hold_service(5.3)
    listener.wait_state(panic, "sensor/lamp", "test")
    panic.press()
    listener.wait_state(panic, "sensor/lamp", "steady")
    assert hub.rows("SELECT event, alarm FROM presses") == [("test_press", 0)]
    assert hub.count("alarms") == 0
    assert hq.alerts() == []


def test_a_cut_wire_and_an_open_housing_are_alarms_and_a_mended_wire_is_none(panic: Device, hub: Hub) -> None:
    panic.set(loop_volts=CUT, tamper_input=True)
    wait_open(hub, "panic-hall", "loop_fault")
    wait_open(hub, "panic-hall", "tamper")
    panic.set(loop_volts=NORMAL)
    wait_value(hub, "panic-hall", "loop", "normal")
    assert hub.count("alarms", "type = 'panic'") == 0


def test_a_door_s_contact_and_housing_reach_the_hub(start: Start, hub: Hub, broker: Mosquitto) -> None:
    door = start("door", "door-main")
    door.set(contact_input=False, tamper_input=False)
    wait_value(hub, "door-main", "contact", "closed")
    door.set(contact_input=True)
    wait_value(hub, "door-main", "contact", "open")
    broker.kill()
    door.set(contact_input=False, tamper_input=True)
    broker.start()
    wait_value(hub, "door-main", "contact", "closed")
    wait_open(hub, "door-main", "tamper")


def test_a_restroom_s_leak_air_and_cut_wire_reach_the_hub(start: Start, hub: Hub) -> None:
    restroom = start("restroom", "wc-1")
    restroom.set(loop_volts=NORMAL, presence_input=True, leak_input=False, co2=900, humidity=48)
    wait_value(hub, "wc-1", "occupancy", 1)
    wait_value(hub, "wc-1", "co2", 900)
    restroom.set(leak_input=True)
    wait_open(hub, "wc-1", "leak")
    restroom.set(loop_volts=CUT)
    wait_open(hub, "wc-1", "loop_fault")


def test_help_is_called_from_a_restroom_while_the_hub_is_dead(
    start: Start, hub: Hub, hq: Headquarters, listener: Listener
) -> None:
    restroom = start("restroom", "wc-1")
    restroom.set(loop_volts=NORMAL)
    listener.wait_state(restroom, "sensor/loop", "normal")
    hub.kill()
    restroom.press()
    wait_red_blinks(restroom)
    hub.started()
    wait_green(restroom)
    assert_one_incident(hub, hq, "wc-1", "help")
