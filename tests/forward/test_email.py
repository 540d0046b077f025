"""E-mail: the letter in two languages, TLS and logins, and what becomes of each recipient."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from hub.config.model import EmailChannel, Secret
from hub.domain.alerts import Earlier
from hub.forward.channel import Outcome, SendError
from hub.forward.channels.email import Email
from hub.forward.letter import letter
from tests.forward.alerts import alert
from tests.forward.authority import Authority
from tests.forward.mail_server import LOGIN, PASSWORD, SENDER, MailServer
from tests.servers import free_port

A, B = "a@school.example", "b@school.example"


def settings(port: int, **more: Any) -> EmailChannel:
    return EmailChannel(**{"name": "mail", "host": "127.0.0.1", "port": port, "sender": SENDER, "to": (A, B),
                           "security": "none", **more})  # fmt: skip


@pytest.fixture
def server() -> Iterator[MailServer]:
    yield from started(MailServer())


def started(server: MailServer) -> Iterator[MailServer]:
    server.start()
    yield server
    server.stop()


def failure(channel: Email) -> SendError:
    with pytest.raises(SendError) as told:
        channel.send(alert(), 1)
    assert PASSWORD not in f"{told.value}{told.value!r}"
    return told.value


def text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_letter_says_it_in_kazakh_and_russian_plain_and_as_html(server: MailServer) -> None:
    receipt = Email(settings(server.port)).send(alert(), 1)
    assert not receipt.proven
    ((to, message),) = server.letters
    assert to == [A, B]
    assert message["Subject"].replace("\xa0", " ") == (
        "ДАБЫЛ. №1 мектеп: дабыл түймесі басылды · ТРЕВОГА. Школа №1: нажата тревожная кнопка"
    )
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert alert().text["kk"] in text(message, kind)
        assert alert().text["ru"] in text(message, kind)
    assert message["Message-ID"] == "<school-1-e0-1-1@school.example>"
    assert message["Importance"] == "high"


def test_a_drill_says_so_first_and_is_not_important() -> None:
    made = letter(alert(status="exercise"), SENDER, (A,))
    kazakh, _, russian = made["Subject"].replace("\xa0", " ").partition(" · ")
    assert kazakh.startswith("ОҚУ-ЖАТТЫҒУ ДАБЫЛЫ. ДАБЫЛ. №1 мектеп: ")
    assert russian.startswith("УЧЕБНАЯ ТРЕВОГА. ТРЕВОГА. Школа №1: ")
    assert made["Importance"] is None


def test_what_follows_stands_in_the_thread_of_the_first_letter() -> None:
    made = letter(alert(event_id="school-1-e0-1-4", earlier=(Earlier(1, 1), Earlier(3, 2))), SENDER, (A,))
    assert made["In-Reply-To"] == made["References"] == letter(alert(), SENDER, (A,))["Message-ID"]


@examples(deadline=None)
@given(st.text(max_size=60))
def test_nothing_in_a_name_becomes_a_header_or_markup(name: str) -> None:
    made = letter(alert(school={"kk": name, "ru": name}, acknowledged_by=name, text={"kk": name}), SENDER, (A,))
    assert set(made.keys()) == set(letter(alert(), SENDER, (A,)).keys())
    assert made.as_bytes()


def test_markup_is_shown_as_it_was_written() -> None:
    made = letter(alert(text={"kk": "<script>&"}), SENDER, (A,))
    assert "&lt;script&gt;&amp;" in text(made, "html")
    assert "<script>&" in text(made, "plain")


def test_who_has_the_letter_does_not_get_it_again_while_another_waits(server: MailServer) -> None:
    channel = Email(settings(server.port))
    server.replies[B] = "450 4.2.1 mailbox busy"
    told = failure(channel)
    assert (told.outcome, told.permanent, told.scope) == (Outcome.BUSY, False, "row")
    assert str(told) == "recipient 2: 450 4.2.1 mailbox busy"
    server.replies.clear()
    assert not channel.send(alert(), 2).proven
    assert [to for to, _ in server.letters] == [[A], [B]]
    assert len({message["Message-ID"] for _, message in server.letters}) == 1


def test_a_recipient_who_does_not_exist_is_named_while_the_others_have_it(server: MailServer) -> None:
    server.replies[A] = "550 5.1.1 no such user"
    assert Email(settings(server.port)).send(alert(), 1).detail == "recipient 1: 550 5.1.1 no such user"
    assert [to for to, _ in server.letters] == [[B]]


def test_a_letter_that_nobody_may_get_is_refused_for_ever(server: MailServer) -> None:
    server.replies |= {A: "550 no", B: "551 no"}
    told = failure(Email(settings(server.port)))
    assert (told.outcome, told.permanent) == (Outcome.REFUSED, True)


def test_a_server_that_hangs_up_between_two_recipients_has_given_nobody_the_letter(server: MailServer) -> None:
    channel = Email(settings(server.port))
    server.replies[B] = "421 going down"
    assert failure(channel).outcome == Outcome.BUSY
    server.replies.clear()
    channel.send(alert(), 2)
    assert [to for to, _ in server.letters] == [[A, B]]


@pytest.mark.parametrize(
    ("reply", "outcome", "permanent"),
    [("554 5.7.1 spam", Outcome.REFUSED, True), ("451 4.3.0 later", Outcome.BUSY, False)],
)
def test_the_server_s_word_on_the_letter_counts(
    server: MailServer, reply: str, outcome: Outcome, permanent: bool
) -> None:
    server.at_data = reply
    told = failure(Email(settings(server.port)))
    assert (told.outcome, told.permanent, told.scope) == (outcome, permanent, "row")
    assert str(told) == reply


def test_a_refused_sender_may_be_mended_and_the_letter_waits(server: MailServer) -> None:
    server.at_sender = "553 sender not allowed"
    told = failure(Email(settings(server.port)))
    assert (told.outcome, told.permanent, told.scope) == (Outcome.CLIENT_ERROR, False, "channel")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def login(password: str = PASSWORD) -> dict[str, Any]:
    return {"username": LOGIN, "password": Secret(password)}


def test_starttls_with_a_login(authority: Authority) -> None:
    for server in started(MailServer(tls_context=authority.server_context(), require_starttls=True)):
        secured = settings(server.port, security="starttls", ca=authority.ca, **login())
        assert not Email(secured).send(alert(), 1).proven
        assert len(server.letters) == 1
        wrong = settings(server.port, security="starttls", ca=authority.ca, **login("a-wrong-one"))
        told = failure(Email(wrong))
        assert (told.outcome, str(told)) == (Outcome.CLIENT_ERROR, "the login is refused: 535")


def test_tls_from_the_first_byte(authority: Authority) -> None:
    for server in started(MailServer(ssl_context=authority.server_context(), auth_require_tls=False)):
        secured = settings(server.port, security="tls", ca=authority.ca, **login())
        assert not Email(secured).send(alert(), 1).proven


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_unknown_authority_gets_neither_login_nor_letter(authority: Authority, security: str) -> None:
    tls = {"ssl_context" if security == "tls" else "tls_context": authority.server_context()}
    for server in started(MailServer(**tls)):
        told = failure(Email(settings(server.port, security=security, **login())))
        assert told.outcome == Outcome.UNREACHABLE
        assert str(told).startswith("TLS: ")
        assert not server.letters


def test_a_server_without_starttls_gets_nothing_in_the_clear(server: MailServer) -> None:
    told = failure(Email(settings(server.port, security="starttls", **login())))
    assert told.outcome == Outcome.CLIENT_ERROR
    assert "STARTTLS" in str(told)
    assert not server.letters


def test_no_server_is_unreachable() -> None:
    assert failure(Email(settings(free_port()))).outcome == Outcome.UNREACHABLE


def test_an_unusable_authority_is_told(server: MailServer, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    told = failure(Email(settings(server.port, security="tls", ca=tmp_path / "ca.pem")))
    assert told.outcome == Outcome.FAULT
