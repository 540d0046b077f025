"""Whatever arrives: no decoder raises, and every refusal has a reason."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.reports import LONGEST_AGE, Reason, Rejection, Report
from hub.domain.signals import KIND_SIGNALS, SIGNALS, clean
from hub.domain.site import Mapped
from hub.ingest import dialects
from hub.ingest.dialect import PAYLOAD_LIMIT, LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.router import Router
from tests.ingest.devices import esphome, plain, zigbee

KINDS = ("panic", "door", "lighting", "restroom")
DEVICES = [esphome(kind) for kind in KINDS]
DEVICES += [msgspec.structs.replace(zigbee(kind), id=f"z-{kind}") for kind in KINDS]
DEVICES += [plain(dialect, kind) for dialect in ("tasmota", "shelly", "json") for kind in KINDS]
MAPS = {
    "panic": {"action": Mapped("press", {"hold": "test_press"}), "input:0": Mapped("loop", {"true": "normal"}),
              "Switch1": Mapped("press"), "a/b": Mapped("test_press"), "x": Mapped("battery")},
    "door": {"input:0": Mapped("contact", {"true": "open"}), "Switch1": Mapped("contact"), "a/b": Mapped("lock")},
    "lighting": {"POWER2": Mapped("relay"), "switch:0.output": Mapped("relay"), "a/b": Mapped("lux")},
    "restroom": {"input:0": Mapped("help"), "Switch1": Mapped("occupancy"), "a/b.x": Mapped("co2")},
}  # fmt: skip
DEVICES += [
    msgspec.structs.replace(one, id=f"m-{one.id}", topic=f"{one.topic}-m", map=MAPS[one.kind]) for one in DEVICES
]
BY_ID = {device.id: device for device in DEVICES}
ROUTER = Router(DEVICES, DIALECTS)

THEIRS = (
    "press", "help", "action", "sos", "state", "illuminance", "door", "x", "update", "installed_version", "method",
    "params", "events", "component", "event", "input:0", "switch:0", "output", "apower", "temperature:0", "tC", "wifi",
    "POWER", "Temperature", "TempUnit", "Button1", "Switch1", "Action", "ACTION", "StatusSNS", "Info1", "Version",
    "TRIG", "devicepower:0", "external", "present", "battery", "percent",
)  # fmt: skip
NAMES = st.sampled_from([*SIGNALS, *THEIRS])
TOPICS = st.one_of(
    st.sampled_from([d.topic for d in DEVICES]).flatmap(
        lambda topic: st.one_of(
            st.just(topic),
            st.sampled_from(["event", "status", "availability", "receipt", "set"]).map(lambda last: f"{topic}/{last}"),
            NAMES.map(lambda name: f"{topic}/sensor/{name}/state"),
            NAMES.map(lambda name: f"{topic}/{name}"),
            st.sampled_from(["online", "announce", "events/rpc", "status/input:0", "status/switch:0", "a/b"]).map(
                lambda last: f"{topic}/{last}"
            ),
            st.sampled_from(
                ["LWT", "STATE", "SENSOR", "RESULT", "INFO1", "STATUS8", "POWER", "BUTTON1", "BUTTON1T", "SWITCH2"]
            ).flatmap(
                lambda last: st.sampled_from([f"tele/{topic}/{last}", f"stat/{topic}/{last}", f"{topic}/stat/{last}"])
            ),
        )
    ),
    st.text(max_size=60),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=6),
    max_leaves=20,
)


def body(value: object) -> bytes:
    return json.dumps(value).encode()


PAYLOADS = st.one_of(
    st.binary(max_size=200),
    JSON.map(body),
    st.sampled_from([b"ON", b"OFF", b"nan", b"inf", b"-0", b"1e400", b"unknown", b"{}", b"[" * 8000, b"\x00"]),
    st.floats().map(lambda figure: str(figure).encode()),
    st.dictionaries(NAMES, JSON, max_size=4).map(
        lambda params: body({"method": "NotifyStatus", "params": params, "TempUnit": "F"})
    ),
    st.builds(
        lambda component, event: body(
            {"method": "NotifyEvent", "params": {"events": [{"component": component, "event": event}, event]}}
        ),
        st.sampled_from(["input:0", "bthomedevice:200", "sys"]) | JSON,
        st.sampled_from(["btn_down", "btn_up", "single_push"]) | JSON,
    ),
    st.builds(
        lambda event, boot, seq, age: body({"event": event, "boot": boot, "seq": seq, "age": age}),
        st.sampled_from(["panic", "test", "help"]) | st.text(max_size=6),
        st.integers(0, 2**32 - 1) | st.integers(),
        st.integers(0, 2**32 - 1) | st.integers(),
        JSON,
    ),
)


@given(TOPICS, PAYLOADS, st.booleans(), st.booleans(), st.sampled_from(list(LaneName)))
def test_no_message_breaks_a_decoder(topic, payload, retained, redelivered, lane):
    result = ROUTER.decode(Message(topic, payload, retained, redelivered), lane)
    if isinstance(result, Rejection):
        assert result.reason in Reason
    elif isinstance(result, Report):
        kind = BY_ID[result.device].kind
        for name, value in result.signals:
            assert name in KIND_SIGNALS[kind]
            assert clean(name, value) == value
        assert not (retained and result.presses)
        assert all(press.age is None or 0 <= press.age <= LONGEST_AGE for press in result.presses)


@pytest.mark.parametrize("size", [PAYLOAD_LIMIT, PAYLOAD_LIMIT + 1])
def test_the_size_limit_is_exact(size):
    topic = "school/panic-1/event"
    result = ROUTER.decode(Message(topic, b" " * size), LaneName.PANIC)
    assert (result.reason is Reason.OVERSIZED) is (size > PAYLOAD_LIMIT)


def test_a_message_is_read_on_its_own_lane_only():
    message = Message("school/panic-1/event", b'{"event":"panic","boot":1,"seq":1}')
    assert isinstance(ROUTER.decode(message, LaneName.PANIC), Report)
    assert ROUTER.decode(message, LaneName.TELEMETRY) is None


def test_every_dialects_file_is_in_the_table():
    files = {path.stem for path in Path(dialects.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(DIALECTS)
