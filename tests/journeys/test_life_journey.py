"""Restarts, bridges and orders through real processes and a real broker."""

import json

from hub.domain.commands import Maintain, Shelve
from hub.store.inbox import Inbox
from tests.servers import wait_until

EXTRA = """
alarms: {link_after: 2s, grace: 1s}
"""
DOOR = "dialect: zigbee2mqtt, topic: zigbee2mqtt/door-main"
BRIDGE = "zigbee2mqtt/bridge/state"


def alarms(hub, code: str) -> list[dict]:
    return [json.loads(body) for (body,) in hub.rows("SELECT body FROM alarms WHERE type = ? ORDER BY id", code)]


def link(hub) -> bool | None:
    rows = hub.rows("SELECT json_extract(body, '$.up') FROM links WHERE name = 'bridge:zigbee2mqtt'")
    return bool(rows[0][0]) if rows else None


def ordered(hub, command) -> str | None:
    inbox = Inbox(hub.store)
    inbox.open()
    number = inbox.give(command)
    answer = wait_until(lambda: inbox.answer_to(number), 5, "the core answers")
    inbox.close()
    return answer


def test_the_bridges_word_is_heard_again_after_a_restart(hub, hq, button):
    config = hub.config.read_text().replace("dialect: esphome, topic: school/door-main", DOOR)
    hub.config.write_text(config + EXTRA)
    hub.started()
    button.publish(BRIDGE, '{"state":"online"}', retain=True)
    wait_until(lambda: link(hub) is True, 5, "the bridge is there")
    hub.kill()
    button.publish(BRIDGE, '{"state":"offline"}', retain=True)
    hub.started()
    wait_until(lambda: alarms(hub, "bridge_down"), 10, "one alarm for the bridge")
    assert not alarms(hub, "silent")
    button.publish(BRIDGE, '{"state":"online"}', retain=True)
    wait_until(lambda: alarms(hub, "bridge_down")[0]["returned_at"], 5, "it is back")


def test_a_leak_that_came_while_the_hub_was_killed_is_one_incident_and_orders_survive(hub, hq, button):
    hub.started()
    button.publish("school/wc-1/binary_sensor/leak/state", "ON")
    (leak,) = wait_until(lambda: alarms(hub, "leak"), 5, "the leak is an alarm")
    hour = leak["raised_at"] + 3_600_000
    assert ordered(hub, Shelve(leak["id"], hour, "A", "")) == "no_reason"
    assert ordered(hub, Shelve(leak["id"], hour, "A", "the plumber comes")) == "shelved"
    assert ordered(hub, Maintain("device:panic-hall", hour, "A", "new battery")) == "maintained"
    hub.kill()
    hub.started()
    wait_until(lambda: hub.count("journal", "kind = 'reconciled'") == 2, 5, "the start is in the journal")
    (leak,) = alarms(hub, "leak")
    assert (leak["state"], leak["count"]) == ("shelved", 1)
    assert hub.rows("SELECT target FROM maintenance") == [("device:panic-hall",)]
    button.press_until_stored(1)
    assert [panic["status"] for panic in alarms(hub, "panic")] == ["actual"]
