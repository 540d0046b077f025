"""What every channel must do, whatever it is made of. Each channel's test derives from `Contract` and brings a `Peer`:
the real other side, and what is to be expected of each fault on the way to it."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.alerts import Alert
from hub.forward.channel import Channel, Outcome, Receipt, SendError
from tests.forward.alerts import alert, heartbeat
from tests.forward.faults import HAD_IT, Fault, FaultProxy
from tests.servers import wait_until

DEADLINE = 0.6
SLACK = 0.7
"""Seconds by which a busy machine may be late."""
PROOF = {Outcome.DELIVERED: True, Outcome.ACCEPTED: False}


def usual(answered: Outcome) -> dict[Fault, Outcome]:
    """What a channel makes of each fault, where its protocol tells them apart; `answered` where there is an answer."""
    return {
        Fault.NONE: answered,
        Fault.DELAY: answered,
        Fault.STALL: Outcome.TIMEOUT,
        Fault.ANSWER_LOST: Outcome.TIMEOUT,
        Fault.CUT: Outcome.RESET,
        Fault.TRICKLE: Outcome.TIMEOUT,
        Fault.RESET: Outcome.RESET,
        Fault.GARBAGE: Outcome.GARBLED,
        Fault.REFUSE: Outcome.UNREACHABLE,
    }


class Line(Protocol):
    """The way to the peer, on which faults happen: a FaultProxy for everything over TCP."""

    port: Any
    garbage: bytes

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def set(self, fault: Fault) -> None: ...


class Peer(Protocol):
    """The real other side of a channel, on the loopback."""

    kind: ClassVar[str]
    """As in hub.yaml."""
    expected: ClassVar[Mapping[Fault, Outcome]]
    """For every fault. DELIVERED: a proven receipt; ACCEPTED: an unproven one; all others: SendError."""
    secrets: tuple[str, ...]
    """Texts that no error may contain."""

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def line(self) -> Line:
        """The way to it, not started yet; over TCP a FaultProxy, with a trigger if it doesn't begin with the alert."""
        ...

    def channel(self, port: Any) -> Channel:
        """The channel under test, made from its settings, pointed at the line's `port`."""
        ...

    def received(self) -> list[str]:
        """The event ids of the alerts that have come in, in order, repeats included; heartbeats are left out."""
        ...


class TcpPeer:
    """What peers over TCP share; their `start` sets `port`."""

    port: int
    trigger: bytes = b""

    def line(self) -> Line:
        return FaultProxy(self.port, self.trigger)


