import os
import stat

import pytest

from hub.adopt.candidates import Candidate
from hub.adopt.refusal import NotAdopted
from hub.adopt.write import Wish, adopt
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


def esphome(topic="x/y", **more):
    return Candidate(id="x", dialect="esphome", topic=topic, first_seen=1, last_seen=1, **more)


@pytest.mark.parametrize(
    ("candidate", "wish", "code", "said"),
    [
        (DOOR, Wish("attic"), "unknown_zone", "no zone 'attic': hub.yaml has hall, gym"),
        (DOOR, Wish("hall", id="wc-1"), "id_taken", "'wc-1' is there already"),
        (DOOR, Wish("hall", id="Door 9"), "bad_id", "'Door 9' is no id"),
        (DOOR, Wish("hall", id="есік"), "bad_id", "'есік' is no id"),
        (DOOR, Wish("hall", id="door-"), "bad_id", "'door-' is no id"),
        (DOOR, Wish("hall", id="hub"), "bad_id", "'hub' is no id"),
        (DOOR, Wish("hall", kind="heater"), "mistakes", "'heater'"),
        (DOOR, Wish("hall", name="x" * 201), "mistakes", "must be a text of one line"),
        (esphome(), Wish("hall"), "no_kind", "choose a kind"),
        (esphome(name="Baby microphone"), Wish("hall", kind="restroom"), "intrudes", "hears, sees or identifies"),
        (esphome(model="ESP32-CAM"), Wish("hall", kind="restroom"), "intrudes", "'ESP32-CAM'"),
        (esphome("school/dauys-wc"), Wish("hall", kind="restroom"), "intrudes", "'school/dauys-wc'"),
        (esphome(), Wish("hall", kind="restroom", name="Дыбыс деңгейі"), "intrudes", "'Дыбыс деңгейі'"),
        (esphome(), Wish("hall", kind="restroom", id="wc-mic"), "intrudes", "'wc-mic'"),
        (esphome("school/wc-1"), Wish("hall", kind="door"), "topic_taken", "topic of device 'wc-1' already"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_changed(school, candidate, wish, code, said):
    before = school.read_bytes()
    with pytest.raises(NotAdopted, match=said) as refused:
        adopt(school, candidate, wish, ENVIRON)
    assert refused.value.refusal.code == code
    assert school.read_bytes() == before
    assert os.listdir(school.parent) == ["hub.yaml"]


def test_a_file_with_mistakes_is_left_alone(school):
    school.write_text(school.read_text() + "coulour: red\n")
    with pytest.raises(NotAdopted, match="mistakes already") as refused:
        adopt(school, DOOR, Wish("hall"), ENVIRON)
    assert "hub.yaml:" in refused.value.refusal.detail
    assert str(school.parent) not in refused.value.refusal.detail


def test_where_a_camera_stands_no_restroom_is_made(school):
    lines = school.read_text().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("channels:"))
    lines.insert(at, "  - {id: cam, kind: camera, zone: store, rtsp: 'rtsp://10.0.0.9/1'}\n")
    zone = next(number for number, line in enumerate(lines) if line.startswith("zones:"))
    lines.insert(zone + 1, "  - {id: store, name: Store}\n")
    school.write_text("".join(lines))
    with pytest.raises(NotAdopted, match="camera 'cam' stands in this zone") as refused:
        adopt(school, esphome(kind="restroom"), Wish("store"), ENVIRON)
    assert refused.value.refusal.code == "camera_there"
    assert adopt(school, esphome(kind="door"), Wish("store"), ENVIRON) == "x"


def test_a_folder_in_the_way_is_said_and_nothing_is_changed(school):
    before = school.read_bytes()
    (school.parent / ".hub.yaml.new").mkdir()
    with pytest.raises(NotAdopted, match="can't be written") as refused:
        adopt(school, DOOR, Wish("hall"), ENVIRON)
    assert refused.value.refusal.code == "not_writable"
    assert school.read_bytes() == before
