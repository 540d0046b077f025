"""The old panel of the simulated school, at a port that the hub's own code has opened."""

import threading
from datetime import datetime

import pytest

from hub.config.model import SerialPort
from hub.domain.reports import Press, Report
from hub.domain.site import Device
from hub.sim.day import signals
from hub.sim.inventory import FITTINGS
from hub.sim.panel import Panel
from tests.ingest.serial_line import HubEnd
from tests.servers import wait_until

NOON = datetime(2026, 12, 7, 12, 0)
WIRED = [one for one in FITTINGS if one.dialect == "serial"]


@pytest.fixture
def panel(tmp_path):
    panel = Panel(tmp_path / "panel", WIRED)
    stop = threading.Event()

    def play():
        while not stop.wait(0.01):
            panel.step(lambda one: signals(one, NOON, 1))

    playing = threading.Thread(target=play)
    playing.start()
    yield panel
    stop.set()
    playing.join()
    panel.stop()


@pytest.fixture
def hub(panel, tmp_path):
    devices = [Device(id=one.id, kind=one.kind, zone=one.zone, dialect="serial", silent_after=45_000) for one in WIRED]
    hub = HubEnd(SerialPort(port=str(tmp_path / "panel"), devices=tuple(one.id for one in WIRED)), *devices)
    yield hub
    hub.close()


def test_its_sensors_are_heard_and_its_button_is_answered_and_shows_it(panel, hub):
    hub.awaits("panic-assembly", "loop", "normal")
    hub.awaits("door-boiler", "contact", "closed")
    panel.press("panic-assembly")
    presses = wait_until(lambda: [p for report in hub.told(Report) for p in report.presses], 5, "the press")
    assert presses[0] == Press("press", presses[0].boot, 1)
    assert panel.lamp("panic-assembly") == "blinking"
    hub.answer("panic-assembly", presses[0].boot, 1, "stored")
    wait_until(lambda: panel.lamp("panic-assembly") == "steady", 5, "the lamp is steady")
    hub.answer("panic-assembly", presses[0].boot, 1, "hq")
    wait_until(lambda: panel.lamp("panic-assembly") == "green", 5, "the lamp is green")


def test_a_hub_that_is_away_for_long_blocks_nothing(panel, hub):
    hub.awaits("door-boiler", "contact", "closed")
    hub.close()
    for _ in range(20):
        panel.press("panic-assembly")
    for number in range(2000):
        panel.step(lambda one, n=number: {"contact": "open" if n % 2 else "closed"})
    assert panel.lamp("panic-assembly") == "blinking"


def test_a_button_that_it_has_not_is_told(panel):
    with pytest.raises(KeyError):
        panel.press("panic-gym")
