"""Messages of real devices, decoded to signals. `T` stands for the device's topic.

Each message names where it comes from. `source`: recorded so, or given so as an example, there. `form`: made by us in
the form that is told there. `made`: made by us to be wrong or unusual, and how. A message is read once for each entry
of `says`: as that of a device of that kind, with that map.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.domain.reports import Rejection, Report
from hub.domain.site import Device, Mapped
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.router import Router

FOLDER = Path(__file__).parents[1] / "fixtures"
TOPICS = {"zigbee2mqtt": "zigbee2mqtt/T"}


def recorded() -> Iterator[object]:
    for path in sorted(FOLDER.glob("*/*.json")):
        for number, message in enumerate(json.loads(path.read_text())["messages"]):
            for said in message["says"]:
                name = f"{path.parent.name}/{path.stem}-{number}-{said['kind']}"
                yield pytest.param(path.parent.name, message, said, id=name)


def device(dialect: str, said: dict) -> Device:
    of = {
        name: Mapped(entry) if isinstance(entry, str) else Mapped(entry["signal"], entry.get("values", {}))
        for name, entry in said.get("map", {}).items()
    }
    topic = said.get("topic") or TOPICS.get(dialect, "T")
    return Device(id="d", kind=said["kind"], zone="hall", dialect=dialect, topic=topic, silent_after=1, map=of)


def decoded(dialect: str, message: dict, said: dict) -> tuple[object, LaneName]:
    router = Router([device(dialect, said)], DIALECTS)
    body = message["payload"]
    payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    for announcement in message.get("after", ()):
        for lane in LaneName:
            router.decode(Message(announcement["topic"], json.dumps(announcement["payload"]).encode(), True), lane)
    for lane in LaneName:
        result = router.decode(Message(message["topic"], payload, message.get("retained", False)), lane)
        if result is not None:
            return result, lane
    return None, LaneName.TELEMETRY


@pytest.mark.parametrize(("dialect", "message", "said"), list(recorded()))
def test_a_recorded_message_says_what_its_file_tells(dialect: str, message: dict, said: dict) -> None:
    result, lane = decoded(dialect, message, said)
    if "reason" in said:
        assert isinstance(result, Rejection)
        assert result.reason == said["reason"]
        assert result.device == "d"
        return
    assert isinstance(result, Report)
    assert dict(result.signals) == said["signals"]
    assert [press.event for press in result.presses] == said.get("presses", [])
    assert [list(level) for level in result.held] == said.get("held", [])
    assert not result.presses or lane is LaneName.PANIC


PLACE = re.compile(r"https://[a-z0-9.-]+/\S+|[\w.-]+/[\w.-]+#\d+")


def messages() -> list[tuple[Path, dict]]:
    return [(path, message) for path in sorted(FOLDER.glob("*/*.json"))
            for message in json.loads(path.read_text())["messages"]]  # fmt: skip


@pytest.mark.parametrize(("path", "message"), messages(), ids=lambda one: one.stem if isinstance(one, Path) else "")
def test_every_message_names_where_it_comes_from(path: Path, message: dict) -> None:
    [origin] = {"source", "form", "made"} & message.keys()
    said = message[origin]
    assert len(said) > 10
    if origin != "made":
        assert PLACE.search(said), f"{path.parent.name}/{path.name}: {said} is neither an address nor owner/repo#number"
        assert path.parent.name != "json" or origin == "source"


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS)))
def test_every_dialect_is_tried_on_what_real_devices_have_said(dialect: str) -> None:
    told = [message for path, message in messages() if path.parent.name == dialect and "source" in message]
    assert len(told) >= 7
    assert any(said.get("signals") or said.get("presses") for message in told for said in message["says"])


def test_every_dialect_has_recordings() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(DIALECTS) - {"serial"}
