"""Headquarters' broker: what proves an alert and what doesn't, who may prove it, and acknowledgements at any time."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.config.model import MqttChannel, Secret, Tls
from hub.domain.commands import Acknowledge
from hub.domain.events import Event, LineChecked
from hub.domain.now import Now
from hub.forward.channel import Outcome, SendError
from hub.forward.channels.mqtt import Mqtt
from hub.forward.worker import Worker
from tests.domain.build import TUESDAY_10
from tests.forward.alerts import alert, heartbeat
from tests.forward.authority import Authority
from tests.forward.hq_broker import ACL, PASSWORDS, SITE, Desk, HqBroker, settings
from tests.servers import free_port, wait_until

DOCS = Path(__file__).parents[2] / "docs" / "channels.md"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HqBroker]:
    broker = HqBroker(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def desk(broker: HqBroker) -> Iterator[Desk]:
    desk = Desk(broker.port)
    yield desk
    desk.close()


@pytest.fixture
def channel(broker: HqBroker) -> Iterator[Mqtt]:
    yield from opened(settings(broker.port))


def opened(of: MqttChannel, deadline: float = 5) -> Iterator[Mqtt]:
    channel = Mqtt(of)
    channel.deadline = deadline
    yield channel
    channel.close()


def failure(channel: Mqtt, deadline: float = 0.5) -> SendError:
    channel.deadline = deadline
    with pytest.raises(SendError) as told:
        channel.send(alert(), 1)
    assert not [password for password in PASSWORDS.values() if password in f"{told.value}{told.value!r}"]
    return told.value


def test_the_application_s_receipt_proves_an_alert_and_a_heartbeat(channel: Mqtt, desk: Desk) -> None:
    assert channel.send(alert(), 3).proven
    assert channel.send(heartbeat(), 1).proven
    first, second = desk.alerts
    assert (first["event_id"], first["attempt"], first["raised_at"]) == (
        alert().event_id,
        3,
        "2026-11-24T05:00:00.123Z",
    )
    assert second["type"] == "heartbeat"


def test_the_broker_s_own_confirmation_is_unproven(channel: Mqtt, desk: Desk) -> None:
    desk.answer = lambda *_: None
    told = failure(channel)
    assert (told.outcome, str(told)) == (Outcome.UNPROVEN, "the broker has it; headquarters has not confirmed it")


def test_without_anybody_at_headquarters_it_says_so(channel: Mqtt) -> None:
    told = failure(channel)
    assert (told.outcome, str(told)) == (Outcome.UNPROVEN, "the broker has it; nobody at headquarters listens")


def test_a_receipt_that_comes_late_proves_the_next_attempt_without_another_message(channel: Mqtt, desk: Desk) -> None:
    desk.answer = lambda *_: None
    assert failure(channel).outcome == Outcome.UNPROVEN
    desk.say("receipt", {"receipt": alert().event_id})
    assert wait_until(lambda: channel._answer(alert().event_id), 5, "the receipt is in")
    assert channel.send(alert(), 2).proven
    assert len(desk.alerts) == 1


@pytest.mark.parametrize(
    "body", [b'{"receipt":"another"}', b"ok", b"", b"[" * 5000, b'{"receipt":1}', b"\xff\xfe", b"null"]
)
def test_nothing_but_the_receipt_for_this_event_proves_it(channel: Mqtt, desk: Desk, body: bytes) -> None:
    desk.answer = lambda desk, alert: desk.client.publish(f"alerts/{SITE}/receipt", body, qos=1) and None
    assert failure(channel).outcome == Outcome.UNPROVEN


def test_a_retained_receipt_proves_nothing(channel: Mqtt, desk: Desk) -> None:
    desk.say("receipt", {"receipt": alert().event_id}, retain=True)
    desk.answer = lambda *_: None
    assert failure(channel).outcome == Outcome.UNPROVEN
    desk.say("receipt", b"", retain=True)


def test_another_school_can_neither_prove_nor_acknowledge(channel: Mqtt, desk: Desk, broker: HqBroker) -> None:
    forger = Desk(broker.port, user="school-2")
    try:
        desk.answer = lambda *_: None
        assert "Not authorized" in forger.say("receipt", {"receipt": alert().event_id})
        assert failure(channel).outcome == Outcome.UNPROVEN
        assert "Not authorized" in forger.say("ack", {"event_id": alert().event_id, "operator": "x"})
        assert not channel.heard()
    finally:
        forger.close()


def test_a_school_that_may_not_publish_is_told(broker: HqBroker) -> None:
    foreign = settings(broker.port, topic="elsewhere")
    for channel in opened(foreign):
        told = failure(channel)
        assert told.outcome == Outcome.CLIENT_ERROR
        assert "Not authorized" in str(told)
        assert not told.permanent


def test_headquarters_can_refuse_an_alert_for_ever(channel: Mqtt, desk: Desk) -> None:
    desk.answer = lambda desk, alert: (
        desk.client.publish(
            f"alerts/{SITE}/receipt", json.dumps({"refused": alert["event_id"], "reason": "no such school"}), qos=1
        )
        and None
    )
    told = failure(channel)
    assert (told.outcome, told.permanent, str(told)) == (Outcome.REFUSED, True, "no such school")


def test_a_wrong_password_is_told_and_not_shown(broker: HqBroker) -> None:
    wrong = MqttChannel(name="x", host="127.0.0.1", port=broker.port, username=SITE, password=Secret("a-wrong-one"))
    for channel in opened(wrong):
        told = failure(channel)
        assert told.outcome == Outcome.CLIENT_ERROR
        assert "a-wrong-one" not in str(told)


def test_no_broker_is_unreachable() -> None:
    for channel in opened(settings(free_port())):
        assert failure(channel).outcome == Outcome.UNREACHABLE


def test_acknowledgements_come_between_two_alerts(channel: Mqtt, desk: Desk) -> None:
    channel.send(alert(), 1)
    desk.say("ack", b"not json")
    desk.say("ack", {"event_id": alert().event_id, "operator": "Дана", "at": "10:01"})
    heard = wait_until(channel.heard, 5, "the acknowledgement")
    assert [(ack.event_id, ack.operator, ack.at) for ack in heard] == [(alert().event_id, "Дана", "10:01")]
    assert not channel.heard()


def test_acknowledgements_wait_at_the_broker_while_the_school_is_away(
    channel: Mqtt, desk: Desk, broker: HqBroker
) -> None:
    channel.send(alert(), 1)
    channel.close()
    desk.say("ack", {"event_id": alert().event_id, "operator": "Дана"})
    broker.stop()  # not killed: it writes a moment after it has confirmed
    broker.start()
    wait_until(lambda: desk.subscribed > 1, 10, "headquarters is back")
    assert channel.send(heartbeat(), 1).proven
    assert wait_until(channel.heard, 5, "the acknowledgement")[0].operator == "Дана"


def test_the_worker_passes_acknowledgements_on_as_they_come(channel: Mqtt, desk: Desk, tmp_path: Path) -> None:
    posted: list[Event] = []
    worker = Worker(channel, SITE, "e0", tmp_path / "hub.db", posted.append)
    now = Now(TUESDAY_10, 5_000_000)
    worker.step(now)
    assert isinstance(posted[0], LineChecked)
    assert posted[0].line_ok
    desk.say("ack", {"event_id": f"{SITE}-e0-7-1", "operator": "Дана"})
    desk.say("ack", {"event_id": "another-school-e0-7-1", "operator": "Дана"})

    def acknowledged() -> bool:
        worker.step(now)
        return len(posted) > 1

    wait_until(acknowledged, 5, "the worker hears it")
    assert posted[1:] == [Acknowledge(7, "Дана", "hq-mqtt", event=f"{SITE}-e0-7-1")]


def test_a_line_that_breaks_is_made_anew_without_anything_to_send(tmp_path: Path) -> None:
    broker = HqBroker(tmp_path / "own")
    broker.start()
    desk = Desk(broker.port)
    channel = Mqtt(settings(broker.port))
    posted: list[Event] = []
    worker = Worker(channel, SITE, "e0", tmp_path / "hub.db", posted.append)
    begun = time.monotonic()

    def step() -> list[bool]:
        passed = int((time.monotonic() - begun) * 1000)
        worker.step(Now(TUESDAY_10 + passed, 5_000_000 + passed))
        return [event.line_ok for event in posted if isinstance(event, LineChecked)]

    try:
        assert step() == [True]
        broker.stop()
        wait_until(lambda: step()[-1] is False, 10, "the line is known to be down")
        broker.start()
        wait_until(lambda: step()[-1], 30, "it is up again")
        wait_until(desk.client.is_connected, 10, "headquarters is back as well")
        desk.say("ack", {"event_id": f"{SITE}-e0-7-1", "operator": "Дана"})
        heard = Acknowledge(7, "Дана", "hq-mqtt", event=f"{SITE}-e0-7-1")
        wait_until(lambda: step() and heard in posted, 10, "the worker hears it")
    finally:
        worker.close()
        desk.close()
        broker.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls_broker(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[HqBroker]:
    broker = HqBroker(tmp_path_factory.mktemp("tls-broker"), authority)
    broker.start()
    yield broker
    broker.stop()


def test_tls_with_a_client_certificate(tls_broker: HqBroker, authority: Authority) -> None:
    desk = Desk(tls_broker.port, authority)
    cert, key = authority.issue(SITE)
    for channel in opened(settings(tls_broker.port, tls=Tls(authority.ca, cert, key))):
        assert channel.send(alert(), 1).proven
    desk.close()


def test_a_broker_of_an_unknown_authority_gets_nothing(tls_broker: HqBroker, tmp_path: Path) -> None:
    stranger = Authority(tmp_path)
    cert, key = stranger.issue(SITE)
    for channel in opened(settings(tls_broker.port, tls=Tls(stranger.ca, cert, key))):
        told = failure(channel, 3)
        assert told.outcome == Outcome.UNREACHABLE
        assert str(told).startswith("TLS: ")


def test_a_broker_that_asks_for_a_certificate_refuses_a_school_without_one(
    tls_broker: HqBroker, authority: Authority
) -> None:
    for channel in opened(settings(tls_broker.port, tls=Tls(authority.ca))):
        assert failure(channel, 3).outcome in (Outcome.RESET, Outcome.UNREACHABLE)


def test_unusable_certificate_files_are_told(broker: HqBroker, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for channel in opened(settings(broker.port, tls=Tls(tmp_path / "ca.pem"))):
        told = failure(channel)
        assert told.outcome == Outcome.FAULT
        assert "certificate files" in str(told)


def test_the_documented_access_list_is_the_tested_one() -> None:
    assert ACL in DOCS.read_text()
