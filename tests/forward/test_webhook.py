"""The webhook before a real HTTP server: what counts as a receipt, and what becomes of everything else."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook as Signer

from hub.forward.channel import Acknowledgement, Outcome, SendError
from hub.forward.channels.webhook import Webhook, body_of
from hub.forward.exchange import BODY_LIMIT
from tests.forward.alerts import RAISED_AT, alert, heartbeat
from tests.forward.http_server import Answered
from tests.forward.receiver import SECRET, Answer, Receiver, receipt, signed


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def webhook(receiver: Receiver) -> Iterator[Webhook]:
    webhook = receiver.channel(receiver.port)
    assert isinstance(webhook, Webhook)
    webhook.deadline = 1.0
    yield webhook
    webhook.close()


def failure(webhook: Webhook) -> SendError:
    with pytest.raises(SendError) as caught:
        webhook.send(alert(), 1)
    return caught.value


def answers(status: int, body: bytes = b"", **headers: str) -> Answer:
    return lambda _body: Answered(status, headers, body)


def test_headquarters_gets_the_contracts_body_signed(receiver: Receiver, webhook: Webhook) -> None:
    assert webhook.send(alert(), 3).proven
    (body,) = receiver.bodies
    assert (body["event_id"], body["type"], body["attempt"]) == (alert().event_id, "alarm.raised", 3)
    assert (body["raised_at"], body["clock"]) == ("2026-11-24T05:00:00.123Z", "trusted")
    assert body["pressed_at"] is None
    assert body["text"]["kk"].startswith("№1 мектеп")
    assert receiver.refused == []


def test_a_late_press_has_its_own_moment_in_the_body() -> None:
    body = json.loads(body_of(alert(pressed_at=RAISED_AT - 600_000), 1))
    assert (body["pressed_at"], body["raised_at"]) == ("2026-11-24T04:50:00.123Z", "2026-11-24T05:00:00.123Z")


def test_a_receipt_is_kept_so_that_it_can_be_checked_again(receiver: Receiver, webhook: Webhook) -> None:
    evidence = webhook.send(alert(), 1).evidence
    assert evidence is not None
    assert Signer(SECRET).verify(evidence.body, dict(evidence.headers)) == json.loads(evidence.body)


def test_the_connection_is_kept(receiver: Receiver, webhook: Webhook) -> None:
    for number in range(5):
        webhook.send(alert(number), 1)
    assert receiver.connections == 1


@pytest.mark.parametrize("body", [b"", b" ", b"ok", b"<html>login</html>", b"[]", b"{}", b'{"receipt": 5}', b"\xff"])
def test_a_success_without_a_receipt_proves_nothing(receiver: Receiver, webhook: Webhook, body: bytes) -> None:
    receiver.answer = answers(200, body)
    error = failure(webhook)
    assert (error.outcome, error.permanent) == (Outcome.UNPROVEN, False)


def test_a_receipt_without_a_signature_proves_nothing(receiver: Receiver, webhook: Webhook) -> None:
    receiver.answer = answers(200, json.dumps({"receipt": alert().event_id}).encode())
    assert failure(webhook).outcome is Outcome.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_receipt_whose_signature_doesnt_fit_proves_nothing(receiver: Receiver, webhook: Webhook, name: str) -> None:
    headers, body = signed({"receipt": alert().event_id})
    receiver.answer = answers(200, body, **{**headers, name: "1"})
    assert failure(webhook).outcome is Outcome.BAD_SIGNATURE


def test_a_receipt_signed_by_somebody_else_proves_nothing(receiver: Receiver, webhook: Webhook) -> None:
    headers, body = signed({"receipt": alert().event_id}, "whsec_" + "A" * 32)
    receiver.answer = answers(200, body, **headers)
    assert failure(webhook).outcome is Outcome.BAD_SIGNATURE


def test_a_receipt_for_another_event_proves_nothing(receiver: Receiver, webhook: Webhook) -> None:
    headers, body = signed({"receipt": alert(2).event_id})
    receiver.answer = answers(200, body, **headers)
    assert failure(webhook).outcome is Outcome.WRONG_RECEIPT


def test_only_a_signed_refusal_is_for_ever(receiver: Receiver, webhook: Webhook) -> None:
    headers, body = signed({"refused": alert().event_id, "reason": "not our school"})
    receiver.answer = answers(200, body, **headers)
    error = failure(webhook)
    assert (error.outcome, error.permanent, str(error)) == (Outcome.REFUSED, True, "not our school")
    receiver.answer = answers(200, body)
    assert failure(webhook).outcome is Outcome.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("status", "outcome", "scope"),
    [
        (400, Outcome.CLIENT_ERROR, "row"),
        (401, Outcome.CLIENT_ERROR, "channel"),
        (404, Outcome.CLIENT_ERROR, "channel"),
        (410, Outcome.CLIENT_ERROR, "channel"),
        (413, Outcome.CLIENT_ERROR, "row"),
        (429, Outcome.BUSY, "channel"),
        (500, Outcome.SERVER_ERROR, "channel"),
        (502, Outcome.SERVER_ERROR, "channel"),
        (503, Outcome.BUSY, "channel"),
    ],
)
def test_a_status_has_its_outcome_and_never_ends_a_row(
    receiver: Receiver, webhook: Webhook, status: int, outcome: Outcome, scope: str
) -> None:
    headers, body = signed({"receipt": alert().event_id})
    receiver.answer = answers(status, body, **headers)
    error = failure(webhook)
    assert (error.outcome, error.scope, error.permanent) == (outcome, scope, False)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_an_alert_nowhere(receiver: Receiver, webhook: Webhook, status: int) -> None:
    other = Receiver()
    other.start()
    receiver.answer = answers(status, location=f"http://127.0.0.1:{other.port}/alerts")
    assert failure(webhook).outcome is Outcome.REDIRECTED
    other.stop()
    assert other.bodies == []


def test_an_oversized_answer_is_cut_off(receiver: Receiver, webhook: Webhook) -> None:
    headers, body = signed({"receipt": alert().event_id, "received_at": "x" * BODY_LIMIT})
    receiver.answer = answers(200, body, **headers)
    assert failure(webhook).outcome is Outcome.GARBLED
    receiver.answer = receipt
    assert webhook.send(alert(), 2).proven


def test_a_body_that_trickles_ends_at_the_deadline(receiver: Receiver, webhook: Webhook) -> None:
    receiver.answer = lambda _body: Answered(200, {}, b"x" * 200, every=0.05)
    began = time.monotonic()
    assert failure(webhook).outcome is Outcome.TIMEOUT
    assert time.monotonic() - began < webhook.deadline + 0.7


def test_a_receiver_that_hangs_ends_at_the_deadline(receiver: Receiver, webhook: Webhook) -> None:
    def hang(_body: dict[str, Any]) -> Answered:
        time.sleep(3)
        return Answered()

    receiver.answer = hang
    webhook.deadline = 0.3
    assert failure(webhook).outcome is Outcome.TIMEOUT


def test_a_hub_whose_clock_is_wrong_is_stamped_by_headquarters_clock(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook._post._clock_offset = -86_400.0  # as if the hub's clock were a day late
    assert failure(webhook).outcome is Outcome.CLIENT_ERROR
    assert receiver.refused == ["Message timestamp too old"]
    assert webhook.send(alert(), 2).proven


def test_acknowledgements_come_with_the_receipt_of_a_heartbeat(receiver: Receiver, webhook: Webhook) -> None:
    def with_acks(body: dict[str, Any]) -> Answered:
        acks = [{"event_id": alert().event_id, "operator": "Duty officer", "at": "2026-11-24T05:00:09Z"}]
        return Answered(200, *signed({"receipt": body["event_id"], "acks": acks}))

    receiver.answer = with_acks
    acks = webhook.send(heartbeat(), 1).acks
    assert acks == (Acknowledgement(alert().event_id, "Duty officer", "2026-11-24T05:00:09Z"),)
