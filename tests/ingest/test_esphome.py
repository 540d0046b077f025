"""ESPHome's topics and payloads, and the hub's panic protocol."""

import pytest

from hub.domain.reports import Press, Rejection, Report
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects.esphome import EspHome
from tests.ingest.devices import esphome, mapped

KINDS = ("panic", "door", "lighting", "restroom")


def decoded(topic: str, payload: str | bytes, *, retained: bool = False, **more: object):
    dialect = EspHome([esphome(kind, **more) for kind in KINDS])
    route = dialect.find(topic)
    assert route is not None, f"{topic} has no route"
    body = payload.encode() if isinstance(payload, str) else payload
    return route.decode(Message(topic, body, retained))


@pytest.mark.parametrize(
    ("topic", "payload", "signals"),
    [
        ("lighting-1/sensor/lux/state", "312.5", (("lux", 312.5),)),
        ("lighting-1/sensor/illuminance/state", "312", (("lux", 312.0),)),
        ("lighting-1/switch/relay/state", "ON", (("relay", "on"),)),
        ("door-1/binary_sensor/contact/state", "ON", (("contact", "open"),)),
        ("door-1/binary_sensor/contact/state", "OFF", (("contact", "closed"),)),
        ("door-1/binary_sensor/door/state", "ON", (("contact", "open"),)),
        ("door-1/binary_sensor/tamper/state", "ON", (("tamper", True),)),
        ("restroom-1/binary_sensor/water_leak/state", "ON", (("leak", True),)),
        ("restroom-1/binary_sensor/restroom_1_occupancy/state", "OFF", (("occupancy", False),)),
        ("restroom-1/sensor/air_co2/state", "800", (("co2", 800.0),)),
        ("panic-1/sensor/loop/state", "short", (("loop", "short"),)),
        ("panic-1/sensor/firmware/state", "2026.10.0", (("firmware", "2026.10.0"),)),
        ("panic-1/status", "online", (("reachable", True),)),
        ("panic-1/status", "offline", (("reachable", False),)),
        ("panic-1/sensor/uptime/state", "77", ()),
        ("lighting-1/sensor/lux/state", "nan", ()),
        ("door-1/binary_sensor/contact/state", "unknown", ()),
        ("restroom-1/sensor/lux/state", "50", ()),
    ],
)
def test_a_state_is_read(topic, payload, signals):
    assert decoded(f"school/{topic}", payload) == Report(topic.partition("/")[0], signals)


@pytest.mark.parametrize(
    ("kind", "body", "press"),
    [
        ("panic", '{"event":"panic","boot":7,"seq":42}', Press("press", 7, 42)),
        ("panic", '{"event":"panic","boot":7,"seq":42,"age":3}', Press("press", 7, 42, 3)),
        ("panic", '{"event":"panic","boot":7,"seq":42,"age":0}', Press("press", 7, 42, 0)),
        *(
            ("panic", f'{{"event":"panic","boot":7,"seq":42,"age":{wrong}}}', Press("press", 7, 42))
            for wrong in ("-1", "4294968", "1e99", "3.5", '"3"', "true", "null", "[]", "{}", "99999999999999999999")
        ),
        ("panic", '{"event":"test","boot":0,"seq":4294967295}', Press("test_press", 0, 4294967295)),
        ("restroom", '{"event":"help","boot":7,"seq":42}', Press("help", 7, 42)),
    ],
)
def test_a_numbered_event_is_a_press(kind, body, press):
    assert decoded(f"school/{kind}-1/event", body) == Report(f"{kind}-1", presses=(press,))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("[]", "wrong_type"),
        ("{}", "wrong_type"),
        ('{"event":"panic","boot":-1,"seq":1}', "wrong_type"),
        ('{"event":"panic","boot":4294967296,"seq":1}', "wrong_type"),
        ('{"event":"panic","boot":1.5,"seq":1}', "wrong_type"),
        ('{"event":"panic","boot":true,"seq":1}', "wrong_type"),
        ('{"event":"panic","boot":"1","seq":1}', "wrong_type"),
        ('{"event":"panic","boot":1}', "wrong_type"),
        ('{"event":"help","boot":1,"seq":1}', "unknown_event"),
        ('{"event":"x","boot":1,"seq":1}', "unknown_event"),
        ('{"event":"panic","boot":NaN,"seq":1}', "not_json"),
        (b"\xff\xfe", "not_utf8"),
        (b'{"event":"\xff","boot":1,"seq":1}', "not_utf8"),
        ("[" * 4000, "wrong_type"),
    ],
)
def test_a_malformed_event_has_a_named_reason(body, reason):
    result = decoded("school/panic-1/event", body)
    assert isinstance(result, Rejection)
    assert (result.reason, result.device) == (reason, "panic-1")


def test_a_retained_event_is_refused():
    body = '{"event":"panic","boot":7,"seq":42}'
    assert decoded("school/panic-1/event", body, retained=True).reason == "retained_event"


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("lighting-1/sensor/lux/state", "abc", "wrong_type"),
        ("lighting-1/sensor/lux/state", "inf", "not_finite"),
        ("lighting-1/sensor/lux/state", "1e400", "not_finite"),
        ("lighting-1/sensor/lux/state", "-5", "out_of_range"),
        ("panic-1/sensor/battery/state", "200", "out_of_range"),
        ("door-1/binary_sensor/contact/state", "maybe", "wrong_type"),
        ("door-1/binary_sensor/contact/state", b"\xff", "not_utf8"),
        ("door-1/status", "sleeping", "wrong_type"),
    ],
)
def test_a_wrong_state_has_a_named_reason(topic, payload, reason):
    assert decoded(f"school/{topic}", payload).reason == reason


def test_a_plain_button_presses_when_it_is_on():
    assert decoded("school/panic-1/binary_sensor/press/state", "ON") == Report("panic-1", presses=(Press("press"),))
    assert decoded("school/panic-1/binary_sensor/press/state", "OFF") == Report("panic-1")
    assert decoded("school/panic-1/binary_sensor/press/state", "ON", retained=True).reason == "retained_event"


def test_a_devices_own_map_names_its_channels():
    map_ = mapped(reed_1="contact")
    result = decoded("school/door-1/binary_sensor/reed_1/state", "ON", map=map_)
    assert result == Report("door-1", (("contact", "open"),))


def test_presses_travel_on_the_panic_lane_and_readings_do_not():
    dialect = EspHome([esphome(kind) for kind in KINDS])
    for topic, lane in [("school/panic-1/event", "panic"), ("school/restroom-1/event", "panic"),
                        ("school/panic-1/binary_sensor/press/state", "panic"),
                        ("school/panic-1/sensor/battery/state", "telemetry")]:  # fmt: skip
        assert dialect.find(topic).lane == lane
    assert "school/+/event" in [s.filter for s in dialect.subscriptions() if s.lane is LaneName.PANIC]


def test_an_unknown_device_is_refused_by_name():
    result = decoded("school/stranger/event", '{"event":"panic","boot":1,"seq":1}')
    assert (result.reason, result.device) == ("unknown_device", "")


@pytest.mark.parametrize("topic", ["school/panic-1/receipt", "school/panic-1/debug", "other/panic-1/event", "school"])
def test_what_is_nobodys_state_has_no_route(topic):
    assert EspHome([esphome("panic")]).find(topic) is None
