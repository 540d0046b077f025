"""A broker, bridge or serial port that is gone is one alarm, not sixty."""

import pytest

from hub.domain.events import Tick
from hub.domain.links import alarm_device, link_name
from hub.domain.reports import Linked
from hub.domain.wording import sentence
from tests.domain.build import School

BEHIND = ("panic-zb", "panic-hall")
BRIDGE = Linked("bridge", "zigbee2mqtt", True, BEHIND)
GONE = Linked("bridge", "zigbee2mqtt", False, BEHIND)


def connected() -> School:
    school = School(silent_after=90_000)
    school.happens(Linked("broker", "", True, ("panic-hall", "panic-zb")))
    school.happens(BRIDGE)
    school.says("panic-hall", battery=90)
    return school


def test_a_bridge_that_is_gone_is_one_alarm_and_its_devices_have_none():
    school = connected()
    school.happens(GONE)
    assert not school.after(59).happens(Tick()).alarms
    (alarm,) = school.after(1).happens(Tick()).alarms
    assert (alarm.type, alarm.device, alarm.kind, alarm.priority) == ("bridge_down", "hub.zigbee2mqtt", "hub", "high")
    assert not school.after(600).happens(Tick()).alarms
    assert school.state.unheard("panic-hall")


def test_when_it_is_back_its_alarm_returns_and_silence_counts_anew():
    school = connected()
    school.happens(GONE)
    school.after(120).happens(Tick())
    decision = school.happens(BRIDGE)
    assert [(a.type, a.state) for a in decision.alarms] == [("bridge_down", "returned_unacknowledged")]
    assert not school.after(90).happens(Tick()).alarms
    assert [a.type for a in school.after(1).happens(Tick()).alarms] == ["silent"]


def test_a_short_absence_is_no_alarm():
    school = connected()
    school.happens(GONE)
    school.after(30).happens(BRIDGE)
    assert not school.after(59).happens(Tick()).alarms


def test_a_broker_that_is_gone_is_an_alarm_of_the_hub_and_hides_the_bridges():
    school = connected()
    school.happens(Linked("broker", "", False, BEHIND))
    school.happens(GONE)
    alarms = school.after(61).happens(Tick()).alarms
    assert [(a.device, a.type) for a in alarms] == [("hub", "broker_down")]
    assert sentence(school.state.site, alarms[0], "ru").startswith("Школа №1: хаб не получает сообщений от датчиков")


def test_a_broker_that_never_was_there_counts_from_the_start():
    school = School()
    school.after(50).happens(Linked("broker", "", False, BEHIND))
    assert [a.type for a in school.after(11).happens(Tick()).alarms] == ["broker_down"]


def test_what_changed_behind_it_is_found_after_the_gap():
    school = connected()
    school.happens(GONE)
    school.after(240).happens(BRIDGE)
    (alarm,) = school.after(6).says("panic-hall", tamper=True).alarms
    assert (alarm.type, alarm.gap) == ("tamper", 240_000)


def test_a_device_that_speaks_proves_its_bridge():
    school = connected()
    school.happens(GONE)
    school.after(70).happens(Tick())
    assert "bridge_down" in [a.type for a in school.says("panic-hall", battery=90).alarms]
    assert school.state.links["bridge:zigbee2mqtt"].up


def test_a_message_from_right_before_its_end_does_not():
    school = connected()
    school.happens(GONE)
    school.after(1).says("panic-hall", battery=90)
    assert not school.state.links["bridge:zigbee2mqtt"].up


def test_the_same_news_twice_changes_nothing():
    school = connected()
    assert not school.happens(BRIDGE).links
    assert not school.happens(BRIDGE).journal


def test_a_press_behind_a_bridge_that_is_gone_is_an_alarm():
    school = connected()
    school.happens(GONE)
    assert school.after(2).presses().alarms


@pytest.mark.parametrize(
    ("link", "name", "device"),
    [
        (Linked("broker", "", True, ()), "broker", "hub"),
        (Linked("bridge", "school/Z2M", True, ()), "bridge:school/Z2M", "hub.school-z2m"),
        (Linked("port", "/dev/ttyUSB0", True, ()), "port:/dev/ttyUSB0", "hub.dev-ttyusb0"),
    ],
)
def test_each_link_has_a_name_and_a_device_that_no_sensor_can_have(link, name, device):
    assert link_name(link) == name
    assert alarm_device(link).id == device
