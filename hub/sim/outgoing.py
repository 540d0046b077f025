"""One MQTT message of a simulated device."""

from typing import NamedTuple


class Outgoing(NamedTuple):
    """One MQTT message."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
