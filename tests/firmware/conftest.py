"""Fixtures of the firmware's tests: a real Mosquitto, and programs built from firmware_configs/."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import program

from . import toolchain
from .device import Broker, Device, Hub


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(program("mosquitto", "mosquitto"), tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def start(broker: Broker, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    """Starts a device of a kind under the topic `school/<kind>`."""
    started: list[Device] = []

    def start(kind: str) -> Device:
        device = Device(toolchain.program(kind), broker.port, f"school/{kind}", tmp_path / f"memory-{kind}")
        started.append(device)
        device.start()
        return device

    yield start
    for device in started:
        device.kill()


@pytest.fixture
def hub(broker: Broker) -> Iterator[Hub]:
    """The other end of the line: hears everything below `school/`, gives receipts when told to."""
    hub = Hub(broker.port)
    hub.start()
    yield hub
    hub.stop()
