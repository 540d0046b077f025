"""Readings and garbage on their way through real processes: all that went in comes out, or is refused by name."""

from tests.servers import wait_until

GARBAGE = {
    "oversized": ("school/panic-hall/event", b"x" * 9000),
    "not_json": ("school/panic-hall/event", b"{"),
    "not_utf8": ("school/panic-hall/event", b"\xff\xfe"),
    "wrong_type": ("school/panic-hall/event", b'{"event":"panic","boot":"x","seq":1}'),
    "unknown_event": ("school/panic-hall/event", b'{"event":"dance","boot":1,"seq":1}'),
    "unknown_device": ("school/stranger/event", b'{"event":"panic","boot":1,"seq":1}'),
    "not_finite": ("school/light-hall/sensor/lux/state", b"inf"),
    "out_of_range": ("school/light-hall/sensor/lux/state", b"-1"),
}


def test_each_kind_of_garbage_is_refused_by_name_counted_and_never_stops_the_hub(hub, hq, button):
    hub.started()
    for topic, payload in GARBAGE.values():
        button.publish(topic, payload)
    wait_until(lambda: hub.count("rejected") >= len(GARBAGE), 20, "all of it is written down")
    assert dict(hub.rows("SELECT reason, count FROM rejected_counts")) == dict.fromkeys(GARBAGE, 1)
    assert hub.count("alarms") == 0
    assert "Traceback" not in hub.log()
    button.press_until_stored(1)


def test_every_reading_is_kept_in_its_order(hub, hq, button):
    hub.started()
    for lux in range(500):
        button.publish("school/light-hall/sensor/lux/state", str(lux))
    wait_until(lambda: hub.count("readings") >= 500, 20, "500 readings")
    assert [value for (value,) in hub.rows("SELECT value FROM readings ORDER BY id")] == [float(n) for n in range(500)]


def test_readings_published_while_the_hub_was_killed_are_kept_too(hub, hq, button):
    hub.started()
    for lux in range(200):
        button.publish("school/light-hall/sensor/lux/state", str(lux))
        if lux == 100:
            hub.kill()
    hub.started()
    values = "SELECT DISTINCT value FROM readings r JOIN signals s ON s.no = r.signal WHERE s.id = 'lux'"
    wait_until(lambda: len(hub.rows(values)) == 200, 20, "all 200 values")


def test_a_leak_is_an_alarm_at_once_and_ends_when_it_is_dry_and_seen(hub, hq, button):
    hub.started()
    button.publish("school/wc-1/binary_sensor/leak/state", "ON")
    wait_until(lambda: hub.count("alarms", "type = 'leak'"), 2, "the leak is an alarm")
    button.publish("school/wc-1/binary_sensor/leak/state", "OFF")
    state = "SELECT json_extract(body, '$.state') FROM alarms"
    wait_until(lambda: hub.rows(state) == [("returned_unacknowledged",)], 5, "it waits for somebody")
