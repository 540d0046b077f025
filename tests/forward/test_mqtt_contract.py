"""MQTT against a real Mosquitto with headquarters' application on it."""

from tests.forward.contract import Contract
from tests.forward.hq_broker import HqMqtt


class TestMqtt(Contract):
    peer_class = HqMqtt
    answers_wait = True
