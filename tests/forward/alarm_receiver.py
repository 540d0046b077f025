"""An alarm receiving centre: pysiaalarm, a receiver of SIA DC-09, plain and encrypted."""

import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from pysiaalarm import SIAAccount, SIAClient

from hub.config.model import Dc09Channel, Secret
from hub.forward.channel import Outcome
from hub.forward.channels.dc09 import Dc09
from tests.forward.contract import TcpPeer, usual
from tests.forward.faults import Fault

ACCOUNT = "0017"
KEYS = ("0123456789abcdef", "0123456789abcdef01234567", "0123456789abcdef0123456789abcdef")
"""The three lengths of AES as pysiaalarm wants them: characters, whose codes are the key."""

logging.getLogger("pysiaalarm").setLevel(logging.CRITICAL)


class AlarmReceiver(TcpPeer):
    """Without a key."""

    kind: ClassVar[str] = "dc09"
    title: ClassVar[str] = "dc09, plain"
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.ACCEPTED)
    secrets: tuple[str, ...] = ()
    key = ""

    def __init__(self, **account: Any) -> None:
        self.events: list[Any] = []
        self._account = account

    def start(self) -> None:
        account = SIAAccount(ACCOUNT, self.key or None, **self._account)
        self._client = SIAClient("127.0.0.1", 0, [account], self.events.append)
        self._client.sia_server.daemon_threads = True
        self.port = self._client.sia_server.server_address[1]
        self._client.start(poll_interval=0.02)

    def stop(self) -> None:
        self._client.stop()

    def channel(self, port: int) -> Dc09:
        key = Secret(self.key.encode().hex()) if self.key else None
        return Dc09(Dc09Channel(name="line", host="127.0.0.1", port=port, account=ACCOUNT, key=key))

    def received(self) -> list[str]:
        return [event_id_of(event) for event in self.events if event.message_type.value != "NULL"]


class SealedAlarmReceiver(AlarmReceiver):
    """With AES-128."""

    title = "dc09, encrypted"
    expected = usual(Outcome.DELIVERED)
    key = KEYS[0]
    secrets = (KEYS[0], KEYS[0].encode().hex())


class Aes192Receiver(SealedAlarmReceiver):
    key = KEYS[1]


class Aes256Receiver(SealedAlarmReceiver):
    key = KEYS[2]


def extended(event: Any) -> dict[str, str]:
    """The event's extended data by its letter."""
    return {data.identifier: data.value for data in event.extended_data or ()}


def event_id_of(event: Any) -> str:
    """The first word of the alarm text."""
    return extended(event).get("I", "").partition(" ")[0]
