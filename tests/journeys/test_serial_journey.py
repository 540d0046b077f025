"""A press on a serial line, from the button to headquarters' receipt, with the hub killed in between."""

import time

import pytest

from tests.ingest.camera import SDP, Camera, answer, answering, flood, trickle
from tests.ingest.serial_line import Line, Panel
from tests.journeys.rig import Hub
from tests.servers import wait_until


@pytest.fixture
def line(tmp_path):
    line = Line(tmp_path / "tty")
    yield line
    line.unplug()


@pytest.fixture
def panel(line):
    panel = Panel(line)
    yield panel
    panel.close()


@pytest.fixture
def hub(tmp_path, broker, hq, line):
    hub = Hub(tmp_path / "hub", broker, hq)
    text = hub.config.read_text().replace(
        "id: panic-gym, kind: panic, zone: gym, dialect: esphome, topic: school/panic-gym",
        "id: panic-gym, kind: panic, zone: gym",
    )
    hub.config.write_text(f"{text}\nserial:\n  - {{port: {line.path}, devices: [panic-gym]}}\n")
    yield hub
    hub.stop()


def test_pressed_on_a_line_stored_and_at_headquarters(hub, hq, panel):
    hub.started()
    panel.press("panic-gym", 7, 1)
    wait_until(lambda: panel.has("panic-gym", 7, 1, "hq"), 30, "the button's lamp is green")
    assert panel.stages["panic-gym", 7, 1][0] == "stored"
    assert hq.incidents() == {1}


def test_a_press_that_the_killed_hub_did_not_confirm_is_one_incident_afterwards(hub, hq, panel, line):
    hub.started()
    line.say("panic-gym", "S", "battery=97")
    wait_until(lambda: hub.count("links", "name = 'port:" + str(line.path) + "'") == 1, 10, "the port is open")
    hub.kill()
    panel.press("panic-gym", 7, 1)
    hub.start()
    wait_until(lambda: panel.has("panic-gym", 7, 1, "stored"), 30, "stored")
    hub.kill()
    panel.press("panic-gym", 7, 1)
    hub.start()
    wait_until(lambda: panel.has("panic-gym", 7, 1, "hq"), 40, "at headquarters")
    assert hub.count("alarms", "type = 'panic'") == 1
    assert hub.count("presses") == 1
    assert hq.incidents() == {1}


def test_a_port_that_is_unplugged_is_known_and_used_again(hub, hq, panel, line):
    hub.started()
    link = f"name = 'port:{line.path}'"
    wait_until(lambda: '"up":true' in str(hub.rows(f"SELECT body FROM links WHERE {link}")), 10, "the port is open")
    line.unplug()
    wait_until(lambda: '"up":false' in str(hub.rows(f"SELECT body FROM links WHERE {link}")), 10, "it is gone")
    line.plug()
    panel.press("panic-gym", 7, 1)
    wait_until(lambda: panel.has("panic-gym", 7, 1, "hq"), 30, "the button's lamp is green")


def test_a_camera_is_reachable_until_it_does_not_answer(hub):
    camera = Camera(answering(DESCRIBE=answer("200 OK", SDP)))
    entry = f'  - {{id: cam-gate, kind: camera, zone: hall, rtsp: "{camera.url}", silent_after: 3s}}\n'
    hub.config.write_text(hub.config.read_text().replace("channels:\n", f"{entry}channels:\n"))
    hub.started()
    seen = "device = (SELECT no FROM devices WHERE id = 'cam-gate') AND value = 1"
    wait_until(lambda: hub.count("readings", seen), 15, "it is seen")
    assert hub.count("alarms") == 0
    camera.close()
    wait_until(lambda: hub.count("alarms", "device = 'cam-gate' AND type = 'camera_down'") == 1, 20, "it is a task")
    assert hub.count("alarms", "type = 'silent'") == 0


def test_cameras_that_flood_trickle_and_hang_hold_up_no_press_and_fill_no_memory(hub, hq, button):
    manners = {"flood": flood, "trickle": trickle, "hang": lambda line, method: None}
    cameras = {name: Camera(manner) for name, manner in manners.items()}
    entries = "".join(
        f'  - {{id: cam-{name}, kind: camera, zone: hall, rtsp: "{one.url}", silent_after: 3s}}\n'
        for name, one in cameras.items()
    )
    hub.config.write_text(hub.config.read_text().replace("channels:\n", f"{entries}channels:\n"))
    hub.started()
    button.press_until_stored(1)
    before, seq, slowest = hub.memory(), 1, 0.0
    until = time.monotonic() + 60
    while hub.count("alarms", "type = 'camera_down'") < len(manners):
        assert time.monotonic() < until, "each of them is a task"
        seq += 1
        begun = time.monotonic()
        button.press(seq)
        button.wait_for(seq, "stored", 10)
        slowest = max(slowest, time.monotonic() - begun)
    assert seq > 20, "they were looked at while buttons were pressed"
    assert slowest < 1
    assert hub.memory() - before < 20
    for camera in cameras.values():
        camera.close()
