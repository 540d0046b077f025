"""Topics and payloads are those of real devices, and the hub's decoders read back what was meant."""

import json
from datetime import datetime

import pytest
from paho.mqtt.client import topic_matches_sub

from hub.domain.reports import Report
from hub.domain.site import Device
from hub.ingest.dialect import Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.serial.frames import Frame
from hub.ingest.serial.speech import Speech
from hub.sim.bought import announcements
from hub.sim.broker_config import RIGHTS
from hub.sim.day import signals
from hub.sim.devices import availability, bridge_state, esphome_state, states, zigbee_action, zigbee_state
from hub.sim.inventory import FITTINGS, fitting
from hub.sim.panel import body

NOON = datetime(2026, 12, 7, 12, 0)


@pytest.mark.parametrize(
    ("signal", "value", "topic", "payload"),
    [
        ("occupancy", True, "binary_sensor/occupancy", b"ON"),
        ("leak", False, "binary_sensor/leak", b"OFF"),
        ("contact", "open", "binary_sensor/contact", b"ON"),
        ("relay", "on", "switch/relay", b"ON"),
        ("relay", "off", "switch/relay", b"OFF"),
        ("lux", 231.5, "sensor/lux", b"231.5"),
        ("loop", "normal", "text_sensor/loop", b"normal"),
    ],
)
def test_esphome_says_one_plain_retained_value_per_topic(signal, value, topic, payload):
    message = esphome_state("school/x", signal, value)
    assert (message.topic, message.payload) == (f"school/x/{topic}/state", payload)
    assert message.retain
    assert message.qos == 1


def test_zigbee2mqtt_says_everything_it_knows_in_one_json_that_is_not_retained():
    message = zigbee_state("zigbee2mqtt/door-main", signals(fitting("door-main"), NOON, 1))
    said = json.loads(message.payload)
    assert message.topic == "zigbee2mqtt/door-main"
    assert set(said) == {"contact", "tamper", "battery", "battery_low", "linkquality"}
    assert not message.retain


@pytest.mark.parametrize(("contact", "said"), [("closed", True), ("open", False)])
def test_contact_true_is_closed(contact, said):
    assert json.loads(zigbee_state("zigbee2mqtt/x", {"contact": contact}).payload) == {"contact": said}


def test_a_help_button_says_its_action_once():
    device = fitting("help-1-boys")
    known = signals(device, NOON, 1)
    assert json.loads(zigbee_action(device, known).payload)["action"] == "single"
    assert "action" not in json.loads(zigbee_state(device.topic, known).payload)


def test_availability_is_retained_in_the_words_of_each_dialect():
    board, sensor = fitting("light-hall"), fitting("door-main")
    assert availability(board, online=True)[:3] == ("school/light-hall/status", b"online", True)
    assert availability(sensor, online=False)[:3] == (
        "zigbee2mqtt/door-main/availability", b'{"state": "offline"}', True,
    )  # fmt: skip
    assert bridge_state(online=True)[:3] == ("zigbee2mqtt/bridge/state", b'{"state": "online"}', True)


def test_only_what_changed_is_said_by_esphome_and_everything_by_zigbee2mqtt():
    light, door = fitting("light-hall"), fitting("door-main")
    known = signals(light, NOON, 1)
    assert [message.topic for message in states(light, known, {"lux": known["lux"]})] == [
        "school/light-hall/sensor/lux/state"
    ]
    known = signals(door, NOON, 1)
    assert len(json.loads(next(states(door, known, {"contact": "open"})).payload)) > 2
    assert list(states(door, known, {})) == []


def device_of(one):
    return Device(id=one.id, kind=one.kind, zone=one.zone, dialect=one.dialect, topic=one.topic, silent_after=1000)


@pytest.mark.parametrize("one", [one for one in FITTINGS if one.dialect != "serial"], ids=lambda one: one.id)
def test_the_hub_reads_back_what_the_device_meant(one):
    dialect = DIALECTS[one.dialect]([device_of(one)])
    for message in announcements(one):
        dialect.find(message.topic).decode(Message(message.topic, message.payload, retained=True))
    meant = signals(one, NOON, 1)
    read: dict[str, object] = {}
    for message in states(one, meant, meant):
        route = dialect.find(message.topic)
        assert route is not None
        report = route.decode(Message(message.topic, message.payload))
        assert isinstance(report, Report)
        read |= dict(report.signals)
    assert read.items() >= meant.items()


@pytest.mark.parametrize("one", [one for one in FITTINGS if one.dialect == "serial"], ids=lambda one: one.id)
def test_the_hub_reads_back_what_the_panel_meant(one):
    meant = signals(one, NOON, 1)
    report = Speech(device_of(one)).read(Frame(one.id, "S", 1, body(meant)))
    assert dict(report.signals) == meant


@pytest.mark.parametrize("one", [one for one in FITTINGS if one.dialect != "serial"], ids=lambda one: one.id)
def test_the_demonstrations_broker_lets_each_device_say_everything(one):
    said = signals(one, NOON, 1)
    messages = (*announcements(one), *states(one, said, said), availability(one, online=True))
    for topic in {message.topic for message in messages}:
        assert any(topic_matches_sub(right, topic) for right in RIGHTS["sensors"].write), topic
