"""Both directions of the line to headquarters, cut one at a time: told within three minutes, on a clock of the test's.

A real worker and the real domain; between them and a receiver that counts what it gets, a line that can be cut.
"""

from pathlib import Path

import pytest

from hub.domain.alerts import Alert
from hub.domain.events import Tick
from hub.forward.channel import Outcome, Receipt, SendError
from tests.forward.rig import Desk, Told

LIMIT = 180


class Line:
    """`cut` names the direction that is gone: there, back, or both are fine."""

    def __init__(self) -> None:
        self.cut = ""
        self.arrived = 0

    def __call__(self, _alert: Alert) -> Receipt:
        if self.cut == "there":
            raise SendError(Outcome.UNREACHABLE, "no way there")
        self.arrived += 1
        if self.cut == "back":
            raise SendError(Outcome.TIMEOUT, "connected, then no answer")
        return Receipt(proven=True)


@pytest.fixture
def desk(tmp_path: Path):
    desk = Desk(tmp_path / "hub.db", Told(supervised=True))
    desk.school.now = desk.school.state.started = desk.now
    desk.school.state.supervised = frozenset({"hq"})
    yield desk
    desk.close()


def seconds_until(desk: Desk, condition, limit: int) -> int | None:
    """Runs worker and core second by second."""
    for second in range(1, limit + 1):
        desk.after(1)
        desk.school.now = desk.now
        while desk.step() == 0:
            desk.settle()
        desk.settle()
        desk.store.commit([desk.school.happens(Tick())])
        if condition():
            return second
    return None


@pytest.mark.parametrize("cut", ["there", "back"])
@pytest.mark.parametrize("after", [1, 31, 59, 60, 61])
def test_a_line_cut_in_either_direction_is_told_within_three_minutes(desk: Desk, cut: str, after: int) -> None:
    line = Line()
    desk.channel.answer = line
    assert seconds_until(desk, lambda: False, after) is None
    arrived, line.cut = line.arrived, cut
    told = seconds_until(desk, lambda: "hq_line_lost" in desk.school.open(), LIMIT)
    assert told is not None
    assert told <= LIMIT
    assert (line.arrived > arrived) is (cut == "back")
    line.cut = ""
    assert seconds_until(desk, lambda: desk.school.state.open_alarms()[-1].state == "returned_unacknowledged", 45)


def test_a_line_that_loses_every_other_heartbeat_is_not_lost(desk: Desk) -> None:
    line = Line()
    desk.channel.answer = line

    def flaky(alert: Alert) -> Receipt:
        line.cut = "" if line.cut else "back"
        return line(alert)

    desk.channel.answer = flaky
    assert seconds_until(desk, lambda: "hq_line_lost" in desk.school.open(), 290) is None


def test_a_worker_that_hangs_is_a_line_that_is_lost(desk: Desk) -> None:
    desk.channel.answer = Line()
    seconds_until(desk, lambda: False, 2)
    desk.worker.step = lambda _now: 1000  # type: ignore[method-assign]
    told = seconds_until(desk, lambda: "hq_line_lost" in desk.school.open(), LIMIT)
    assert told is not None
