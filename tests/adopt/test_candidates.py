import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adopt.candidates import KEPT, hinted, merged, read, slug, unknown
from hub.domain.reports import Rejection
from hub.domain.site import Device
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.router import Router

DOOR = Device(id="door", kind="door", zone="hall", dialect="zigbee2mqtt", topic="zigbee2mqtt/known", silent_after=1)


def said(topic, body):
    return list(read(topic, json.dumps(body).encode(), 1000))


def test_a_bridge_lists_its_devices():
    found = said(
        "zigbee2mqtt/bridge/devices",
        [
            {"friendly_name": "Coordinator", "type": "Coordinator"},
            {"friendly_name": "known", "type": "EndDevice"},
            {
                "friendly_name": "0x00124b",
                "type": "EndDevice",
                "definition": {
                    "model": "MCCGQ11LM",
                    "vendor": "Aqara",
                    "exposes": [{"name": "contact", "type": "binary"}],
                },
            },
            {
                "friendly_name": "Дабыл",
                "definition": {"model": "b", "exposes": [{"name": "action", "values": ["emergency", "single"]}]},
            },
        ],
    )
    new = {one.topic: one for one in unknown(found, [DOOR])}
    assert set(new) == {"zigbee2mqtt/0x00124b", "zigbee2mqtt/Дабыл"}
    assert (new["zigbee2mqtt/0x00124b"].kind, new["zigbee2mqtt/0x00124b"].model) == ("door", "Aqara MCCGQ11LM")
    assert (new["zigbee2mqtt/Дабыл"].kind, new["zigbee2mqtt/Дабыл"].id) == ("panic", "dabyl")


def test_esphomes_entities_are_one_device_and_its_kind_is_that_of_the_strongest():
    about = {"ids": "aabb", "name": "wc-2", "sw": "esphome v2026.6.5", "mdl": "esp32dev"}
    known = {}
    for name, class_ in (("motion", "motion"), ("leak", "moisture"), ("humidity", "humidity")):
        body = {"name": name, "stat_t": f"school/wc-2/sensor/{name}/state", "dev_cla": class_, "dev": about}
        known = merged(known, said(f"homeassistant/sensor/wc-2/{name}/config", body))
    [one] = known.values()
    assert (one.dialect, one.topic, one.kind, one.id) == ("esphome", "school/wc-2", "restroom", "wc-2")


def test_others_are_known_by_their_identifier():
    body = {"name": "x", "state_topic": "gw/1/door", "device_class": "door", "device": {"identifiers": ["gw1"]}}
    [one] = said("homeassistant/binary_sensor/gw1/config", body)
    assert (one.dialect, one.topic, one.kind) == ("homeassistant", "device:gw1", "door")


def test_esphomes_own_discovery():
    [one] = said("esphome/discover/panic-9", {"name": "panic-9", "board": "esp32dev"})
    assert (one.dialect, one.topic, one.model) == ("esphome", "panic-9", "esp32dev")


def test_a_node_that_announces_itself_in_two_ways_is_one_and_is_known_when_it_is_adopted():
    about = {"ids": "aabb", "name": "panic-9", "sw": "esphome v2026.6.5"}
    body = {"name": "loop", "stat_t": "school/panic-9/text_sensor/loop/state", "dev": about}
    found = merged({}, said("esphome/discover/panic-9", {"name": "panic-9", "board": "esp32dev"}))
    assert [one.topic for one in unknown(found.values(), [])] == ["panic-9"]
    found = merged(found, said("homeassistant/sensor/panic-9/loop/config", body))
    [one] = unknown(found.values(), [])
    assert one.topic == "school/panic-9"
    adopted = Device(id="p", kind="panic", zone="hall", dialect="esphome", topic=one.topic, silent_after=1)
    assert unknown(found.values(), [adopted]) == []


def test_the_table_is_bounded_and_two_devices_never_have_one_id():
    known = {}
    for number in range(KEPT + 50):
        known = merged(known, read("esphome/discover/a", json.dumps({"name": f"a.{number % 400}"}).encode(), number))
    assert len(known) == KEPT
    known = merged({}, [*said("esphome/discover/a", {"name": "a b"}), *said("esphome/discover/b", {"name": "a-b"})])
    assert {one.id for one in unknown(known.values(), [])} == {"a-b", "a-b-2"}


@given(
    st.sampled_from(["zigbee2mqtt/bridge/devices", "esphome/discover/x", "homeassistant/sensor/a/config"]),
    st.binary() | st.recursive(st.none() | st.text() | st.integers(), lambda c: st.lists(c) | st.dictionaries(
        st.sampled_from(["friendly_name", "definition", "exposes", "name", "device", "state_topic", "ids"]), c)
    ).map(lambda body: json.dumps(body).encode()),
)  # fmt: skip
def test_nothing_that_comes_from_outside_raises(topic, payload):
    for one in read(topic, payload, 1):
        assert one.topic.isprintable()
        assert slug(one.name)


NEIGHBOURS = [
    Device(id=f"known-{dialect}", kind="door", zone="hall", dialect=dialect, topic=topic, silent_after=1)
    for dialect, topic in (
        ("esphome", "school/known"), ("zigbee2mqtt", "z2m/known"), ("tasmota", "known"), ("shelly", "shelly-known"),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "dialect", "of"),
    [
        ("school/wc-2/binary_sensor/leak/state", "esphome", "school/wc-2"),
        ("school/lamp-2/switch/relay/state", "esphome", "school/lamp-2"),
        ("school/lamp-2/status", "esphome", "school/lamp-2"),
        ("school/panic-2/event", "esphome", "school/panic-2"),
        ("z2m/дабыл түймесі 2", "zigbee2mqtt", "z2m/дабыл түймесі 2"),
        ("tele/light-2/LWT", "tasmota", "light-2"),
        ("shellyplus1-08b61fd141e8/online", "shelly", "shellyplus1-08b61fd141e8"),
    ],
)
def test_a_device_that_only_speaks_is_known_by_how_it_does(topic, dialect, of):
    router = Router(NEIGHBOURS, DIALECTS)
    said = [router.decode(Message(topic, b"x"), lane) for lane in LaneName]
    [refused] = [one for one in said if isinstance(one, Rejection)]
    [found] = hinted([(topic, refused.detail, 5, 9)])
    assert (found.dialect, found.topic, found.first_seen, found.hint) == (dialect, of, 5, True)


def test_what_was_refused_for_another_reason_is_no_hint():
    assert not list(hinted([("school/x/event", "the payload is not UTF-8", 1, 1), ("a/b", "", 1, 1)]))
