import json
import subprocess
import sys

from tests.servers import wait_until


def hub_command(hub, *arguments):
    command = [sys.executable, "-m", "hub", "adopt", "-c", str(hub.config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def announce(button):
    """A Zigbee door joins the bridge, an ESPHome node announces two entities, an unknown one just talks."""
    bridge = [{"friendly_name": "0x01", "type": "EndDevice",
               "definition": {"vendor": "Aqara", "model": "MCCGQ11LM", "exposes": [{"name": "contact"}]}}]  # fmt: skip
    button.publish("zigbee2mqtt/bridge/devices", json.dumps(bridge), retain=True)
    for name in ("water", "humidity"):
        body = {"stat_t": f"school/wc-2/sensor/{name}/state", "dev_cla": {"water": "moisture"}.get(name, name),
                "dev": {"ids": "aa", "name": "wc-2", "sw": "esphome v2026.6.5"}}  # fmt: skip
        button.publish(f"homeassistant/sensor/wc-2/{name}/config", json.dumps(body), retain=True)
    for _ in range(50):
        button.publish("school/stranger/sensor/lux/state", "5")


def test_a_device_that_announces_itself_is_given_a_room_and_works_within_seconds(hub, hq, broker, button):
    hub.started()
    announce(button)
    wait_until(lambda: all(n in hub_command(hub).stdout for n in ("0x01", "wc-2", "stranger")), 40, "they are listed")
    assert hub.count("alarms") == 0, "strangers raise nothing"
    assert hub.count("readings", "device IN (SELECT no FROM devices WHERE id LIKE '%stranger%')") == 0
    before = hub.config.read_bytes()
    pid = hub._process.pid

    assert "say where it is: --zone hall" in hub_command(hub, "0x01").stderr
    refused = hub_command(hub, "0x01", "--zone", "attic")
    assert (refused.returncode, hub.config.read_bytes()) == (1, before)
    done = hub_command(hub, "0x01", "--zone", "gym", "--id", "door-gym", "--label", "Спорт залының есігі")
    assert done.returncode == 0, done.stderr
    assert "takes it over" in done.stdout
    line = next(line for line in hub.config.read_bytes().splitlines(keepends=True) if b"door-gym" in line)
    assert hub.config.read_bytes().replace(line, b"") == before

    def known():
        button.publish("zigbee2mqtt/0x01", '{"contact":false}')
        return hub.count("readings", "device = (SELECT no FROM devices WHERE id = 'door-gym')")

    wait_until(known, 30, "the adopted door is heard")
    assert hub._process.poll() is None
    assert hub._process.pid == pid, "the same process, as systemd sees it"
    assert "0x01" not in hub_command(hub).stdout
    button.press_until_stored(1)


def test_a_file_with_mistakes_is_not_taken_over(hub, hq, broker, button):
    hub.started()
    hub.config.write_text(hub.config.read_text() + "coulour: red\n")
    hub._process.send_signal(1)
    wait_until(lambda: "hub.yaml has mistakes" in hub.log(), 10, "it says so")
    button.press_until_stored(1)
