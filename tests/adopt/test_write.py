import os
import stat

import pytest

from hub.adopt.candidates import Candidate
from hub.adopt.write import NotAdopted, Wish, adopt
from hub.config.load import load
from tests.journeys.rig import hub_yaml

DOOR = Candidate(id="door-9", dialect="zigbee2mqtt", topic="zigbee2mqtt/door 9", kind="door", name="door 9",
                 model="", first_seen=1, last_seen=1)  # fmt: skip
ENVIRON = {"HUB_SECRET_MQTT": "x", "HUB_SECRET_HQ": "whsec_" + "A" * 44, "HUB_SECRET_PIN": ""}


@pytest.fixture
def school(tmp_path):
    path = tmp_path / "hub.yaml"
    text = hub_yaml(18830, 18080, "http://127.0.0.1:9").split("people:")[0]
    path.write_text("# ours\n" + text, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_device_is_added_and_the_file_before_is_kept(school):
    before = school.read_bytes()
    assert adopt(school, DOOR, Wish("gym", name="Қосалқы есік"), ENVIRON) == "door-9"
    device = load(school, ENVIRON).site.devices["door-9"]
    assert (device.zone, device.kind, device.topic, device.name["kk"]) == ("gym", "door", DOOR.topic, "Қосалқы есік")
    added = next(line for line in school.read_bytes().splitlines(keepends=True) if b"door-9" in line)
    assert school.read_bytes().replace(added, b"") == before
    assert school.with_name("hub.yaml.bak").read_bytes() == before
    assert stat.S_IMODE(school.stat().st_mode) == 0o640
    assert sorted(os.listdir(school.parent)) == ["hub.yaml", "hub.yaml.bak"]


@pytest.mark.parametrize(
    ("candidate", "wish", "said"),
    [
        (DOOR, Wish("attic"), "no zone 'attic': hub.yaml has hall, gym"),
        (DOOR, Wish("hall", id="wc-1"), "'wc-1' is there already"),
        (DOOR, Wish("hall", id="Door 9"), "is no id"),
        (DOOR, Wish("hall", kind="heater"), "'heater'"),
        (Candidate(id="x", dialect="esphome", topic="x/y", first_seen=1, last_seen=1), Wish("hall"), "choose a kind"),
        (Candidate(id="x", dialect="esphome", topic="x/y", name="Baby microphone", first_seen=1, last_seen=1),
         Wish("hall", kind="restroom"), "hears, sees or identifies"),
        (Candidate(id="x", dialect="esphome", topic="school/wc-1", first_seen=1, last_seen=1),
         Wish("hall", kind="door"), "is doubled"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_changed(school, candidate, wish, said):
    before = school.read_bytes()
    with pytest.raises(NotAdopted, match=said):
        adopt(school, candidate, wish, ENVIRON)
    assert school.read_bytes() == before
    assert os.listdir(school.parent) == ["hub.yaml"]


def test_a_file_with_mistakes_is_left_alone(school):
    school.write_text(school.read_text() + "coulour: red\n")
    with pytest.raises(NotAdopted, match="mistakes already"):
        adopt(school, DOOR, Wish("hall"), ENVIRON)
