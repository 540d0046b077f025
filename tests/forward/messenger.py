"""A messenger's service as Apprise sees one: JSON over HTTP, with a login in the address."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

from hub.config.model import AppriseChannel, Secret
from hub.forward.channel import Channel, Outcome
from hub.forward.channels import channel_of
from tests.forward.contract import TcpPeer, usual
from tests.forward.faults import Fault
from tests.forward.http_server import HttpServer, Posted

PASSWORD, TOKEN = "messenger-password", "messenger-token"


def settings(port: int, scheme: str = "json") -> AppriseChannel:
    return AppriseChannel(name="caretaker", url=Secret(f"{scheme}://hub:{PASSWORD}@127.0.0.1:{port}/{TOKEN}"))


class Messenger(TcpPeer):
    """Apprise reads no more than the status of an answer, and doesn't tell why there is none."""

    kind: ClassVar[str] = "apprise"
    secrets = (PASSWORD, TOKEN)
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.ACCEPTED) | {
        Fault.CUT: Outcome.ACCEPTED,  # its status was in
        Fault.RESET: Outcome.UNREACHABLE,
        Fault.GARBAGE: Outcome.UNREACHABLE,
    }

    def start(self) -> None:
        import_module("apprise")  # which takes longer than the contract's deadline
        self._server = HttpServer()
        self._server.start()
        self.port = self._server.port

    def stop(self) -> None:
        self._server.stop()

    def channel(self, port: int) -> Channel:
        return channel_of(settings(port))

    def received(self) -> list[str]:
        return [said(posted)["message"].splitlines()[-1] for posted in self._server.posted]


def said(posted: Posted) -> dict[str, str]:
    """Title, message and type, as the service gets them."""
    content: dict[str, str] = json.loads(posted.body)
    return content
