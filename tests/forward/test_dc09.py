"""SIA DC-09: what the receiver shows, and what each of its answers means."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from siadc09.account import Account
from siadc09.message import AckMessage, DuhMessage, NakMessage, parse_frame

from hub.config.model import Dc09Channel, Secret
from hub.domain.alarms import AlarmState
from hub.domain.catalogue import ALARM_TYPES
from hub.forward.channel import Outcome, Receipt, SendError
from hub.forward.channels.dc09 import Dc09
from hub.forward.dc09_frames import event_frame, read_answer
from hub.forward.sia_codes import CODES, code_of
from tests.domain.build import site
from tests.forward.alarm_receiver import (
    KEYS,
    Aes192Receiver,
    Aes256Receiver,
    AlarmReceiver,
    SealedAlarmReceiver,
    event_id_of,
    extended,
)
from tests.forward.alerts import RAISED_AT, alert, heartbeat
from tests.servers import free_port, wait_until

KEY = KEYS[0].encode().hex()
ACCOUNT = Account(acct=0x0017, key=KEY)
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

Reply = Callable[[bytes], bytes]


class Scripted:
    """A receiver that answers each frame with the next reply, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.frames: list[bytes] = []
        self._replies = list(replies)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self.frames.append(line.recv(4096))
                line.sendall((self._replies.pop(0) if len(self._replies) > 1 else self._replies[0])(self.frames[-1]))

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def seq_of(frame: bytes) -> int:
    return int(frame.split(b'"')[2][:4])


def ack(frame: bytes) -> bytes:
    return AckMessage(Account(acct=0x17), seq_of(frame)).encode()


def sealed_ack(frame: bytes, ago: float = 0) -> bytes:
    return AckMessage(ACCOUNT, seq_of(frame)).encode(timestamp=datetime.now(UTC) - timedelta(seconds=ago))


def nak(frame: bytes) -> bytes:
    return NakMessage(Account(acct=0x17), datetime.now(UTC)).encode()


def duh(frame: bytes) -> bytes:
    return DuhMessage(Account(acct=0x17), seq_of(frame)).encode()


def said(data: bytes) -> Reply:
    return lambda _frame: data


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    made: list[Scripted] = []

    def make(*replies: Reply) -> Scripted:
        made.append(Scripted(*replies))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def channel(port: int, key: str = "", secondary: int = 0) -> Dc09:
    made = Dc09(
        Dc09Channel(
            name="line", host="127.0.0.1", port=port, account="0017", key=Secret(key) if key else None,
            secondary=f"127.0.0.1:{secondary}" if secondary else "",
        )
    )  # fmt: skip
    made.deadline = 1.0
    return made


def outcome(line: Dc09, number: int = 1) -> tuple[Outcome, bool]:
    with pytest.raises(SendError) as caught:
        line.send(alert(number), 1)
    return caught.value.outcome, caught.value.permanent


@pytest.mark.parametrize("receiver", [AlarmReceiver, SealedAlarmReceiver, Aes192Receiver, Aes256Receiver])
def test_a_receiver_shows_code_zone_time_place_and_event(receiver: type[AlarmReceiver]) -> None:
    peer = receiver()
    peer.start()
    try:
        assert peer.channel(peer.port).send(alert(device_no=7), 1).proven is bool(receiver.key)
        event = wait_until(lambda: peer.events and peer.events[0], 5, "the event has come in")
    finally:
        peer.stop()
    assert (event.account, event.code, event.message) == ("0017", "PA", "7")
    assert event_id_of(event) == alert().event_id
    assert extended(event)["I"].endswith("panic panic-hall actual")
    assert (extended(event)["S"], extended(event)["L"]) == ("school-1", "hall")
    assert extended(event)["H"] == "05:00:00,11-24-2026"


def test_that_a_person_has_it_is_a_status_report_that_says_so() -> None:
    taken = alert(type="alarm.updated", state=AlarmState.ACKNOWLEDGED, acknowledged_by="Серік")
    frame = event_frame(taken, "0017", None, 1, NOW, bare=False)
    assert b"NYY" in frame
    assert b"panic panic-hall actual acknowledged]" in frame


