"""The hub's end of serial lines: garbage, half frames, unplugging, silence of some, receipts for the right ones."""

import pytest

from hub.config.model import SerialPort
from hub.domain.reports import Linked
from tests.ingest.serial_line import HubEnd, Line, Panel, device
from tests.servers import wait_until


@pytest.fixture
def ends():
    opened = []
    yield opened
    for end in opened:
        end.close()


@pytest.fixture
def pushed(tmp_path, ends):
    """A line in push mode with a button and a door."""
    line = Line(tmp_path / "tty")
    port = SerialPort(port=str(line.path), devices=("panic-gym", "door-gym"))
    hub = HubEnd(port, device("panic-gym"), device("door-gym", "door"))
    ends.append(hub)
    hub.awaits_link(True)
    yield line, hub
    line.unplug()


def test_a_state_and_a_press_reach_the_core(pushed):
    line, hub = pushed
    line.say("door-gym", "S", "contact=open,battery=97")
    line.say("panic-gym", "E", "event=panic,boot=7,seq=42")
    hub.awaits("door-gym", "contact", "open")
    wait_until(lambda: [r for r in hub.reports if r.presses], 5, "the press is told")


def test_a_receipt_goes_to_the_device_that_pressed_and_wakes_the_line(pushed):
    line, hub = pushed
    hub.answer("panic-gym", 7, 42)
    receipt = line.awaited("R", 2)
    assert (receipt.address, receipt.body) == ("panic-gym", "boot=7,seq=42,stage=stored")


def test_garbage_and_half_frames_cost_nothing_but_themselves(pushed):
    line, hub = pushed
    line.write(b"\x00\x80garbage\xff$door-gym;S;1;contact=op")
    line.say("door-gym", "S", "contact=open")
    hub.awaits("door-gym", "contact", "open")
    line.write(b"$door-gym;S;2;contact=closed*0000\r\n")
    line.say("door-attic", "S", "contact=open")
    wait_until(lambda: len(hub.rejected) >= 4, 5, "all of it is kept as rejected")
    assert hub.rejected == [("bad_frame", ""), ("bad_frame", ""), ("bad_checksum", ""), ("unknown_device", "")]
    assert hub.signals["door-gym", "contact"] == "open"


def test_a_babbling_line_fills_neither_memory_nor_store(pushed):
    line, hub = pushed
    for _ in range(200):
        line.write(b"$" * 1000)
        line.heard(0)
    line.write(b"\r\n")
    line.say("door-gym", "S", "contact=open")
    hub.awaits("door-gym", "contact", "open")
    assert len(hub.rejected) <= 60


def test_the_same_again_is_not_told_again(pushed):
    line, hub = pushed
    for _ in range(50):
        line.say("door-gym", "S", "contact=open,battery=97")
    line.say("door-gym", "S", "contact=closed")
    hub.awaits("door-gym", "contact", "closed")
    assert len(hub.reports) == 2


def test_unplugged_in_mid_frame_and_plugged_in_again(pushed):
    line, hub = pushed
    line.write(b"$door-gym;S;1;contact=op")
    line.unplug()
    hub.awaits_link(False)
    line.plug()
    hub.awaits_link(True)
    line.say("door-gym", "S", "contact=open")
    hub.awaits("door-gym", "contact", "open")
    assert [link.up for link in hub.told(Linked)] == [True, False, True]


def test_a_port_that_never_was_there_is_told_once(tmp_path, ends):
    hub = HubEnd(SerialPort(port=str(tmp_path / "none"), devices=("door-gym",)), device("door-gym", "door"))
    ends.append(hub)
    hub.awaits_link(False)
    assert hub.told(Linked) == [Linked("port", str(tmp_path / "none"), False, ("door-gym",))]


def test_one_port_that_is_gone_takes_the_other_nothing(tmp_path, ends):
    lines = [Line(tmp_path / "a"), Line(tmp_path / "b")]
    hubs = [
        HubEnd(SerialPort(port=str(line.path), devices=(name,)), device(name, "door"))
        for line, name in zip(lines, ("door-a", "door-b"), strict=True)
    ]
    ends += hubs
    for hub in hubs:
        hub.awaits_link(True)
    lines[0].unplug()
    lines[1].say("door-b", "S", "contact=open")
    hubs[1].awaits("door-b", "contact", "open")
    hubs[0].awaits_link(False)
    lines[1].unplug()


@pytest.fixture
def polled(tmp_path, ends):
    """A line in poll mode: two doors and a button answer, one door is dead."""
    line = Line(tmp_path / "tty")
    names = ("door-a", "door-dead", "door-b", "panic-gym")
    panel = Panel(line, {"door-a": "contact=open", "door-b": "contact=closed", "panic-gym": ""})
    port = SerialPort(port=str(line.path), devices=names, mode="poll", poll_every=50)
    hub = HubEnd(port, *(device(name, "panic" if "panic" in name else "door") for name in names))
    ends.append(hub)
    yield panel, hub
    panel.close()
    line.unplug()


def test_each_polled_device_answers_and_a_dead_one_is_unreachable(polled):
    panel, hub = polled
    hub.awaits("door-a", "contact", "open")
    hub.awaits("door-b", "contact", "closed")
    hub.awaits("door-dead", "reachable", False)
    panel.answers["door-dead"] = "contact=open"
    hub.awaits("door-dead", "reachable", True)
    hub.awaits("door-dead", "contact", "open")


def test_a_dead_device_costs_the_others_next_to_nothing(polled):
    panel, hub = polled
    hub.awaits("door-dead", "reachable", False)
    panel.polled.clear()
    wait_until(lambda: len([1 for name, _ in panel.polled if name == "door-a"]) >= 10, 10, "door-a is asked ten times")
    assert len([1 for name, _ in panel.polled if name == "door-dead"]) <= 2


def test_a_polled_press_is_told_and_its_receipt_ends_the_repeats(polled):
    panel, hub = polled
    panel.press("panic-gym", 7, 1)
    wait_until(lambda: len([r for r in hub.reports if r.presses]) >= 2, 10, "the press is repeated")
    hub.answer("panic-gym", 7, 1)
    wait_until(lambda: panel.has("panic-gym", 7, 1, "stored"), 10, "the button knows")
