"""CAP against a receiver that checks the schema and signs its receipts."""

from tests.forward.cap_receiver import CapReceiver
from tests.forward.contract import Contract


class TestCap(Contract):
    peer_class = CapReceiver