class Contract:
    """Derive a class `Test…` and set `peer_class`."""

    peer_class: ClassVar[type[Peer]]
    answers_wait: ClassVar[bool] = False
    """Whether the other side keeps an answer that didn't get through, so that nothing need be sent again."""

    @pytest.fixture
    def peer(self, tmp_path: Any) -> Iterator[Peer]:
        peer = self.peer_class()
        peer.start()
        yield peer
        peer.stop()

    @pytest.fixture
    def line(self, peer: Peer) -> Iterator[Line]:
        line = peer.line()
        line.start()
        yield line
        line.stop()

    @pytest.fixture
    def channel(self, peer: Peer, line: Line) -> Iterator[Channel]:
        channel = peer.channel(line.port)
        channel.deadline = DEADLINE
        yield channel
        channel.close()

    @pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value.replace(" ", "_"))
    def test_a_fault_has_its_outcome_and_the_repeat_the_same_event_id(
        self, fault: Fault, peer: Peer, line: Line, channel: Channel
    ) -> None:
        sent = alert()
        line.set(fault)
        began = time.monotonic()
        outcome = attempt(channel, sent, 1, peer)
        assert outcome is peer.expected[fault]
        assert time.monotonic() - began < channel.deadline + SLACK
        line.set(Fault.NONE)
        assert delivered_at_last(channel, sent, peer) is peer.expected[Fault.NONE]
        arrived(peer, [sent.event_id] * (2 if fault in HAD_IT and not self.answers_wait else 1))

    def test_a_connection_that_was_kept_and_broke_costs_no_alert(
        self, peer: Peer, line: Line, channel: Channel
    ) -> None:
        assert delivered_at_last(channel, alert(1), peer)
        line.set(Fault.REFUSE)
        line.set(Fault.NONE)
        assert delivered_at_last(channel, alert(2), peer)
        arrived(peer, [alert(1).event_id, alert(2).event_id])

    def test_what_reaches_the_peer_is_told_apart_and_in_order(self, peer: Peer, channel: Channel) -> None:
        alerts = [alert(number) for number in (1, 2, 3)]
        for one in alerts:
            assert delivered_at_last(channel, one, peer)
        arrived(peer, [one.event_id for one in alerts])

    def test_every_type_of_alert_can_be_sent(self, peer: Peer, channel: Channel) -> None:
        for number, (type_, status) in enumerate(
            [("alarm.raised", "actual"), ("alarm.updated", "exercise"), ("alarm.cleared", "test"), ("test", "test")]
        ):
            assert delivered_at_last(channel, alert(number, type=type_, status=status), peer)

    def test_texts_with_anything_in_them_can_be_sent(self, peer: Peer, channel: Channel) -> None:
        nasty = "]\r\n.\r\n<b>&\"'\x00\x1a|#[" + "ұзақ мәтін 🔔 " * 40
        assert delivered_at_last(channel, alert(text={"kk": nasty, "ru": nasty, "en": nasty}), peer)
        arrived(peer, [alert().event_id])

    def test_a_supervised_line_answers_a_heartbeat(self, peer: Peer, line: Line, channel: Channel) -> None:
        if not channel.supervised:
            return
        assert channel.send(heartbeat(), 1).proven == PROOF[peer.expected[Fault.NONE]]
        for fault in (Fault.STALL, Fault.REFUSE):
            line.set(fault)
            with pytest.raises(SendError):
                channel.send(heartbeat(), 1)
        assert peer.received() == []

    def test_closing_twice_is_harmless(self, peer: Peer, channel: Channel) -> None:
        channel.close()
        delivered_at_last(channel, alert(), peer)
        channel.close()
        channel.close()

    def test_nothing_that_answers_by_chance_is_taken_for_a_receipt(self, peer: Peer, line: Line) -> None:
        line.set(Fault.GARBAGE)

        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.binary(min_size=1, max_size=300))
        def never_proven(answer: bytes) -> None:
            line.garbage = answer
            channel = peer.channel(line.port)
            channel.deadline = DEADLINE / 4  # most of it leads to nothing but silence
            try:
                assert attempt(channel, alert(), 1, peer) not in PROOF
            finally:
                channel.close()

        never_proven()


def attempt(channel: Channel, sent: Alert, number: int, peer: Peer) -> Outcome:
    """The outcome of one attempt, whichever way it is told; nothing but SendError may be raised, without a secret."""
    try:
        receipt = channel.send(sent, number)
    except SendError as error:
        _well_told(error, peer)
        return error.outcome
    assert isinstance(receipt, Receipt)
    return Outcome.DELIVERED if receipt.proven else Outcome.ACCEPTED


def arrived(peer: Peer, event_ids: list[str]) -> None:
    """Waits until at least these have come in; nothing else may have, and each first in this order. Some receivers
    answer before they have put away what they got."""
    wait_until(lambda: len(peer.received()) >= len(event_ids), 5, f"{len(event_ids)} alerts have come in")
    assert list(dict.fromkeys(peer.received())) == list(dict.fromkeys(event_ids))


def _well_told(error: SendError, peer: Peer) -> None:
    text = f"{error} {error!r}"
    assert error.outcome not in PROOF
    assert not error.permanent or error.scope == "row"
    assert not [secret for secret in peer.secrets if secret in text]
    assert str(error).isprintable()


def delivered_at_last(channel: Channel, sent: Alert, peer: Peer, seconds: float = 10) -> Outcome:
    """Tries again as a worker would, until there is a receipt; its proof is the one that the peer declares."""
    until, number = time.monotonic() + seconds, 2
    while True:
        outcome = attempt(channel, sent, number, peer)
        if outcome in PROOF:
            assert outcome is peer.expected[Fault.NONE]
            return outcome
        assert time.monotonic() < until, f"never delivered; at last {outcome}"
        number += 1
