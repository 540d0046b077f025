"""Apprise against a service on the loopback."""

from tests.forward.contract import Contract
from tests.forward.messenger import Messenger


class TestApprise(Contract):
    peer_class = Messenger
