"""Devices that announce themselves: known as soon as they do, and still known when the hub comes back."""

import json

from tests.servers import wait_until

DEVICES = """\
devices:
  - {id: panic-cord, kind: panic, zone: gym, dialect: homeassistant, topic: "device:cord-1", silent_after: 1h}
  - {id: exit-gym, kind: door, zone: gym, dialect: homeassistant, topic: homeassistant/binary_sensor/exit/contact}
"""
CORD = {"atype": "trigger", "t": "gw/cord/action", "pl": "single", "type": "button_short_press", "stype": "button_1",
        "dev": {"ids": ["cord-1"], "sw": "1.7"}}  # fmt: skip
DOOR = {"stat_t": "gw/exit", "val_tpl": "{{ value_json.open }}", "pl_on": True, "pl_off": False, "dev_cla": "door"}


def said(hub) -> set[object]:
    """All values that were ever read; only the door says open and closed."""
    return {value for (value,) in hub.rows("SELECT value FROM readings")}


def test_a_press_that_waited_for_the_hub_finds_its_device_known(hub, hq, button):
    hub.config.write_text(hub.config.read_text().replace("devices:\n", DEVICES))
    button.publish("gw/exit", '{"open": true}', retain=True)
    button.publish("homeassistant/device_automation/cord/single/config", json.dumps(CORD), retain=True)
    button.publish("homeassistant/binary_sensor/exit/contact/config", json.dumps(DOOR), retain=True)
    hub.started()
    wait_until((hub.folder / "hub.db.announced").exists, 20, "the announcements are kept")
    wait_until(lambda: "open" in said(hub), 20, "the retained state of the door is known")

    button.publish("gw/cord/action", "single")
    wait_until(lambda: hub.count("presses", "device = 'panic-cord'") == 1, 20, "the press is stored")
    hub.stop()
    button.publish("gw/cord/action", "single")
    hub.started()
    wait_until(lambda: hub.count("presses", "device = 'panic-cord'") == 2, 20, "the press that waited is stored")
    wait_until(lambda: len(hq.incidents()) == 1, 30, "headquarters has the one incident")
    assert hub.count("alarms", "type = 'panic'") == 1


def test_a_device_that_moves_is_followed_without_a_restart(hub, button):
    hub.config.write_text(hub.config.read_text().replace("devices:\n", DEVICES))
    hub.started()
    button.publish("homeassistant/binary_sensor/exit/contact/config", json.dumps(DOOR), retain=True)
    kept = hub.folder / "hub.db.announced"
    wait_until(lambda: kept.exists() and "gw/exit" in kept.read_text(), 20, "the announcement is kept")
    moved = json.dumps({**DOOR, "stat_t": "gw/moved"})
    button.publish("homeassistant/binary_sensor/exit/contact/config", moved, retain=True)
    wait_until(lambda: "gw/moved" in kept.read_text(), 20, "the new one is kept")
    button.publish("gw/exit", '{"open": true}')
    button.publish("gw/moved", '{"open": false}')
    wait_until(lambda: "closed" in said(hub), 20, "the door speaks on its new topic")
    assert "open" not in said(hub)
