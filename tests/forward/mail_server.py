"""A real SMTP server on the loopback (aiosmtpd), with TLS and logins where a test wants them."""

import email
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import default
from typing import Any, ClassVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from hub.config.model import EmailChannel
from hub.forward.channel import Channel, Outcome
from hub.forward.channels import channel_of
from tests.forward.contract import TcpPeer, usual
from tests.forward.faults import Fault
from tests.servers import free_port

SENDER = "hub@school.example"
LOGIN, PASSWORD = "hub", "the-mail-password"


class MailServer:
    """Keeps letters with those who got them. `replies` are its answers to recipients, `at_data` to a letter."""

    def __init__(self, **options: Any) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.replies: dict[str, str] = {}
        self.at_data = "250 OK"
        self.at_sender = ""
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, authenticator=_login, **options)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if not self.at_sender:
            envelope.mail_from = address
        return self.at_sender or "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.at_data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.letters.append((list(envelope.rcpt_tos), email.message_from_bytes(content, policy=default)))
        return self.at_data


class MailPeer(TcpPeer):
    """The server as it is between a school and its provider, seen through the contract."""

    kind: ClassVar[str] = "email"
    secrets: tuple[str, ...] = ()
    trigger = b"Message-ID"
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.ACCEPTED)

    def start(self) -> None:
        self._server = MailServer()
        self._server.start()
        self.port = self._server.port

    def stop(self) -> None:
        self._server.stop()

    def channel(self, port: int) -> Channel:
        return channel_of(
            EmailChannel(name="mail", host="127.0.0.1", port=port, sender=SENDER, to=("a@b.kz",), security="none")
        )

    def received(self) -> list[str]:
        return [message["Message-ID"].strip("<>").partition("@")[0] for _, message in self._server.letters]


def _login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
    right = (given.login, given.password) == (LOGIN.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
