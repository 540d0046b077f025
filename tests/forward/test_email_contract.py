"""E-mail against a real SMTP server."""

from tests.forward.contract import Contract
from tests.forward.mail_server import MailPeer


class TestEmail(Contract):
    peer_class = MailPeer
