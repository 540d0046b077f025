"""The firmware's own logic as a real process on a real Mosquitto: what ESPHome's drops and delays do to a press."""

import json
import shutil
from collections.abc import Callable

import pytest

from .device import CUT, NORMAL, PRESSED, SHORTED, Broker, Device, Hub

Start = Callable[[str], Device]

# The first test also installs ESPHome and compiles.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("firmware")]


@pytest.fixture
def panic(start: Start, hub: Hub) -> Device:
    device = start("panic")
    device.set(loop_volts=NORMAL, tamper_input=False, service_input=False)
    hub.wait_state(device, "sensor/loop", "normal")
    hub.wait_state(device, "sensor/lamp", "off")
    return device


def test_birth_will_and_states_are_esphome_s(panic: Device, hub: Hub) -> None:
    hub.wait_state(panic, "status", "online")
    hub.wait_for(lambda: hub.state(panic, "sensor/firmware"), "the firmware's version")
    assert "ESPHome" in str(hub.state(panic, "sensor/firmware"))
    hub.wait_state(panic, "binary_sensor/tamper", "OFF")
    panic.kill()
    hub.wait_state(panic, "status", "offline")


def test_a_press_is_repeated_until_the_receipt_and_no_longer(panic: Device, hub: Hub) -> None:
    panic.press()
    event = hub.event(panic)
    name, boot, seq = event.event()
    assert (name, event.qos, event.retained) == ("panic", 1, False)
    assert 0 < boot < 2**32
    hub.wait_for(lambda: len(hub.events(panic)) >= 3, "two repeats")
    hub.receipt(panic, boot, seq, "stored")
    hub.wait_state(panic, "sensor/lamp", "steady")
    hub.receipt(panic, boot, seq, "hq")
    hub.wait_state(panic, "sensor/lamp", "green")
    sent = len(hub.events(panic))
    hub.wait_state(panic, "sensor/lamp", "off")  # longer than a repeat's interval
    assert len(hub.events(panic)) == sent
    assert {event.event() for event in hub.events(panic)} == {("panic", boot, seq)}


def test_the_lamp_blinks_then_stays_then_turns_green(panic: Device, hub: Hub) -> None:
    panic.press()
    panic.wait_for(lambda: panic.count("lamp_red ON") >= 3, "the red lamp blinks")
    assert panic.count("lamp_green ON") == 0
    _, boot, seq = hub.event(panic).event()
    hub.receipt(panic, boot, seq, "stored")
    hub.wait_state(panic, "sensor/lamp", "steady")
    hub.receipt(panic, boot, seq, "hq")
    panic.wait_for(lambda: panic.count("lamp_green ON") == 1, "the green lamp")
    hub.wait_state(panic, "sensor/lamp", "off")
    assert hub.states(panic, "sensor/lamp") == ["off", "blinking", "steady", "green", "off"]


def test_a_press_while_the_broker_is_dead_arrives_when_it_is_back(panic: Device, hub: Hub, broker: Broker) -> None:
    broker.kill()
    panic.press()
    panic.wait_for(lambda: panic.count("lamp_red ON") >= 3, "the lamp blinks without a broker")
    assert hub.events(panic) == []
    broker.start()
    event = hub.event(panic)
    assert event.event()[0] == "panic"
    hub.wait_for(lambda: json.loads(hub.events(panic)[-1].text)["age"] >= 1, "the age of the press")
    hub.receipt(panic, *event.event()[1:], "stored")
    hub.wait_state(panic, "sensor/lamp", "steady")


def test_a_press_survives_a_crash_of_the_board_under_its_old_number(panic: Device, hub: Hub) -> None:
    panic.press()
    before = hub.event(panic).event()
    panic.kill()
    seen = len(hub.events(panic))
    panic.start()
    hub.wait_for(lambda: len(hub.events(panic)) > seen, "the press comes again")
    last = hub.events(panic)[-1]
    assert last.event() == before
    assert "age" not in json.loads(last.text)
    panic.set(loop_volts=NORMAL)
    hub.receipt(panic, *before[1:], "hq")
    hub.wait_state(panic, "sensor/lamp", "green")


def test_a_press_before_the_first_connection_survives_a_crash_too(start: Start, hub: Hub, broker: Broker) -> None:
    broker.kill()
    panic = start("panic")
    panic.set(loop_volts=NORMAL)
    panic.wait_quietly(0.2)
    panic.press()
    panic.kill()
    broker.start()
    hub.restart(panic, loop_volts=NORMAL)
    first = hub.event(panic).event()
    assert first[0] == "panic"
    panic.press()
    second = hub.event(panic, 2).event()
    assert second[:2] == first[:2]
    assert second[2] > first[2]


def test_nothing_is_replayed_after_a_receipt_or_a_power_cut(panic: Device, hub: Hub) -> None:
    panic.press()
    _, boot, seq = hub.event(panic).event()
    hub.receipt(panic, boot, seq, "stored")
    hub.wait_state(panic, "sensor/lamp", "steady")
    panic.kill()
    hub.restart(panic, loop_volts=NORMAL)
    hub.wait_state(panic, "sensor/lamp", "off")
    panic.press()
    later = hub.event(panic, 2).event()
    assert later[1] != boot  # another start, another number
    panic.kill()
    shutil.rmtree(panic.memory)
    hub.wait_state(panic, "status", "offline")
    sent = len(hub.events(panic))
    hub.restart(panic, loop_volts=NORMAL)
    panic.press()
    hub.event(panic, 3)
    assert later not in [event.event() for event in hub.events(panic)[sent:]]


