"""Short messages through a modem on a pseudo-terminal."""

from tests.forward.contract import Contract
from tests.forward.modem import ModemPeer


class TestSms(Contract):
    peer_class = ModemPeer
