"""Apprise: what people read, what becomes of a refusal, and that neither log nor error shows an address."""

import logging
import subprocess
import sys
import threading
import time

import pytest

from hub.config.model import AppriseChannel, Secret
from hub.forward.channel import Outcome, SendError
from hub.forward.channels.apprise import Apprise
from tests.forward.alerts import alert
from tests.forward.http_server import Answered, Posted, receiving
from tests.forward.messenger import PASSWORD, TOKEN, said, settings
from tests.servers import free_port


def failure(channel: Apprise) -> SendError:
    with pytest.raises(SendError) as told:
        channel.send(alert(), 1)
    assert not [secret for secret in (PASSWORD, TOKEN) if secret in f"{told.value}{told.value!r}"]
    assert not told.value.permanent
    return told.value


def test_people_read_it_in_both_languages_and_nothing_is_proven() -> None:
    with receiving() as service:
        assert not Apprise(settings(service.port)).send(alert(), 1).proven
    posted = said(service.posted[0])
    assert posted["title"] == ("ДАБЫЛ. №1 мектеп: дабыл түймесі басылды · ТРЕВОГА. Школа №1: нажата тревожная кнопка")
    assert posted["message"].splitlines() == [alert().text["kk"], alert().text["ru"], alert().event_id]
    assert posted["type"] == "failure"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": "exercise"}, "info"),
        ({"type": "alarm.cleared"}, "success"),
        ({"acknowledged_by": "Дана"}, "warning"),
    ],
)
def test_the_service_is_told_how_urgent_it_is(changes: dict[str, str], kind: str) -> None:
    with receiving() as service:
        Apprise(settings(service.port)).send(alert(**changes), 1)
    assert said(service.posted[0])["type"] == kind


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(500, Outcome.SERVER_ERROR), (401, Outcome.CLIENT_ERROR), (429, Outcome.BUSY), (503, Outcome.BUSY)],
)
def test_a_refusal_is_named_by_its_status(status: int, outcome: Outcome) -> None:
    with receiving(lambda _: Answered(status, {}, TOKEN.encode())) as service:
        told = failure(Apprise(settings(service.port)))
    assert (told.outcome, str(told)) == (outcome, f"the service did not take it: HTTP {status}")


def test_no_service_is_unreachable() -> None:
    assert failure(Apprise(settings(free_port()))).outcome == Outcome.UNREACHABLE


def test_an_unknown_kind_of_address_is_told() -> None:
    told = failure(Apprise(settings(1, scheme="carrierpigeon")))
    assert (told.outcome, str(told)) == (Outcome.CLIENT_ERROR, "Apprise does not know this kind of URL")


def test_a_service_that_does_not_answer_costs_no_more_than_the_deadline_and_one_thread() -> None:
    go_on = threading.Event()

    def slowly(_: Posted) -> Answered:
        go_on.wait(10)
        return Answered()

    with receiving(slowly) as service:
        channel = Apprise(settings(service.port))
        channel.deadline = 0.4
        began = time.monotonic()
        assert failure(channel).outcome == Outcome.TIMEOUT
        assert failure(channel).outcome == Outcome.TIMEOUT
        assert time.monotonic() - began < 4
        assert [thread.name for thread in threading.enumerate()].count("caretaker") == 1
        go_on.set()
        channel.deadline = 5
        assert not channel.send(alert(), 3).proven


def test_no_log_shows_the_address_even_in_full_detail(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with receiving() as service:
        Apprise(settings(service.port)).send(alert(), 1)
    with receiving(lambda _: Answered(500)) as service:
        failure(Apprise(settings(service.port)))
    failure(Apprise(settings(1, scheme="carrierpigeon")))
    assert not [secret for secret in (PASSWORD, TOKEN) if secret in caplog.text]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    told = failure(Apprise(AppriseChannel(name="x", url=Secret("json://127.0.0.1"))))
    assert told.outcome == Outcome.FAULT
    assert "pip install 'school-safety-hub[messengers]'" in str(told)


def test_the_library_is_loaded_only_when_it_is_used() -> None:
    code = "import sys, hub.forward.channels.apprise; sys.exit('apprise' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
