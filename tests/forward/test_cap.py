"""CAP documents: valid by the schema of OASIS, in three languages, referring to those before; and how they are sent."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from capvalidator import check_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from standardwebhooks import Webhook as Signer

from hub.config.model import CapChannel, Secret
from hub.domain.alerts import Alert, Earlier
from hub.domain.catalogue import ALARM_TYPES
from hub.forward.cap_document import NAMESPACE, TERMS, document, moment
from hub.forward.channel import Outcome, Receipt, SendError
from hub.forward.channels import channel_of
from tests.domain.build import TUESDAY_10
from tests.forward.alerts import RAISED_AT, alert, heartbeat
from tests.forward.authority import Authority
from tests.forward.http_server import Answered, Posted, receiving
from tests.forward.receiver import SECRET, signed

SENDER = "school-1@edu.example"
DOCS = Path(__file__).parents[2] / "docs" / "channels.md"


def cap(one: Alert) -> etree._Element:
    """The document, after the schema has found it right."""
    made = document(one, SENDER)
    result = check_schema(made)
    assert result.passed, result.message
    return etree.fromstring(made)


def texts(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{{{NAMESPACE}}}{name}")]


def test_a_message_about_several_alarms_names_them_all() -> None:
    assert texts(cap(alert(members=(1, 4, 5))), "incidents") == ["school-1-e0-1 school-1-e0-4 school-1-e0-5"]


def test_a_panic_is_said_in_three_languages_each_in_its_own_block() -> None:
    root = cap(alert())
    assert texts(root, "language") == ["kk-KZ", "ru-KZ", "en"]
    assert texts(root, "event") == ["дабыл түймесі басылды", "нажата тревожная кнопка", "the panic button was pressed"]
    assert texts(root, "severity") == ["Extreme"] * 3
    assert texts(root, "senderName") == ["№1 мектеп", "Школа №1", "School No. 1"]
    assert texts(root, "areaDesc")[0] == "№1 мектеп, Вестибюль"
    assert (texts(root, "status"), texts(root, "msgType")) == (["Actual"], ["Alert"])
    assert texts(root, "references") == []


@pytest.mark.parametrize("code", sorted(ALARM_TYPES))
@pytest.mark.parametrize("type_", ["alarm.raised", "alarm.updated", "alarm.cleared"])
def test_every_alarm_is_valid_cap(code: str, type_: str) -> None:
    cap(alert(alarm=code, type=type_))


def test_what_is_mapped_is_an_alarm() -> None:
    assert set(TERMS) <= set(ALARM_TYPES)


@pytest.mark.parametrize(
    ("type_", "word", "response"),
    [
        ("alarm.updated", "Update", "Execute"),
        ("alarm.raised", "Update", "Execute"),
        ("alarm.cleared", "Cancel", "AllClear"),
    ],
)
def test_later_messages_refer_to_the_earlier_ones(type_: str, word: str, response: str) -> None:
    first = alert()
    later = alert(
        type=type_, event_id=first.event_id[:-1] + "5", earlier=(Earlier(1, first.at), Earlier(3, first.at + 70_000))
    )
    root, before = cap(later), cap(first)
    assert texts(root, "msgType") == [word]
    named = texts(root, "references")[0].split()
    assert named[0] == ",".join(texts(before, name)[0] for name in ("sender", "identifier", "sent"))
    assert named[1] == f"{SENDER},school-1-e0-1-3,2026-11-24T10:01:10+05:00"
    assert texts(root, "incidents") == texts(before, "incidents") == ["school-1-e0-1"]
    assert set(texts(root, "responseType")) == {response}


def test_the_end_of_an_alarm_that_this_receiver_never_heard_of_is_no_cancel() -> None:
    root = cap(alert(type="alarm.cleared"))
    assert texts(root, "msgType") == ["Alert"]
    assert set(texts(root, "responseType")) == {"AllClear"}


@pytest.mark.parametrize(("status", "word"), [("exercise", "Exercise"), ("test", "Test")])
def test_drills_and_tests_are_marked(status: str, word: str) -> None:
    root = cap(alert(status=status))
    assert texts(root, "status") == [word]
    assert texts(root, "note")


def test_a_probe_without_an_alarm_is_valid() -> None:
    assert texts(cap(Alert(event_id="s-1", type="test", status="test", site="s", at=TUESDAY_10)), "status") == ["Test"]


def test_a_heartbeat_is_a_system_message_without_an_info_block() -> None:
    root = cap(heartbeat())
    assert texts(root, "status") == ["System"]
    assert texts(root, "info") == []
    assert "-7-abab" in texts(root, "identifier")[0]


def test_a_headline_says_school_and_what_happened() -> None:
    assert texts(cap(alert()), "headline") == [
        "ДАБЫЛ. №1 мектеп: дабыл түймесі басылды",
        "ТРЕВОГА. Школа №1: нажата тревожная кнопка",
        "ALARM. School No. 1: the panic button was pressed",
    ]
    assert texts(cap(alert()), "event")[1] == "нажата тревожная кнопка"


def test_a_late_press_began_when_the_button_was_pressed() -> None:
    assert set(texts(cap(alert(pressed_at=RAISED_AT - 600_000)), "onset")) == {"2026-11-24T09:50:00+05:00"}


def test_times_have_neither_fractions_nor_a_z() -> None:
    assert moment(TUESDAY_10 + 999) == "2026-11-24T10:00:00+05:00"


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(0, 4_000_000_000_000))
def test_whatever_people_write_stays_valid_and_the_same_on_each_attempt(text: str, at: int) -> None:
    hostile = alert(text={"kk": text}, acknowledged_by=text, school={"ru": text}, at=at, raised_at=at)
    cap(hostile)
    assert document(hostile, SENDER) == document(hostile, SENDER)


def test_markup_in_a_name_is_text() -> None:
    root = cap(alert(school={"kk": "<b>&amp;"}))
    assert texts(root, "senderName")[0] == "<b>&amp;"


def channel(url: str, *, secret: str = "", ca: Path | None = None) -> CapChannel:
    return CapChannel(name="cap", url=url, sender=SENDER, secret=Secret(secret) if secret else None, ca=ca)


def with_receipt(posted: Posted) -> Answered:
    Signer(SECRET).verify(posted.body, posted.headers, json_parse=False)
    return Answered(
        200, *signed({"receipt": posted.headers["webhook-id"], "acks": [{"event_id": "e", "operator": "Дана"}]})
    )


def sent(settings: CapChannel, one: Alert) -> Receipt:
    way = channel_of(settings)
    try:
        return way.send(one, 1)
    finally:
        way.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_signed_receipt_over_tls_proves_it(authority: Authority) -> None:
    with receiving(with_receipt, authority.server_context()) as receiver:
        receipt = sent(channel(receiver.url, secret=SECRET, ca=authority.ca), alert())
    assert receipt.proven
    assert receipt.acks[0].operator == "Дана"
    assert receiver.posted[0].headers["content-type"] == "application/cap+xml"
    assert check_schema(receiver.posted[0].body).passed


def test_an_unknown_authority_is_not_trusted(authority: Authority) -> None:
    with receiving(with_receipt, authority.server_context()) as receiver, pytest.raises(SendError) as told:
        sent(channel(receiver.url, secret=SECRET), alert())
    assert told.value.outcome == Outcome.UNREACHABLE
    assert not receiver.posted


def test_without_a_secret_a_success_is_accepted_and_proves_nothing() -> None:
    with receiving(lambda _: Answered(202)) as receiver:
        receipt = sent(channel(receiver.url), alert())
    assert not receipt.proven
    assert receipt.detail == "HTTP 202"
    assert "webhook-signature" not in receiver.posted[0].headers


def test_without_a_secret_not_even_the_right_receipt_proves_anything() -> None:
    with receiving(lambda _: Answered(200, {}, json.dumps({"receipt": alert().event_id}).encode())) as receiver:
        assert not sent(channel(receiver.url), alert()).proven


def test_only_a_receiver_that_signs_is_asked_for_signs_of_life() -> None:
    assert channel_of(channel("https://hq.example/in", secret=SECRET)).supervised
    assert not channel_of(channel("https://hq.example/in")).supervised


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(Answered(200), "unproven"), (Answered(200, {}, b"<ok/>"), "unproven"), (Answered(503), "busy"),
     (Answered(500), "server_error"), (Answered(404), "client_error"), (Answered(302), "redirected"),
     (Answered(200, *signed({"receipt": "another"})), "wrong_receipt"),
     (Answered(200, {}, b'{"receipt":"x"}'), "bad_signature")],
)  # fmt: skip
def test_with_a_secret_nothing_but_the_signed_receipt_proves_it(answer: Answered, outcome: str) -> None:
    with receiving(lambda _: answer) as receiver, pytest.raises(SendError) as told:
        sent(channel(receiver.url, secret=SECRET), alert())
    assert (told.value.outcome, told.value.permanent) == (outcome, False)


def test_the_mapping_of_every_alarm_is_documented() -> None:
    said = DOCS.read_text()
    for code, terms in TERMS.items():
        assert f"| `{code}` | {' | '.join(terms)} |" in said
