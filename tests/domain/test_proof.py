"""Only a proven receipt of one of headquarters' channels counts as: headquarters has it."""

import pytest

from hub.domain.commands import Acknowledge, Promote, StartDrill
from hub.domain.events import Attempted
from tests.domain.build import School


def attempted(channel: str, outcome: str, settled: str, event_id: str = "school-1-e0-1-1") -> Attempted:
    return Attempted(
        channel=channel, event_id=event_id, outcome=outcome, detail="", attempts=1, at=School().now.wall + 1000,
        settled=settled, due_at=0, line_ok=bool(settled),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_receipt_of_headquarters_lights_the_button_s_lamp():
    school = School()
    school.presses()
    decision = school.happens(attempted("hq", "delivered", "delivered"))
    assert [receipt.stage for receipt in decision.receipts] == ["hq"]
    assert school.state.find_alarm(1).hq_receipt_at
    assert school.state.channels["hq"].last_receipt_at


@pytest.mark.parametrize(
    ("channel", "outcome", "settled"),
    [("hq", "accepted", "accepted"), ("hq", "unproven", ""), ("hq", "refused", "refused"),
     ("phone", "delivered", "delivered"), ("caretaker", "accepted", "accepted")],
)  # fmt: skip
def test_nothing_else_does(channel, outcome, settled):
    school = School()
    school.presses()
    decision = school.happens(attempted(channel, outcome, settled))
    assert not decision.receipts
    assert not school.state.find_alarm(1).hq_receipt_at


def test_what_was_only_accepted_leaves_no_receipt_on_the_line():
    school = School()
    school.presses()
    school.happens(attempted("caretaker", "accepted", "accepted"))
    assert not school.state.channels["caretaker"].last_receipt_at


def test_after_an_acknowledgement_a_further_press_awaits_a_receipt_of_its_own():
    school = School()
    school.presses(seq=1)
    school.happens(attempted("hq", "delivered", "delivered"))
    school.happens(Acknowledge(1, "A", "page"))
    again = school.after(3600).presses(seq=2)
    assert [receipt.stage for receipt in again.receipts] == ["stored"]
    (message,) = [dispatch for dispatch in again.dispatches if dispatch.channel == "hq"]
    later = school.happens(attempted("hq", "delivered", "delivered", message.alert.event_id))
    assert {(receipt.seq, receipt.stage) for receipt in later.receipts} == {(1, "hq"), (2, "hq")}


def test_that_headquarters_has_the_exercise_is_no_proof_that_it_has_the_real_alarm():
    school = School()
    school.happens(StartDrill(("panic-hall",), school.now.wall + 600_000, "A"))
    school.presses()
    school.after(5).happens(Promote(1, "B", "hq"))
    assert not school.happens(attempted("hq", "delivered", "delivered", "school-1-e0-1-1")).receipts
    assert school.happens(attempted("hq", "delivered", "delivered", "school-1-e0-1-2")).receipts
