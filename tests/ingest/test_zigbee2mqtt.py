"""Zigbee2MQTT's payloads, as its documentation gives them."""

import json

import msgspec
import pytest

from hub.domain.reports import Linked, Press, Rejection, Report
from hub.domain.site import Mapped
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects.zigbee2mqtt import Zigbee2Mqtt
from tests.ingest.devices import zigbee

KINDS = ("panic", "door", "lighting", "restroom")


def decoded(topic: str, said: object, *, retained: bool = False, **more: object):
    route = Zigbee2Mqtt([zigbee(kind, **more) for kind in KINDS]).find(f"zigbee2mqtt/{topic}")
    assert route is not None, f"{topic} has no route"
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return route.decode(Message(topic, body, retained))


@pytest.mark.parametrize(
    ("kind", "said", "signals"),
    [
        ("door", {"battery": 97, "battery_low": False, "contact": True, "tamper": False, "linkquality": 143},
         {"battery": 97, "battery_low": False, "contact": "closed", "tamper": False, "linkquality": 143}),
        ("door", {"contact": False}, {"contact": "open"}),
        ("door", {"state": "LOCK"}, {"lock": "locked"}),
        ("lighting", {"illuminance": 300}, {"lux": 300}),
        ("lighting", {"illuminance": 23000, "illuminance_lux": 200}, {"lux": 200}),
        ("lighting", {"state": "ON", "power": 12.5}, {"relay": "on", "power": 12.5}),
        ("restroom", {"water_leak": True, "occupancy": False, "humidity": 40.1},
         {"leak": True, "occupancy": False, "humidity": 40.1}),
        ("restroom", {"presence": True, "voc": 300, "co2": 700}, {"occupancy": True, "co2": 700}),
        ("restroom", {"contact": None, "battery": 200, "temperature": 21}, {"temperature": 21}),
        ("restroom", {"illuminance": 3, "noise": 60}, {}),
        ("panic", {"battery": 60, "voltage": 2900, "action": None}, {"battery": 60, "voltage": 2.9}),
        ("lighting", {"state": "ON", "voltage": 231}, {"relay": "on"}),
    ],
)  # fmt: skip
def test_a_state_is_read(kind, said, signals):
    result = decoded(f"{kind}-1", said)
    assert isinstance(result, Report)
    assert dict(result.signals) == signals
    assert not result.presses


@pytest.mark.parametrize("action", ["panic", "emergency", "single", "double", "on", "hold"])
def test_any_action_of_a_panic_button_is_a_press(action):
    assert decoded("panic-1", {"action": action}).presses == (Press("press"),)


@pytest.mark.parametrize(
    "action", ["", None, "release", "hold_release", "release_1", "brightness_stop", "brightness_stop_up", "off", 5]
)
def test_letting_go_is_no_press(action):
    assert decoded("panic-1", {"action": action}).presses == ()


def test_a_button_in_a_restroom_calls_for_help():
    assert decoded("restroom-1", {"action": "single"}).presses == (Press("help"),)


def test_a_map_makes_one_action_a_test():
    map_ = {"action": Mapped("press", {"hold": "test_press"})}
    assert decoded("panic-1", {"action": "hold"}, map=map_).presses == (Press("test_press"),)
    assert decoded("panic-1", {"action": "single"}, map=map_).presses == (Press("press"),)


def test_a_map_makes_a_press_of_what_mostly_is_a_release():
    map_ = {"action": Mapped("press", {"off": "press"})}
    assert decoded("panic-1", {"action": "off"}, map=map_).presses == (Press("press"),)
    assert decoded("panic-1", {"action": "release"}, map=map_).presses == ()


def test_the_button_that_stops_a_blind_is_no_release():
    assert decoded("panic-1", {"action": "stop"}).presses == (Press("press"),)


def test_a_click_that_says_an_action_again_is_one_press():
    assert decoded("panic-1", {"action": "single_right", "click": "right"}).presses == (Press("press"),)
    assert decoded("panic-1", {"action": "", "click": "right"}).presses == (Press("press"),)


def test_a_property_that_the_map_makes_a_button_is_one():
    assert decoded("panic-1", {"emergency": True}, map={"emergency": Mapped("press")}).held == (("press", True),)
    assert decoded("panic-1", {"key": "1"}, map={"key": Mapped("test_press")}).presses == (Press("test_press"),)


@pytest.mark.parametrize("kind", KINDS)
def test_a_property_that_is_called_as_an_event_is_no_signal(kind):
    assert decoded(f"{kind}-1", {"help": True, "press": 1, "test_press": "x", "battery": 50}).signals == (
        ("battery", 50),
    )


