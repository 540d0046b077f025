"""Fixtures of the firmware's tests: a real Mosquitto, and programs built from firmware_configs/."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from . import toolchain
from .device import Broker, Device, Hub


def missing(what: str) -> NoReturn:
    """A skip for a developer, a failure in CI."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def mosquitto() -> str:
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        missing("no mosquitto (Debian package mosquitto)")
    return program


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """Builds the program of a kind; the only thing that may be absent in CI is a Python for ESPHome."""
    if toolchain.find_python(lambda version: (3, 12) <= version < (3, 15)) is None:
        pytest.skip("ESPHome 2026.10 needs Python 3.12 or newer, and none was found: no firmware was run")
    try:
        toolchain.check_compiler()
    except toolchain.Unavailable as reason:
        missing(str(reason))
    return toolchain.build


@pytest.fixture
def broker(mosquitto: str, tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(mosquitto, tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def start(program: Callable[[str], Path], broker: Broker, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    """Starts a device of a kind under the topic `school/<kind>`."""
    started: list[Device] = []

    def start(kind: str) -> Device:
        device = Device(program(kind), broker.port, f"school/{kind}", tmp_path / f"memory-{kind}")
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
