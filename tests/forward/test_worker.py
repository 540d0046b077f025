"""One channel's worker, step by step: what goes first, what waits, what is told to the core."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.domain.alarms import AlarmState
from hub.domain.commands import Acknowledge, Promote
from hub.domain.events import Attempted, LineChecked
from hub.forward.backoff import LONGEST_MS
from hub.forward.channel import Acknowledgement, Outcome, Receipt
from hub.forward.heartbeats import ASKED_FOR_MS, ASKING_MS, HEARTBEAT_MS
from hub.forward.receipts import read_answer
from hub.forward.worker import LOOK_MS, OFFERED_KEPT
from tests.forward.alerts import alert
from tests.forward.rig import Desk, Told, accepts, delivers, dispatch, fails, high


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "hub.db")
    yield desk
    desk.close()


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "hub.db", Told(supervised=True))
    yield desk
    desk.close()


def drain(desk: Desk) -> None:
    while desk.step() == 0:
        desk.settle()


def test_with_nothing_to_do_it_looks_again_in_a_second(desk: Desk) -> None:
    assert desk.step() == LOOK_MS
    assert desk.channel.tried == []


def test_critical_alarms_go_first_the_newest_before_the_older(desk: Desk) -> None:
    desk.put(high(1), alert(2), high(3), alert(4))
    drain(desk)
    assert desk.channel.ids == [4, 2, 3, 1]


def test_the_messages_of_one_alarm_keep_their_order(desk: Desk) -> None:
    desk.put(alert(1), alert(1, event_id="school-1-e0-1-2", type="alarm.updated"))
    drain(desk)
    assert [one.type for one in desk.channel.sent] == ["alarm.raised", "alarm.updated"]


@pytest.mark.parametrize(("answer", "settled"), [(delivers, "delivered"), (accepts, "accepted")])
def test_a_receipt_ends_the_row(desk: Desk, answer: Callable[..., Receipt], settled: str) -> None:
    desk.channel.answer = answer
    desk.put(alert(1))
    drain(desk)
    assert desk.rows() == {1: settled}


def test_a_permanent_refusal_ends_the_row_and_not_the_line(desk: Desk) -> None:
    desk.channel.answer = fails(Outcome.REFUSED, row=True, permanent=True)
    desk.put(alert(1), alert(2))
    drain(desk)
    assert desk.rows() == {1: "refused", 2: "refused"}


def test_a_row_that_fails_waits_alone(desk: Desk) -> None:
    desk.channel.answer = fails(Outcome.CLIENT_ERROR, row=True)
    desk.put(alert(2))
    desk.step()
    desk.settle()
    desk.channel.answer = delivers
    desk.put(alert(1))
    drain(desk)
    assert desk.rows() == {1: "delivered", 2: None}
    desk.after(2)
    drain(desk)
    assert desk.rows() == {1: "delivered", 2: "delivered"}


def test_a_line_that_fails_holds_everything_but_a_fresh_press(desk: Desk) -> None:
    desk.channel.answer = fails()
    desk.put(high(1))
    desk.step()
    desk.settle()
    assert 0 < desk.step() <= LOOK_MS
    desk.put(high(2))
    assert desk.step() > 0
    assert len(desk.channel.tried) == 1
    desk.put(alert(3))
    assert desk.step() == 0
    assert desk.channel.tried[-1].alarm_id == 3


def test_a_line_that_comes_back_is_noticed_within_its_longest_pause(desk: Desk) -> None:
    desk.channel.answer = fails()
    desk.put(alert(1))
    for _ in range(40):
        desk.step()
        desk.settle()
        desk.after(LONGEST_MS / 1000)
    desk.channel.answer = delivers
    drain(desk)
    assert desk.rows() == {1: "delivered"}


def test_attempts_are_counted_and_the_event_id_stays(desk: Desk) -> None:
    desk.channel.answer = fails()
    desk.put(alert(1))
    told = []
    for _ in range(3):
        desk.step()
        told += [event for event in desk.posted if isinstance(event, Attempted)]
        desk.settle()
        desk.after(20)
    assert [event.attempts for event in told] == [1, 2, 3]
    assert {event.event_id for event in told} == {alert(1).event_id}
    assert {(event.outcome, event.detail, event.settled) for event in told} == {("timeout", "no luck", "")}


def test_a_row_whose_end_isnt_written_yet_isnt_sent_again(desk: Desk) -> None:
    desk.put(alert(1))
    desk.step()
    for _ in range(5):
        assert desk.after(60).step() == LOOK_MS
    assert desk.channel.ids == [1]
    desk.settle()
    assert desk.step() == LOOK_MS


def test_a_failure_that_cant_be_written_down_is_tried_again_all_the_same(desk: Desk) -> None:
    desk.channel.answer = fails()
    desk.put(alert(1))
    desk.step()
    desk.channel.answer = delivers
    assert desk.after(20).step() == 0
    assert desk.channel.ids == [1]


def test_an_alert_from_memory_goes_out_without_a_store(desk: Desk) -> None:
    desk.channel.answer = fails()
    desk.worker.offer([dispatch(high(1)), dispatch(alert(2))])
    desk.step()
    assert desk.channel.tried[-1].alarm_id == 2
    desk.channel.answer = delivers
    desk.after(20)
    desk.step()
    desk.step()
    assert desk.channel.ids == [2, 1]
    assert desk.step() == LOOK_MS


def test_an_alert_from_memory_that_is_stored_later_is_sent_once(desk: Desk) -> None:
    desk.worker.offer([dispatch(alert(1))])
    desk.step()
    desk.put(alert(1))
    assert desk.step() == LOOK_MS
    desk.settle()
    assert (desk.channel.ids, desk.rows()) == ([1], {1: "delivered"})


def test_a_store_that_cant_be_read_ends_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.worker._path = tmp_path / "gone.db"
    desk.worker.offer([dispatch(alert(1))])
    assert desk.step() == 0
    assert desk.channel.ids == [1]


def test_a_supervised_line_gets_a_heartbeat_a_minute(supervised: Desk) -> None:
    for _ in range(3):
        assert supervised.step() == 0
        assert supervised.step() == LOOK_MS
        supervised.after(HEARTBEAT_MS / 1000)
    assert [one.type for one in supervised.channel.sent] == ["heartbeat"] * 3
    assert len({one.event_id for one in supervised.channel.sent}) == 3
    assert {(event.outcome, event.line_ok) for event in supervised.posted if isinstance(event, LineChecked)} == {
        ("delivered", True)
    }


def asks(_alert: object) -> Receipt:
    """A line whose receipts carry what people answer."""
    return Receipt(proven=True, answers=True)


def beats(desk: Desk, seconds: int) -> int:
    """How many heartbeats go out in so many seconds."""
    before = len(desk.channel.sent)
    for _ in range(seconds):
        desk.after(1)
        drain(desk)
    return sum(one.type == "heartbeat" for one in desk.channel.sent[before:])


def test_headquarters_is_asked_more_often_while_a_person_is_waited_for(supervised: Desk) -> None:
    supervised.channel.answer = asks
    drain(supervised)
    supervised.put(alert(1), high(2), alert(3, priority="medium"))
    drain(supervised)
    assert beats(supervised, 60) == 60_000 // ASKING_MS
    supervised.put(alert(1, event_id="school-1-e0-1-2", type="alarm.updated", state=AlarmState.ACKNOWLEDGED))
    assert beats(supervised, 60) == 60_000 // ASKING_MS, "one of them is still open"
    assert beats(supervised, ASKED_FOR_MS // 1000) < ASKED_FOR_MS // ASKING_MS
    assert beats(supervised, 120) == 120_000 // HEARTBEAT_MS, "nobody answers: it is enough"


def test_a_line_whose_receipts_carry_no_answers_is_asked_once_a_minute(supervised: Desk) -> None:
    drain(supervised)
    supervised.put(alert(1))
    assert beats(supervised, 120) == 120_000 // HEARTBEAT_MS


def test_a_heartbeat_that_proves_nothing_says_so(supervised: Desk) -> None:
    supervised.channel.answer = accepts
    supervised.step()
    (checked,) = supervised.posted
    assert isinstance(checked, LineChecked)
    assert (checked.outcome, checked.detail, checked.line_ok) == ("accepted", "handed over", True)


def test_a_fresh_press_goes_before_a_heartbeat_that_is_due(supervised: Desk) -> None:
    supervised.put(alert(1))
    supervised.step()
    assert supervised.channel.sent[0].type == "alarm.raised"


def test_a_lost_heartbeat_is_told(supervised: Desk) -> None:
    supervised.channel.answer = fails(Outcome.UNREACHABLE)
    supervised.step()
    (checked,) = supervised.posted
    assert isinstance(checked, LineChecked)
    assert (checked.outcome, checked.line_ok) == ("unreachable", False)


def test_acknowledgements_for_this_store_are_passed_on_and_no_others(desk: Desk) -> None:
    ours, old = alert(7).event_id, alert(7).event_id.replace("-e0-", "-e1-")
    acks = (Acknowledgement(ours, "Duty officer"), Acknowledgement(old, "Somebody"))
    desk.channel.answer = lambda _alert: Receipt(proven=True, acks=acks)
    desk.put(alert(1))
    desk.step()
    passed_on = [event for event in desk.posted if isinstance(event, Acknowledge)]
    assert passed_on == [Acknowledge(7, "Duty officer", "hq", event=ours)]


def test_headquarters_makes_an_exercise_real_through_a_receipt(desk: Desk) -> None:
    answer = read_answer(
        b'{"receipt": "x", "acks": [{"event_id": "%s", "operator": "Duty officer", "promotes": true}]}'
        % alert(7).event_id.encode()
    )
    assert answer is not None
    desk.channel.answer = lambda _alert: Receipt(proven=True, acks=answer.acknowledgements)
    desk.put(alert(1))
    desk.step()
    assert [event for event in desk.posted if isinstance(event, Promote)] == [Promote(7, "Duty officer", "hq")]
    assert not [event for event in desk.posted if isinstance(event, Acknowledge)]


def test_of_what_waits_in_memory_alone_the_newest_and_every_critical_one_are_kept(desk: Desk) -> None:
    desk.worker.offer([dispatch(alert(1))])
    desk.worker.offer([dispatch(high(number)) for number in range(2, OFFERED_KEPT + 12)])
    drain(desk)
    assert set(desk.channel.ids) == {1, *range(12, OFFERED_KEPT + 12)}
