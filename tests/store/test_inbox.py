"""Orders from the page wait until the core has carried them out."""

import pytest

from hub.domain.commands import Acknowledge, EndMaintenance, Maintain, Reset, Shelve, Unshelve
from hub.store.inbox import Inbox


@pytest.fixture
def both(tmp_path):
    page, core = Inbox(tmp_path / "hub.db"), Inbox(tmp_path / "hub.db")
    page.open()
    core.open()
    yield page, core
    page.close()
    core.close()


def test_an_order_is_seen_once_carried_out_and_answered(both):
    page, core = both
    core.changed()
    number = page.give(Acknowledge(3, "A", "page", "seen"))
    assert core.changed()
    (order,) = core.waiting()
    assert order.command == Acknowledge(3, "A", "page", "seen")
    assert page.answer_to(number) is None
    core.answer(order.id, "acknowledged")
    assert page.answer_to(number) == "acknowledged"
    assert core.waiting() == []


def test_orders_keep_their_order(both):
    page, core = both
    page.give(Acknowledge(1, "A", "page"))
    page.give(Reset(1, "A", "real"))
    assert [type(order.command) for order in core.waiting()] == [Acknowledge, Reset]


def test_nothing_new_is_no_change(both):
    _, core = both
    core.changed()
    assert not core.changed()


def test_a_number_that_was_never_given_has_no_answer(both):
    assert both[0].answer_to(99) is None


def test_answered_orders_do_not_pile_up(both):
    page, core = both
    for _ in range(1100):
        core.answer(page.give(Acknowledge(1, "A", "page")), "closed")
    assert page.answer_to(1) is None
    assert page.answer_to(1100) == "closed"


def test_every_command_comes_through_as_it_was_given(both):
    page, core = both
    given = [
        Shelve(1, 9, "A", "repair"),
        Unshelve(1, "A"),
        Maintain("zone:hall", 9, "A", "new lamps"),
        EndMaintenance("zone:hall", "A"),
    ]
    for command in given:
        page.give(command)
    assert [order.command for order in core.waiting()] == given


@pytest.mark.parametrize(("kind", "body"), [("dance", "{}"), ("shelve", "{"), ("shelve", '{"alarm":"x"}')])
def test_an_order_that_nobody_understands_is_answered_and_holds_up_no_other(both, kind, body):
    page, core = both
    page._db.execute("INSERT INTO commands (at, kind, body) VALUES (1, ?, ?)", (kind, body))
    number = page.give(Reset(1, "A", "real"))
    assert [order.id for order in core.waiting()] == [number]
    assert page.answer_to(number - 1) == "not_understood"
