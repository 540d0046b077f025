"""SIA DC-09 against pysiaalarm, plain and encrypted."""

from tests.forward.alarm_receiver import AlarmReceiver, SealedAlarmReceiver
from tests.forward.contract import Contract


class TestDc09(Contract):
    peer_class = AlarmReceiver


class TestDc09Encrypted(Contract):
    peer_class = SealedAlarmReceiver
