"""The figure of a day without headquarters: ten thousand rows wait, and all are out within a minute of its return."""

import time
from pathlib import Path

import pytest

from hub.domain.decision import Decision
from hub.domain.events import Attempted
from hub.forward.worker import Worker
from tests.forward.alerts import alert
from tests.forward.receiver import Receiver
from tests.forward.rig import Desk, Told, dispatch, fails, high

ROWS = 10_000
CRITICAL = 100
DAY_SECONDS = 86_400
GOAL_SECONDS = 60


@pytest.mark.timeout(400)
def test_after_a_day_without_headquarters_critical_ones_go_first_and_all_within_a_minute(
    tmp_path: Path, capsys
) -> None:
    desk = Desk(tmp_path / "hub.db", Told())
    alerts = [alert(number) if number % (ROWS // CRITICAL) == 0 else high(number) for number in range(1, ROWS + 1)]
    desk.store.commit([Decision(dispatches=tuple(dispatch(one) for one in alerts))])
    failed = _a_day_without(desk)
    receiver = Receiver()
    receiver.start()
    desk.worker.close()
    desk.worker = Worker(receiver.channel(receiver.port), "school-1", "e0", desk.store.path, desk.posted.append)
    began = time.monotonic()
    heartbeats = _drain(desk)
    seconds = time.monotonic() - began
    received = receiver.received()
    receiver.stop()
    with capsys.disabled():
        print(f"\n{ROWS} in, {len(received)} out ({heartbeats} heartbeats) in {seconds:.1f} s after {failed} failures")
    assert desk.rows() == dict.fromkeys(range(1, ROWS + 1), "delivered")
    assert len(received) == len(set(received)) == ROWS
    first = [body["priority"] for body in receiver.bodies if body["type"] != "heartbeat"][:CRITICAL]
    assert first == ["critical"] * CRITICAL
    assert seconds < GOAL_SECONDS
    desk.close()


def _a_day_without(desk: Desk) -> int:
    """Every attempt of a day fails; nothing is lost by it, and the line is tried often enough."""
    desk.channel.answer = fails()
    until = desk.now.mono + DAY_SECONDS * 1000
    while desk.now.mono < until:
        pause = desk.step()
        if len(desk.posted) >= 50:
            desk.settle()
        desk.after(max(pause, 1000) / 1000)
    desk.settle()
    assert set(desk.rows().values()) == {None}
    assert len(desk.channel.tried) >= DAY_SECONDS // 20
    desk.after(15)
    return len(desk.channel.tried)


def _drain(desk: Desk) -> int:
    """Sends until nothing waits; the core writes down what it was told in batches, as it does. Counts heartbeats."""
    others = 0
    while True:
        pause = desk.step()
        if len(desk.posted) < 50 and pause == 0:
            continue
        others += sum(not isinstance(event, Attempted) for event in desk.posted)
        desk.settle()
        if pause > 0:
            return others
