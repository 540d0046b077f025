"""The webhook against a receiver that verifies and signs with standardwebhooks."""

from tests.forward.contract import Contract
from tests.forward.receiver import Receiver


class TestWebhook(Contract):
    peer_class = Receiver
