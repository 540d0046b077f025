"""A press stays in the button until the hub confirms it; the lamp tells how far help is."""

import pytest

from hub.sim.latch import GREEN_FOR, REPEAT, STEADY_FOR, WAITING_LIMIT, Latch, Receipt


def pressed(boot: int = 7) -> Latch:
    latch = Latch(boot)
    latch.press(100.0)
    return latch


def test_a_press_is_sent_at_once_and_again_until_it_is_confirmed():
    latch = pressed()
    assert latch.due(100.0) == [1]
    assert latch.due(100.0 + REPEAT / 2) == []
    assert len(latch.due(100.0 + REPEAT)) == 1
    assert latch.confirm(Receipt(7, 1, "stored"), 103.0)
    assert latch.due(200.0) == []


def test_each_press_has_its_own_number_and_is_confirmed_alone():
    latch = pressed()
    assert latch.press(100.5) == 2
    latch.confirm(Receipt(7, 2, "stored"), 101.0)
    assert latch.due(103.0) == [1]


@pytest.mark.parametrize("receipt", [Receipt(8, 1, "stored"), Receipt(7, 2, "stored"), Receipt(7, 0, "hq")])
def test_a_receipt_for_another_press_confirms_nothing(receipt):
    latch = pressed()
    assert not latch.confirm(receipt, 101.0)
    assert latch.lamp(101.0) == "blinking"
    assert latch.due(101.0)


def test_the_lamp_blinks_is_steady_turns_green_and_goes_out():
    latch = Latch(7)
    assert latch.lamp(99.0) == "off"
    latch.press(100.0)
    assert latch.lamp(100.0) == "blinking"
    latch.confirm(Receipt(7, 1, "stored"), 101.0)
    assert latch.lamp(102.0) == "steady"
    latch.confirm(Receipt(7, 1, "hq"), 103.0)
    assert latch.lamp(104.0) == "green"
    latch.confirm(Receipt(7, 1, "stored"), 105.0)  # a late repeat of the first stage
    assert latch.lamp(106.0) == "green"
    assert latch.lamp(103.0 + GREEN_FOR) == "off"


def test_a_steady_lamp_goes_out_where_headquarters_never_answers():
    latch = pressed()
    latch.confirm(Receipt(7, 1, "stored"), 101.0)
    assert latch.lamp(100.0 + STEADY_FOR) == "steady"
    assert latch.lamp(101.0 + STEADY_FOR) == "off"


def test_pressing_on_and_on_keeps_a_bounded_number_of_presses():
    latch = Latch(7)
    for _ in range(WAITING_LIMIT + 20):
        latch.press(1.0)
    assert len(latch.due(1.0)) == WAITING_LIMIT == latch.seq


def test_everything_unconfirmed_is_due_when_the_broker_is_back():
    latch = pressed()
    latch.due(100.0)
    latch.hurry(100.1)
    assert len(latch.due(100.1)) == 1
