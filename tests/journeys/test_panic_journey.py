"""A press, from the button to a person, whatever dies on the way: one incident each time, none lost."""

import sqlite3
from contextlib import contextmanager
from datetime import datetime

import pytest

from tests.journeys.rig import Button, post_json
from tests.servers import wait_until


def arrived(hq, count: int = 1, seconds: float = 40) -> None:
    wait_until(lambda: len(hq.incidents()) >= count, seconds, f"headquarters has {count} incident(s)")


def assert_one_incident(hub, hq) -> None:
    """One at the school, one at headquarters, and its message delivered once."""
    wait_until(lambda: hub.count("outbox", "settled = 'delivered'") >= 1, 20, "the delivery is written down")
    assert hub.count("alarms", "type = 'panic'") == 1
    assert hq.incidents() == {1}
    assert [a["type"] for a in hq.alerts() if a["alarm"] == "panic"].count("alarm.raised") == 1


@contextmanager
def nothing_can_be_stored(hub):
    """Holds the store's write lock, as a stuck disk would."""
    connection = sqlite3.connect(hub.store, isolation_level=None, timeout=5)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_pressed_stored_sent_received_acknowledged(hub, hq, button):
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    assert_one_incident(hub, hq)
    (alert,) = hq.alerts()
    assert (alert["device"], alert["zone"], alert["priority"], alert["status"]) == (
        "panic-hall", "hall", "critical", "actual",
    )  # fmt: skip
    assert set(alert["text"]) == {"kk", "ru", "en"}


@pytest.mark.xdist_group("page")
def test_the_proof_ladder_is_complete_and_in_order(hub, hq, button):
    hub.started()
    wait_until(lambda: up(hub), 20, "the page answers")
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    wait_until(lambda: hub.count("outbox", "settled = 'delivered'"), 10, "settled")
    status, body = wait_until(lambda: acknowledged(hub), 10, "the page knows the alarm")
    assert status == 200, body
    wait_until(lambda: hub.alarms()[0]["state"] == "acknowledged", 5, "acknowledged")
    (alarm,) = hub.alarms()
    steps = {step["step"]: step["at"] for step in alarm["steps"]}
    assert list(dict.fromkeys(s["step"] for s in alarm["steps"])) == [
        "received", "stored", "sent", "receipt", "acknowledged",
    ]  # fmt: skip
    assert list(steps.values()) == sorted(steps.values())
    wait_until(lambda: "acknowledged" in [a["state"] for a in hq.alerts()], 10, "headquarters hears of it")


def up(hub) -> bool:
    try:
        return hub.status()["core"] == "running"
    except OSError:
        return False


def acknowledged(hub):
    status, body = post_json(f"{hub.url}/api/v1/alarms/1/ack", {"pin": "4711", "reason": "going"})
    return None if status == 404 else (status, body)


def test_fifty_repeats_are_one_incident(hub, hq, button):
    hub.started()
    for _ in range(50):
        button.press(1)
    button.wait_for(1, "hq")
    wait_until(lambda: button.stages[1].count("hq") >= 1, 20, "the repeats are answered")
    assert_one_incident(hub, hq)
    assert hub.rows("SELECT json_extract(body, '$.count') FROM alarms") == [(1,)]


def test_distinct_presses_are_one_incident_that_counts_them(hub, hq, button):
    hub.started()
    for seq in range(1, 6):
        button.press_until_stored(seq)
    assert_one_incident(hub, hq)
    assert hub.rows("SELECT json_extract(body, '$.count') FROM alarms") == [(5,)]


def test_killed_between_received_and_stored(hub, hq, button):
    hub.started()
    with nothing_can_be_stored(hub):
        button.press(1)
        wait_until(lambda: len(hq.incidents()) == 1, 20, "the press goes on from memory")
        assert "stored" not in button.told(1)
        hub.kill()
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    assert_one_incident(hub, hq)


def test_killed_between_stored_and_sent(hub, hq, button):
    hq.kill()
    hub.started()
    button.press_until_stored(1)
    hub.kill()
    hq.start()
    hub.started()
    arrived(hq)
    assert_one_incident(hub, hq)


def test_killed_between_sent_and_receipt(hub, hq, button):
    hq.fault("hang")
    hub.started()
    button.press_until_stored(1)
    hub.kill()
    hq.fault("none")
    hub.started()
    arrived(hq)
    assert_one_incident(hub, hq)


def test_killed_between_receipt_and_writing_it_down(hub, hq, button):
    hq.fault("hang")
    hub.started()
    button.press_until_stored(1)
    with nothing_can_be_stored(hub):
        hq.fault("none")
        arrived(hq)
        hub.kill()
    assert hub.count("outbox", "settled IS NOT NULL") == 0
    hub.started()
    assert_one_incident(hub, hq)
    button.press(1)
    button.wait_for(1, "hq")