def test_of_a_late_press_the_receiver_reads_when_the_button_was_pressed() -> None:
    frame = event_frame(alert(pressed_at=RAISED_AT - 600_000), "0017", None, 1, NOW, bare=False)
    assert b"[H04:50:00,11-24-2026]" in frame


def test_a_receiver_with_another_key_refuses_and_the_alert_is_kept() -> None:
    peer = SealedAlarmReceiver()
    peer.start()
    try:
        assert outcome(channel(peer.port, "00" * 16)) == (Outcome.CLIENT_ERROR, False)
    finally:
        peer.stop()


def test_a_hub_whose_clock_is_wrong_learns_the_receivers_time(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = SealedAlarmReceiver()
    peer.start()
    try:
        line = peer.channel(peer.port)
        line._offset = timedelta(hours=-3)  # as if the clock were three hours late
        assert line.send(alert(), 1).proven
    finally:
        peer.stop()


def test_an_alarm_whose_time_isnt_trusted_carries_none() -> None:
    frame = event_frame(alert(clock="untrusted"), "0017", None, 1, NOW, bare=False)
    assert b"[H" not in frame
    assert b"[H" in event_frame(alert(), "0017", None, 1, NOW, bare=False)


def test_a_repeat_bears_the_same_number_and_event_id(scripted: Callable[..., Scripted]) -> None:
    receiver = scripted(said(b"\n\r"), ack)
    line = channel(receiver.port)
    assert outcome(line) == (Outcome.GARBLED, False)
    assert line.send(alert(), 2) == Receipt(proven=False)
    line.send(alert(2), 1)
    assert receiver.frames[0] == receiver.frames[1]
    assert seq_of(receiver.frames[2]) == 1 + seq_of(receiver.frames[1]) % 9999


def test_the_number_after_9999_is_0001(scripted: Callable[..., Scripted]) -> None:
    receiver = scripted(ack)
    line = channel(receiver.port)
    line._last_seq = 9998
    for number in (1, 2):
        line.send(alert(number), 1)
    assert [seq_of(frame) for frame in receiver.frames] == [9999, 1]


def test_a_nak_is_answered_once_with_the_receivers_time_and_then_kept(scripted: Callable[..., Scripted]) -> None:
    receiver = scripted(nak)
    assert outcome(channel(receiver.port, KEY)) == (Outcome.CLIENT_ERROR, False)
    assert len(receiver.frames) == 2


def test_a_duh_is_never_answered_with_the_same_frame(scripted: Callable[..., Scripted]) -> None:
    receiver = scripted(duh)
    assert outcome(channel(receiver.port)) == (Outcome.REFUSED, True)
    full, bare = receiver.frames
    assert b"[I" in full
    assert b"[I" not in bare
    assert seq_of(full) != seq_of(bare)


def test_a_receiver_that_knows_no_extended_data_gets_the_bare_event(scripted: Callable[..., Scripted]) -> None:
    receiver = scripted(duh, ack)
    assert channel(receiver.port).send(alert(), 1) == Receipt(proven=False)


def test_a_plain_acknowledgement_of_an_encrypted_alert_proves_nothing(scripted: Callable[..., Scripted]) -> None:
    assert outcome(channel(scripted(ack).port, KEY)) == (Outcome.BAD_SIGNATURE, False)


def test_an_acknowledgement_in_another_key_proves_nothing(scripted: Callable[..., Scripted]) -> None:
    def other(frame: bytes) -> bytes:
        return AckMessage(Account(acct=0x17, key="11" * 16), seq_of(frame)).encode(timestamp=datetime.now(UTC))

    assert outcome(channel(scripted(other).port, KEY)) == (Outcome.BAD_SIGNATURE, False)


def test_an_old_acknowledgement_with_a_new_number_proves_nothing(scripted: Callable[..., Scripted]) -> None:
    receiver = scripted(sealed_ack, lambda frame: sealed_ack(frame, ago=30), lambda frame: sealed_ack(frame, ago=90))
    line = channel(receiver.port, KEY)
    assert line.send(alert(1), 1).proven
    assert outcome(line, 2) == (Outcome.BAD_SIGNATURE, False)
    assert outcome(line, 3) == (Outcome.BAD_SIGNATURE, False)


def test_an_acknowledgement_for_another_message_proves_nothing(scripted: Callable[..., Scripted]) -> None:
    other = scripted(lambda frame: AckMessage(Account(acct=0x17), (seq_of(frame) + 1) % 10000).encode())
    assert outcome(channel(other.port)) == (Outcome.WRONG_RECEIPT, False)


def test_an_acknowledgement_for_another_account_proves_nothing(scripted: Callable[..., Scripted]) -> None:
    other = scripted(lambda frame: AckMessage(Account(acct=0x18), seq_of(frame)).encode())
    assert outcome(channel(other.port)) == (Outcome.WRONG_RECEIPT, False)


def test_the_secondary_receiver_takes_over_and_the_heartbeat_looks_for_the_primary(
    scripted: Callable[..., Scripted],
) -> None:
    dead, second = free_port(), scripted(ack)
    line = channel(dead, secondary=second.port)
    assert line.send(alert(1), 1) == Receipt(proven=False, detail="secondary receiver")
    assert line.send(heartbeat(), 1).detail == "secondary receiver"
    assert b'"NULL"' in second.frames[-1]
    assert len(second.frames) == 2


def test_a_silent_primary_leaves_the_secondary_enough_time(scripted: Callable[..., Scripted]) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    line = channel(silent.getsockname()[1], secondary=scripted(ack).port)
    with silent:
        assert line.send(alert(1), 1).detail == "secondary receiver"


def test_what_the_primary_will_never_take_isnt_offered_to_the_secondary(scripted: Callable[..., Scripted]) -> None:
    second = scripted(ack)
    assert outcome(channel(scripted(duh).port, secondary=second.port)) == (Outcome.REFUSED, True)
    assert second.frames == []


@pytest.mark.parametrize(
    ("type_", "status", "state", "code"),
    [
        ("alarm.raised", "actual", AlarmState.UNACKNOWLEDGED, "PA"),
        ("alarm.updated", "actual", AlarmState.UNACKNOWLEDGED, "PA"),
        ("alarm.updated", "actual", AlarmState.ACKNOWLEDGED, "YY"),
        ("alarm.updated", "actual", AlarmState.RETURNED, "PH"),
        ("alarm.cleared", "actual", AlarmState.NORMAL, "PH"),
        ("alarm.raised", "actual", AlarmState.RETURNED, "PA"),
        ("alarm.raised", "exercise", AlarmState.UNACKNOWLEDGED, "TX"),
        ("test", "test", None, "RP"),
    ],
)
def test_the_code_says_what_has_happened(type_: str, status: str, state: AlarmState | None, code: str) -> None:
    assert code_of(alert(type=type_, status=status, state=state)) == code


def test_zones_are_numbered_as_the_devices_of_hub_yaml() -> None:
    assert [site().number_of(device) for device in ("panic-hall", "panic-zb", "hub", "nobody")] == [1, 2, 0, 0]


def test_a_message_about_several_alarms_says_how_many_more() -> None:
    frame = event_frame(alert(members=(1, 2, 3)), "0017", None, 1, NOW, bare=False)
    assert b"panic panic-hall actual and 2 more]" in frame


def test_every_alarm_type_has_its_code() -> None:
    assert set(CODES) == set(ALARM_TYPES)


@given(st.text(max_size=400), st.text(max_size=50))
def test_no_text_breaks_a_frame(text: str, device: str) -> None:
    frame = event_frame(alert(alarm=text, device=device), "0017", None, 1, NOW, bare=False)
    parsed = parse_frame(frame)
    assert (parsed.idtoken, parsed.seq, len(parsed.xdata)) == ("SIA-DCS", 1, 4)
    assert len(event_frame(alert(alarm=text, device=device), "0017", KEY, 1, NOW, bare=False)) < 1024


@given(st.binary(max_size=200), st.sampled_from(["", KEY]))
def test_no_answer_raises(answer: bytes, key: str) -> None:
    for raw in (answer, b"\n" + answer + b"\r", ack(b'"x"0001')[:-1] + answer):
        assert read_answer(raw, key or None).word in ("ACK", "NAK", "DUH", "DAMAGED", "FOREIGN", "GARBLED")
