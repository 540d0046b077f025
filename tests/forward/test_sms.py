"""Short messages: what a phone shows, who got it, and a modem, a SIM or a network that doesn't play along."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config.model import Secret, SmsChannel
from hub.domain.commands import Acknowledge
from hub.forward.channel import Outcome, SendError
from hub.forward.channels.sms import Sms
from hub.forward.sms_text import PARTS, UNITS, parts_of
from tests.domain.build import School
from tests.forward.alerts import alert, heartbeat
from tests.forward.modem import PIN, Modem

FIRST, SECOND = "+77010000001", "+77010000002"


@pytest.fixture
def modem() -> Iterator[Modem]:
    modem = Modem()
    modem.plug_in()
    yield modem
    modem.unplug()


@pytest.fixture
def sms(modem: Modem) -> Iterator[Callable[..., Sms]]:
    made: list[Sms] = []

    def make(*to: str, pin: str = "", deadline: float = 2.0) -> Sms:
        channel = Sms(
            SmsChannel(
                name="phone", port=modem.port, to=to or (FIRST,), pin=Secret(pin) if pin else None, language="ru"
            )
        )
        channel.deadline = deadline
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


def failure(channel: Sms, number: int = 1, text: str = "Нажата кнопка") -> SendError:
    with pytest.raises(SendError) as caught:
        channel.send(alert(number, text={"ru": text}), 1)
    return caught.value


def test_a_phone_shows_the_sentence_in_its_language_and_a_reference(modem: Modem, sms: Callable[..., Sms]) -> None:
    receipt = sms().send(alert(3, text={"ru": "Школа №1: нажата кнопка", "kk": "№1 мектеп"}), 1)
    assert modem.messages == [(FIRST, "Школа №1: нажата кнопка #3-1")]
    assert (receipt.proven, receipt.detail) == (False, "sent to 1 of 1 phones, signal -71 dBm; reported by 1")


def test_a_long_sentence_comes_in_numbered_parts(modem: Modem, sms: Callable[..., Sms]) -> None:
    sms().send(alert(), 1)
    first, second = (text for _, text in modem.messages)
    assert first == "1/2 Школа №1. Вестибюль: нажата тревожная кнопка, 10:00. #1-1"
    assert second == "2/2 Немедленно идите на место. #1-1"


def test_phones_read_who_has_it(modem: Modem, sms: Callable[..., Sms]) -> None:
    school = School()
    school.presses()
    (told, *_) = school.happens(Acknowledge(1, "Серік", "page")).dispatches
    sms().send(told.alert, 1)
    assert modem.messages[-1][1] == "2/2 Принято: Серік. #1-2"


@given(st.text(max_size=900))
def test_every_part_fits_and_together_they_say_it_all_or_end_in_dots(text: str) -> None:
    parts = parts_of(alert(text={"ru": text or "x"}), "ru")
    assert all(len(part.encode("utf-16-be")) // 2 <= UNITS and part.endswith(" #1-1") for part in parts)
    assert len(parts) <= PARTS
    words = "".join("".join(char if char.isprintable() else " " for char in text or "x").split())
    bodies = [part.removesuffix(" #1-1").partition(" ")[2] if len(parts) > 1 else part[:-5] for part in parts]
    said = "".join("".join(bodies).split())
    assert said == words or (said.endswith("…") and words.startswith(said[:-1]))


def test_everybody_gets_it_and_a_repeat_goes_only_to_those_who_didnt(modem: Modem, sms: Callable[..., Sms]) -> None:
    channel = sms(FIRST, SECOND)
    modem.refuses[FIRST] = "500"
    error = failure(channel)
    assert (error.outcome, error.scope, error.permanent) == (Outcome.SERVER_ERROR, "row", False)
    assert [to for to, _ in modem.messages] == [SECOND]
    modem.refuses.clear()
    assert channel.send(alert(text={"ru": "Нажата кнопка"}), 2).detail.startswith("sent to 2 of 2")
    assert [to for to, _ in modem.messages] == [SECOND, FIRST]


def test_a_number_that_doesnt_exist_holds_back_nobody(modem: Modem, sms: Callable[..., Sms]) -> None:
    modem.refuses[FIRST] = "1"
    assert sms(FIRST, SECOND).send(alert(), 1).detail.startswith("sent to 1 of 2 phones")


def test_where_no_number_exists_the_row_ends(modem: Modem, sms: Callable[..., Sms]) -> None:
    modem.refuses[FIRST] = "1"
    assert failure(sms()).permanent


def test_a_phone_that_is_off_never_reports(modem: Modem, sms: Callable[..., Sms]) -> None:
    modem.report_status = None
    channel = sms(deadline=0.5)
    assert channel.send(alert(), 1).detail.endswith("reported by 0")


def test_a_slow_network_gets_the_same_message_only_once(modem: Modem, sms: Callable[..., Sms]) -> None:
    modem.network_seconds = 0.7
    channel = sms(deadline=0.5)
    assert failure(channel).outcome is Outcome.TIMEOUT
    assert channel.send(alert(text={"ru": "Нажата кнопка"}), 2).detail.startswith("sent to 1 of 1")
    assert len(modem.messages) == 1


def test_a_pin_opens_the_sim(modem: Modem, sms: Callable[..., Sms]) -> None:
    modem.unplug()
    modem.pin = PIN
    modem.plug_in()
    sms(pin=PIN).send(alert(), 1)
    assert modem.messages


def test_a_wrong_pin_is_tried_once_since_the_third_locks_the_sim(modem: Modem, sms: Callable[..., Sms]) -> None:
    modem.unplug()
    modem.pin = PIN
    modem.plug_in()
    channel = sms(pin="0000")
    assert [failure(channel).outcome for _ in range(3)] == [Outcome.CLIENT_ERROR] * 3
    assert modem.pin_tries == 1
    assert "0000" not in str(failure(channel))


def test_a_modem_without_a_network_is_noticed_without_an_alarm(modem: Modem, sms: Callable[..., Sms]) -> None:
    channel = sms()
    assert channel.send(heartbeat(), 1).detail == "signal -71 dBm"
    modem.registered = "2"
    with pytest.raises(SendError, match="searching") as caught:
        channel.send(heartbeat(), 1)
    assert caught.value.outcome is Outcome.UNREACHABLE


def test_an_unplugged_modem_is_named_and_works_again_when_it_is_back(modem: Modem, sms: Callable[..., Sms]) -> None:
    channel = sms()
    channel.send(alert(1), 1)
    modem.unplug()
    assert failure(channel, 2).outcome is Outcome.RESET
    assert failure(channel, 2).outcome is Outcome.UNREACHABLE
    modem.plug_in()
    channel.send(alert(2), 1)
    assert [text[-4:] for _, text in modem.messages][-1] == "#2-1"