def test_killed_before_the_acknowledgement_is_carried_out(hub, hq, button):
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    event = hq.alerts()[0]["event_id"]
    hub.kill()
    hq.acknowledge(event, "Duty officer")
    hub.started()
    wait_until(lambda: "acknowledged" in [a.get("state") for a in hq.alerts()], 30, "the school acknowledged")
    assert hub.rows("SELECT json_extract(body, '$.acknowledged_by') FROM alarms") == [("Duty officer",)]
    assert hub.count("alarms") == 1


def test_headquarters_down_and_back(hub, hq, button):
    hq.kill()
    hub.started()
    button.press_until_stored(1)
    wait_until(lambda: hub.count("outbox", "attempts >= 2"), 20, "it was tried more than once")
    hq.start()
    button.wait_for(1, "hq", 40)
    assert_one_incident(hub, hq)


def test_an_answer_that_is_lost_is_no_duplicate(hub, hq, button):
    hq.fault("answer_lost", 2)
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq", 40)
    assert_one_incident(hub, hq)
    assert hub.rows("SELECT attempts >= 2 FROM outbox") == [(1,)]


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("bare200", "unproven"),
        ("bad_signature", "bad_signature"),
        ("wrong_receipt", "wrong_receipt"),
        ("status:404", "client_error"),
        ("status:500", "server_error"),
        ("garbage", "unproven"),
    ],
)
def test_a_wrong_answer_has_its_name_and_is_never_taken_for_a_delivery(hub, hq, button, mode, outcome):
    hq.fault(mode)
    hub.started()
    button.press_until_stored(1)
    wait_until(lambda: hub.rows("SELECT outcome FROM outbox") == [(outcome,)], 20, f"the outcome is {outcome}")
    assert hub.count("outbox", "settled IS NOT NULL") == 0
    hq.fault("none")
    button.wait_for(1, "hq", 40)
    assert_one_incident(hub, hq)


def test_a_retained_event_at_the_start_raises_nothing(hub, hq, button):
    button.publish("school/panic-hall/event", '{"event":"panic","boot":7,"seq":1}', retain=True)
    hub.started()
    wait_until(lambda: hub.count("rejected", "reason = 'retained_event'"), 20, "it is refused with its reason")
    assert hub.count("alarms") == 0
    assert hq.incidents() == set()


def test_the_broker_restarted(hub, hq, broker, button):
    hub.started()
    broker.kill()
    button.press(1)
    broker.start()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    assert_one_incident(hub, hq)


def test_the_broker_absent_at_the_start(hub, hq, broker, button):
    broker.stop()
    hub.start()
    wait_until((hub.folder / "hub.db.core").exists, 10, "the core runs without a broker")
    broker.start()
    hub.wait_connected()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    assert_one_incident(hub, hq)


def test_a_press_made_while_the_hub_was_down_is_there_when_it_starts(hub, hq, button):
    hub.started()
    hub.stop()
    button.publish("school/panic-hall/event", '{"event":"panic","boot":7,"seq":1}')
    hub.started()
    button.wait_for(1, "hq")
    assert_one_incident(hub, hq)


def test_what_was_repeated_while_the_hub_was_down_says_how_long_ago_the_button_was_pressed(hub, hq, button):
    hub.started()
    hub.stop()
    for age in range(0, 302, 2):
        button.publish("school/panic-hall/event", f'{{"event":"panic","boot":7,"seq":1,"age":{age}}}')
    hub.started()
    wait_until(lambda: 290 < late_by(hq.alerts()) < 310, 20, "headquarters reads when it was")
    first, *later = hq.alerts()
    assert (first["type"], first["pressed_at"]) == ("alarm.raised", None)
    assert {(a["type"], a["alarm_id"], a["count"]) for a in later} == {("alarm.updated", 1, 1)}
    assert [alarm["pressed_at"] for alarm in hub.alarms()] == [later[-1]["pressed_at"]]


def late_by(alerts) -> float:
    """Seconds between press and arrival, as the last alert has them; 0 where it tells of none."""
    if not alerts or alerts[-1]["pressed_at"] is None:
        return 0
    raised_at, pressed_at = (datetime.fromisoformat(alerts[-1][name]) for name in ("raised_at", "pressed_at"))
    return (raised_at - pressed_at).total_seconds()


def test_two_buttons_are_two_incidents(hub, hq, broker, button):
    other = Button(broker, "panic-gym", boot=9)
    hub.started()
    button.press_until_stored(1)
    other.press_until_stored(1)
    arrived(hq, 2)
    assert hub.count("alarms", "type = 'panic'") == 2
    other.close()


def test_the_hub_ends_within_three_seconds_with_everything_saved(hub, hq, button):
    hub.started()
    button.press_until_stored(1)
    button.publish("school/light-hall/sensor/lux/state", "321")
    assert hub.stop() == 0
    assert hub.rows("SELECT value FROM readings r JOIN signals s ON s.no = r.signal WHERE s.id = 'lux'") == [(321.0,)]
