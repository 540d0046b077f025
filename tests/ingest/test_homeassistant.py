"""What devices announce is learnt, kept and forgotten; whatever they announce, nothing breaks."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.reports import Reason, Rejection, Report
from hub.domain.signals import KIND_SIGNALS, clean
from hub.domain.site import Device
from hub.ingest.announced import AnnouncedFile
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.dialects.homeassistant import ANNOUNCEMENTS_LIMIT
from hub.ingest.router import Router
from tests.ingest.devices import esphome

GATEWAY = {"avty_t": "gw/lwt"}


def device(name: str, kind: str, topic: str) -> Device:
    return Device(id=name, kind=kind, zone="hall", dialect="homeassistant", topic=topic, silent_after=1)  # type: ignore[arg-type]


def door(number: int = 1, **more: object) -> tuple[str, dict[str, object]]:
    topic = f"homeassistant/binary_sensor/door{number}/config"
    return topic, {"stat_t": f"gw/door{number}", "dev_cla": "door", "dev": {"ids": f"d{number}"}, **more}


def announce(router: Router, topic: str, said: object) -> object:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return router.decode(Message(topic, body, retained=True), LaneName.TELEMETRY)


def say(router: Router, topic: str, said: str, lane: LaneName = LaneName.TELEMETRY, **more: bool) -> object:
    return router.decode(Message(topic, said.encode(), **more), lane)


def filters(router: Router, lane: LaneName = LaneName.TELEMETRY) -> dict[str, bool]:
    return {one.filter: one.again for one in router.filters(lane)}


def test_a_topic_means_nothing_before_it_was_announced():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    assert say(router, "gw/door1", "ON") is None
    announce(router, *door())
    assert say(router, "gw/door1", "ON") == Report("d", (("contact", "open"),))


def test_announcements_come_with_every_connection_and_states_with_a_new_session():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    announce(router, *door(avty_t="gw/lwt"))
    assert filters(router) == {
        "homeassistant/+/+/config": True,
        "homeassistant/+/+/+/config": True,
        "gw/door1": False,
        "gw/lwt": True,
    }


def test_the_same_announcement_again_is_no_news():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    announce(router, *door())
    assert router.news
    router.settle()
    announce(router, *door())
    assert not router.news


def test_an_empty_announcement_takes_the_entity_away():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    announce(router, *door())
    announce(router, door()[0], b"")
    assert router.announcements() == {}
    assert "gw/door1" not in filters(router)
    assert say(router, "gw/door1", "ON") is None


def test_announcements_of_others_are_nobodys_and_not_kept():
    router = Router([device("d", "door", "device:other")], DIALECTS)
    assert announce(router, *door()) is None
    assert announce(router, "homeassistant/sensor/x/config", b"{") is None
    assert router.announcements() == {}
    assert not router.news


def test_what_was_learnt_survives_a_restart(tmp_path):
    kept = AnnouncedFile(tmp_path / "hub.db")
    router = Router([device("d", "door", "device:d1")], DIALECTS, kept.save)
    announce(router, *door(name="Есік"))
    router.settle()
    again = Router([device("d", "door", "device:d1")], DIALECTS)
    again.remember(kept.load())
    assert not again.news
    assert say(again, "gw/door1", "OFF") == Report("d", (("contact", "closed"),))


def test_a_broken_file_of_announcements_is_as_good_as_none(tmp_path):
    kept = AnnouncedFile(tmp_path / "hub.db")
    assert kept.load() == {}
    kept.path.write_text('{"a": [')
    assert kept.load() == {}


def test_a_gateways_last_word_is_about_all_its_devices():
    router = Router([device("a", "door", "device:d1"), device("b", "door", "device:d2")], DIALECTS)
    announce(router, *door(1, **GATEWAY))
    announce(router, *door(2, **GATEWAY))
    gone = say(router, "gw/lwt", "offline", retained=True)
    assert gone == tuple(Report(name, (("reachable", False),), retained=True) for name in "ab")


def test_online_is_no_sign_of_life():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    announce(router, *door(**GATEWAY))
    assert say(router, "gw/lwt", "online") == Report("d", (("reachable", True),), retained=True)


def test_all_topics_of_mode_all_have_to_say_online():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    announce(router, *door(avty=[{"t": "gw/1"}, {"t": "gw/2"}], avty_mode="all"))
    assert say(router, "gw/1", "online").signals == ()
    assert say(router, "gw/2", "online").signals == (("reachable", True),)
    assert say(router, "gw/1", "offline").signals == (("reachable", False),)


def test_two_entities_of_one_signal_are_a_choice_for_the_map():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    announce(router, *door(1))
    topic, said = door(2)
    announce(router, topic, {**said, "dev": {"ids": "d1"}})
    assert say(router, "gw/door1", "ON") == Report("d")


def test_a_button_speaks_on_the_panic_lane():
    router = Router([device("p", "panic", "device:p1")], DIALECTS)
    event = {"stat_t": "gw/event", "event_types": ["press"], "dev": {"ids": "p1"}}
    announce(router, "homeassistant/event/p/config", event)
    assert "gw/event" in filters(router, LaneName.PANIC)
    assert say(router, "gw/event", '{"event_type":"press"}') is None
    assert say(router, "gw/event", '{"event_type":"press"}', LaneName.PANIC).presses


def test_an_announcement_cannot_take_another_dialects_topic_away():
    panic = esphome("panic")
    router = Router([device("d", "door", "device:d1"), panic], DIALECTS)
    announce(router, *door(stat_t=f"{panic.topic}/event"))
    report = say(router, f"{panic.topic}/event", '{"event":"panic","boot":1,"seq":1}', LaneName.PANIC)
    assert report.device == panic.id


def test_a_device_that_announces_without_end_is_stopped():
    router = Router([device("d", "door", "device:d1")], DIALECTS)
    for number in range(ANNOUNCEMENTS_LIMIT + 1):
        topic, said = door(number)
        result = announce(router, topic, {**said, "dev": {"ids": "d1"}})
    assert isinstance(result, Rejection)
    assert result.reason is Reason.OVERSIZED
    assert len(router.announcements()) == ANNOUNCEMENTS_LIMIT


KEYS = st.sampled_from(
    ["stat_t", "state_topic", "val_tpl", "dev_cla", "unit_of_meas", "pl_on", "pl_off", "avty", "avty_t", "avty_mode",
     "dev", "ids", "cns", "cmps", "p", "~", "schema", "off_dly", "t", "pl", "sw", "ent_cat", "name", "topic"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats()
    | st.sampled_from(["gw/a", "~/a", "#", "d1", "door", "temperature", "°C", "%", "{{ value_json.x }}", "{{ value }}",
                       "{{ value | float }}", "{% for", "sensor", "binary_sensor", "device_automation", "event", "all"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)  # fmt: skip
COMPONENT = st.sampled_from(
    ["binary_sensor", "sensor", "switch", "light", "lock", "cover", "event", "device_automation", "update", "device"]
)
KINDS = ("panic", "door", "lighting", "restroom")


@given(
    COMPONENT, st.dictionaries(KEYS, VALUES, max_size=10), st.sampled_from(KINDS),
    st.lists(st.sampled_from(["ON", "21.5", '{"x": 5}', '{"x": "ON"}', "{", "", "nan", "NaN", "null"])
             | st.text(max_size=10), max_size=4), st.booleans(),
)  # fmt: skip
def test_whatever_is_announced_and_said_nothing_breaks(component, said, kind, words, retained):
    router = Router([device("d", kind, "device:d1")], DIALECTS)
    base = {"dev": {"ids": "d1"}, "stat_t": "gw/a", "topic": "gw/a", "avty_t": "gw/b"}
    topic = f"homeassistant/{component}/x/config"
    results = [announce(router, topic, {**base, **said})]
    for lane in LaneName:
        for one in router.filters(lane):
            assert not set(one.filter) & {"#"}
            if "config" not in one.filter:
                results += [say(router, one.filter, word, lane, retained=retained) for word in words]
    for result in results:
        if isinstance(result, Rejection):
            assert result.reason in Reason
        elif isinstance(result, Report):
            assert all(name in KIND_SIGNALS[kind] and clean(name, value) == value for name, value in result.signals)
            assert not (retained and result.presses)
