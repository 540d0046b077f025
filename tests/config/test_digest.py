"""Every change of hub.yaml is on record, and no secret is."""

import msgspec

from hub.config.digest import config_entry
from tests.config.files import SECRETS, SMALL, read


def entry(folder, text, before=None, **environ):
    made = config_entry(read(folder, text, **environ), before, "0.1.0", 5)
    return None if made is None else made.body


def body(folder, text, **environ) -> str:
    return msgspec.json.encode(entry(folder, text, **environ)).decode()


def test_the_first_start_records_everything(tmp_path):
    made = entry(tmp_path, SMALL)
    assert list(made["added"]) == ["door-main", "panic-hall"]
    assert made["counts"]["devices"] == 2
    assert len(made["digest"]) == 64


def test_the_same_configuration_is_recorded_once(tmp_path):
    assert entry(tmp_path, SMALL, before=body(tmp_path, SMALL)) is None


def test_what_has_changed_is_named(tmp_path):
    before = body(tmp_path, SMALL)
    text = SMALL.replace("door-main", "door-yard").replace("topic: school/panic-hall", "topic: school/p1")
    after = entry(tmp_path, text.replace('close: "19:00"', 'close: "20:00"'), before)
    assert (list(after["added"]), list(after["removed"]), list(after["altered"]), list(after["changed"])) == (
        ["door-yard"], ["door-main"], ["panic-hall"], ["hours"],
    )  # fmt: skip


def test_no_secret_is_part_of_it(tmp_path):
    other = "whsec_" + "b3RoZXItc2Nob29sLWh1Yi10ZXN0LXNlY3JldC0x"
    assert body(tmp_path, SMALL) == body(tmp_path, SMALL, HUB_SECRET_HQ_SECRET=other)
    assert SECRETS["HUB_SECRET_HQ_SECRET"] not in body(tmp_path, SMALL)


def test_another_user_of_a_camera_is_named_and_its_password_is_not(tmp_path):
    text = SMALL.replace("channels:", "  - {id: c, kind: camera, zone: hall, rtsp: !secret own}\nchannels:")
    before = body(tmp_path, text, HUB_SECRET_OWN="rtsp://eye:first@c/1")
    assert entry(tmp_path, text, before, HUB_SECRET_OWN="rtsp://eye:other@c/1") is None
    assert list(entry(tmp_path, text, before, HUB_SECRET_OWN="rtsp://ear:first@c/1")["altered"]) == ["c"]