def test_an_sos_is_a_level():
    assert decoded("panic-1", {"sos": True}).held == (("press", True),)


def test_a_retained_action_is_no_press_but_its_state_is_known():
    result = decoded("panic-1", {"action": "panic", "battery": 50}, retained=True)
    assert result == Report("panic-1", (("battery", 50),), retained=True)


@pytest.mark.parametrize("said", [b'{"state":"offline"}', b"offline"])
def test_availability_is_the_bridges_word_and_no_sign_of_life(said):
    assert decoded("door-1/availability", said) == Report("door-1", (("reachable", False),), retained=True)


def test_a_single_attribute_is_read_too():
    assert decoded("door-1/contact", b"false").signals == (("contact", "open"),)
    assert decoded("door-1/battery", b"88").signals == (("battery", 88.0),)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "not_json"),
        (b"[]", "wrong_type"),
        (b'"x"', "wrong_type"),
        (b'{"contact":NaN}', "not_json"),
        (b"\xff", "not_utf8"),
        (b'{"a":' * 1000 + b"1" + b"}" * 1000, "too_deep"),
        (b'{"a":' * 12 + b"1" + b"}" * 12, "too_deep"),
    ],
)
def test_a_malformed_payload_has_a_named_reason(said, reason):
    result = decoded("door-1", said)
    assert isinstance(result, Rejection)
    assert (result.reason, result.device) == (reason, "door-1")


def test_commands_and_the_bridges_own_messages_are_nobodys_state():
    dialect = Zigbee2Mqtt([zigbee("door")])
    for topic in ("zigbee2mqtt/door-1/set", "zigbee2mqtt/door-1/get", "zigbee2mqtt/bridge/info", "other/door-1"):
        assert dialect.find(topic) is None


def test_an_unknown_device_is_refused_by_name():
    assert decoded("stranger", {"contact": True}).reason == "unknown_device"


def test_names_may_contain_slashes():
    device = msgspec.structs.replace(zigbee("door"), topic="zigbee2mqtt/floor 1/door")
    route = Zigbee2Mqtt([device]).find("zigbee2mqtt/floor 1/door")
    assert route.decode(Message("", b'{"contact":true}')).signals == (("contact", "closed"),)


def test_buttons_travel_on_the_panic_lane():
    dialect = Zigbee2Mqtt([zigbee(kind) for kind in KINDS])
    assert dialect.find("zigbee2mqtt/panic-1").lane is LaneName.PANIC
    assert dialect.find("zigbee2mqtt/door-1").lane is LaneName.TELEMETRY
    assert "zigbee2mqtt/panic-1" in [s.filter for s in dialect.subscriptions() if s.lane is LaneName.PANIC]


@pytest.mark.parametrize(
    ("said", "up"), [(b'{"state":"online"}', True), (b'{"state":"offline"}', False), (b"offline", False)]
)
def test_the_bridges_state_speaks_for_all_devices_behind_it(said, up):
    dialect = Zigbee2Mqtt([zigbee("door"), zigbee("panic")])
    route = dialect.find("zigbee2mqtt/bridge/state")
    assert route.decode(Message("", said, retained=True)) == Linked("bridge", "zigbee2mqtt", up, ("door-1", "panic-1"))


def test_a_base_topic_may_contain_slashes():
    device = msgspec.structs.replace(zigbee("door"), topic="school/zigbee2mqtt/floor 1/door")
    dialect = Zigbee2Mqtt([device])
    route = dialect.find("school/zigbee2mqtt/bridge/state")
    assert route.decode(Message("", b"online")) == Linked("bridge", "school/zigbee2mqtt", True, ("door-1",))
    assert "school/zigbee2mqtt/bridge/state" in [s.filter for s in dialect.subscriptions()]


@pytest.mark.parametrize("said", [b'{"state":"maybe"}', b"{", b"\xff", b""])
def test_a_bridge_that_talks_nonsense_is_refused(said):
    result = Zigbee2Mqtt([zigbee("door")]).find("zigbee2mqtt/bridge/state").decode(Message("", said))
    assert isinstance(result, Rejection)


@pytest.mark.parametrize(
    ("last_seen", "said_at"),
    [
        ("2026-11-24T10:00:00.250Z", 1_795_514_400_250),
        ("2026-11-24T15:00:00+05:00", 1_795_514_400_000),
        (1_795_514_400_250, 1_795_514_400_250),
        ("2026-11-24T15:00:00", None),
        ("yesterday", None),
        (True, None),
        (-1, None),
        (None, None),
    ],
)
def test_when_the_device_itself_spoke_is_taken_from_last_seen(last_seen, said_at):
    assert decoded("door-1", {"contact": True, "last_seen": last_seen}).said_at == said_at
