"""The load generator: realistic messages that the hub understands, at the rate that was asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.domain.reports import Report
from hub.domain.site import Device
from hub.ingest.dialect import Message
from hub.ingest.dialects.esphome import EspHome
from hub.ingest.dialects.zigbee2mqtt import Zigbee2Mqtt
from hub.sim.client import Address
from hub.sim.load import Load, load_devices, messages
from hub.sim.ports import free_port
from tests.servers import Mosquitto, wait_until
from tests.sim.listener import listening


def test_the_hub_understands_every_message() -> None:
    devices = [
        Device(id=one.id, kind=one.kind, zone="hall", dialect=one.dialect, topic=one.topic, silent_after=1000)
        for one in load_devices(8)
    ]
    boards = EspHome([device for device in devices if device.dialect == "esphome"])
    bridge = Zigbee2Mqtt([device for device in devices if device.dialect == "zigbee2mqtt"])
    for message in messages(8):
        route = boards.find(message.topic) or bridge.find(message.topic)
        assert route is not None
        report = route.decode(Message(message.topic, message.payload))
        assert isinstance(report, Report)
        assert report.signals


def test_devices_are_as_many_as_asked_for_and_have_topics_of_their_own() -> None:
    assert len({device.topic for device in load_devices(300)}) == 300


def test_all_that_is_published_is_acknowledged_and_arrives(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    try:
        with listening(broker.port, "hub", broker.users["hub"]) as hub:
            address = Address("127.0.0.1", broker.port, "sensors", broker.users["sensors"])
            report = Load(address, rate=400, devices=20).run(1.0)
            assert report.published == report.acknowledged == 400
            wait_until(lambda: len(hub.heard) == report.published, 5, "all of them arrive")
        command = [sys.executable, "-m", "hub.sim.load", "--port", str(broker.port), "--username", "sensors"]
        command += ["--rate", "100", "--seconds", "0.5", "--devices", "10"]
        environment = {**os.environ, "SIM_PASSWORD": broker.users["sensors"]}
        told = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
        assert told["published"] == told["acknowledged"] == 50
    finally:
        broker.stop()


def test_without_a_broker_it_raises() -> None:
    with pytest.raises(OSError, match="refused"):
        Load(Address("127.0.0.1", free_port()), 10, 1).run(0.1)