def test_only_the_press_s_own_receipt_counts(panic: Device, hub: Hub) -> None:
    panic.press()
    _, boot, seq = hub.event(panic).event()
    hub.receipt(panic, boot ^ 1, seq, "stored")
    hub.receipt(panic, boot, seq + 1, "hq")
    hub.receipt(panic, boot, seq, "received")
    repeats = len(hub.events(panic))
    hub.wait_for(lambda: len(hub.events(panic)) > repeats + 1, "it goes on")
    assert hub.state(panic, "sensor/lamp") == "blinking"


def test_a_second_press_is_a_new_number_and_the_first_is_kept(panic: Device, hub: Hub, broker: Broker) -> None:
    broker.kill()
    panic.press()
    panic.press()
    broker.start()
    first, second = hub.event(panic, 1).event(), hub.event(panic, 2).event()
    assert second[2] == first[2] + 1
    hub.receipt(panic, *second[1:], "hq")
    sent = len(hub.events(panic))
    hub.wait_for(lambda: [e.event() for e in hub.events(panic)[sent:]].count(first) >= 2, "the first is repeated")
    assert hub.state(panic, "sensor/lamp") == "blinking"
    hub.receipt(panic, *first[1:], "stored")
    hub.wait_state(panic, "sensor/lamp", "steady")


def test_a_long_hold_of_the_service_button_makes_one_press_a_test(panic: Device, hub: Hub) -> None:
    panic.hold_service(1.0)
    panic.press()
    assert hub.event(panic, 1).event()[0] == "panic"  # too short a hold
    hub.receipt(panic, *hub.event(panic, 1).event()[1:], "hq")
    hub.wait_state(panic, "sensor/lamp", "green")
    panic.hold_service(5.3)
    hub.wait_state(panic, "sensor/lamp", "test")
    panic.press()
    assert hub.event(panic, 2).event()[0] == "test"
    panic.press()
    assert hub.event(panic, 3).event()[0] == "panic"


def test_a_long_hold_of_the_panic_button_is_one_panic_at_once(panic: Device, hub: Hub) -> None:
    panic.set(loop_volts=PRESSED)
    event = hub.event(panic).event()
    assert event[0] == "panic"
    hub.wait_state(panic, "sensor/loop", "short")  # nobody could press it again
    assert {event.event() for event in hub.events(panic)} == {event}
    panic.set(loop_volts=NORMAL)
    hub.wait_state(panic, "sensor/loop", "normal")


def test_the_loop_s_wires_are_watched_and_a_fault_is_no_press(panic: Device, hub: Hub) -> None:
    for volts, state in ((CUT, "open"), (NORMAL, "normal"), (SHORTED, "short"), (NORMAL, "normal")):
        panic.set(loop_volts=volts)
        hub.wait_state(panic, "sensor/loop", state)
    assert hub.events(panic) == []


def test_a_button_that_is_down_when_the_board_starts_is_a_fault_and_no_press(start: Start, hub: Hub) -> None:
    device = start("panic")
    device.set(loop_volts=PRESSED)
    hub.wait_state(device, "sensor/loop", "short")
    device.set(loop_volts=NORMAL)
    hub.wait_state(device, "sensor/loop", "normal")
    assert hub.events(device) == []
    device.press()
    assert hub.event(device).event()[0] == "panic"


def test_a_door_says_nothing_before_it_knows_then_opens_and_closes(start: Start, hub: Hub) -> None:
    door = start("door")
    hub.wait_state(door, "status", "online")
    door.set(tamper_input=False)
    hub.wait_state(door, "binary_sensor/tamper", "OFF")
    assert hub.state(door, "binary_sensor/contact") is None
    for is_open, state in ((False, "OFF"), (True, "ON"), (False, "OFF")):
        door.set(contact_input=is_open)
        hub.wait_state(door, "binary_sensor/contact", state)
    door.set(tamper_input=True)
    hub.wait_state(door, "binary_sensor/tamper", "ON")
    assert all(message.qos == 1 for message in hub.messages)


def test_a_door_opened_while_the_broker_is_dead_is_open_when_it_is_back(start: Start, hub: Hub, broker: Broker) -> None:
    door = start("door")
    door.set(contact_input=False)
    hub.wait_state(door, "binary_sensor/contact", "OFF")
    broker.kill()
    door.set(contact_input=True)
    broker.start()
    hub.wait_state(door, "binary_sensor/contact", "ON")


def test_a_restroom_s_presence_leak_and_air(start: Start, hub: Hub) -> None:
    restroom = start("restroom")
    restroom.set(presence_input=True, leak_input=True, co2=1250.4, pm25=12, voc=99, temperature=21.34, humidity=48)
    hub.wait_state(restroom, "binary_sensor/occupancy", "ON")
    hub.wait_state(restroom, "binary_sensor/leak", "ON")
    for name, text in (("co2", "1250"), ("pm25", "12"), ("voc", "99"), ("temperature", "21.3"), ("humidity", "48")):
        hub.wait_state(restroom, f"sensor/{name}", text)
    restroom.set(presence_input=False)
    hub.wait_state(restroom, "binary_sensor/occupancy", "OFF")


def test_help_is_numbered_and_confirmed_like_a_panic(start: Start, hub: Hub, broker: Broker) -> None:
    restroom = start("restroom")
    restroom.set(loop_volts=NORMAL)
    hub.wait_state(restroom, "sensor/loop", "normal")
    broker.kill()
    restroom.press()
    broker.start()
    name, boot, seq = hub.event(restroom).event()
    assert name == "help"
    hub.receipt(restroom, boot, seq, "stored")
    hub.wait_state(restroom, "sensor/lamp", "steady")
    hub.receipt(restroom, boot, seq, "hq")
    hub.wait_state(restroom, "sensor/lamp", "green")
