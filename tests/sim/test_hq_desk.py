"""Headquarters' desk: an operator's acknowledgement is told to the school until it says so itself."""

import pytest

from hub.sim.hq_desk import Desk


def message(change: int, state: str | None = "unacknowledged", **more: str) -> dict:
    return {"event_id": f"s-e-1-{change}", "type": "alarm.updated", "site": "s", "state": state, **more}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.take(message(1))
    assert desk.acknowledge("s-e-1-1", "Дулат")
    return desk


@pytest.mark.parametrize("state", ["unacknowledged", "returned_unacknowledged"])
def test_it_is_told_on_while_the_school_still_waits_for_somebody(desk: Desk, state: str) -> None:
    (ack,) = desk.take(message(2, state))
    assert (ack["event_id"], ack["operator"]) == ("s-e-1-1", "Дулат")


@pytest.mark.parametrize("state", ["acknowledged", "normal"])
def test_it_is_not_told_any_more_when_the_school_knows(desk: Desk, state: str) -> None:
    assert desk.take(message(2, state)) == []


def test_nobody_acknowledges_what_never_came() -> None:
    assert not Desk().acknowledge("s-e-1-1", "Дулат")
