"""The bench's serial lines: every frame is counted, and the floor does the same work without understanding it."""

from types import SimpleNamespace

from hub.ingest.serial.frames import Framer
from hub.ops.bench.serial import _states, serial_lines
from tests.ingest.serial_line import Frame


def test_both_lines_are_measured_against_their_floors(tmp_path):
    figures = serial_lines(SimpleNamespace(folder=tmp_path), 2000)
    assert [figure.name for figure in figures] == ["serial line, frames", "Modbus RTU, registers read"]
    for figure in figures:
        assert figure.value > 0
        assert figure.floor > 0
    assert figures[1].floor < 1 / 0.00175, "the floor keeps the silence between frames"


def test_what_is_pushed_is_as_many_frames_as_are_counted():
    found = Framer().feed(_states(500))
    assert len(found) == 500
    assert all(isinstance(one, Frame) for one in found)
