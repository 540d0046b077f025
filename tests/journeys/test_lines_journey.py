"""The hub's own alarms through real processes: the probe, a full disk, a card that takes no more writes."""

import os
import resource
from contextlib import contextmanager

import pytest

from hub.domain.commands import EndDrill, RunProbe, StartDrill
from hub.store.inbox import Inbox
from tests.journeys.disks import fill
from tests.journeys.rig import Hub
from tests.servers import wait_until


def everything_to_headquarters(hub: Hub) -> Hub:
    """Its school has nobody else to tell."""
    more = "routes:\n  - {priority: [high, medium], to: [hq], headquarters: all}\n"
    hub.config.write_text(hub.config.read_text().replace("routes:\n", more))
    return hub.started()


def order(hub: Hub, command) -> str:
    """Gives an order as the page does, and waits for its answer."""
    inbox = Inbox(hub.store)
    inbox.open()
    try:
        number = inbox.give(command)
        return wait_until(lambda: inbox.answer_to(number), 10, "the core answers")
    finally:
        inbox.close()


def test_the_probe_goes_through_broker_and_panic_lane_to_headquarters(hub, hq):
    hub.started()
    assert order(hub, RunProbe("Айгүл")) == "started"
    wait_until(lambda: hub.count("probes", "latency IS NOT NULL"), 20, "the probe has arrived")
    ((latency, by),) = hub.rows("SELECT latency, json_extract(body, '$.by') FROM probes")
    assert 0 < latency < 20_000
    assert by == "Айгүл"
    (test,) = [alert for alert in hq.alerts() if alert["type"] == "test"]
    assert test["status"] == "test"
    assert hub.count("alarms") == 0


def test_a_drill_is_an_exercise_at_headquarters_and_what_follows_is_real(hub, hq, button):
    hub.started()
    now = int(hub.rows("SELECT strftime('%s', 'now') * 1000")[0][0])
    assert order(hub, StartDrill(("panic-hall",), now + 600_000, "Айгүл")) == "started"
    hub.kill()
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    assert [a["status"] for a in hq.alerts() if a["alarm"] == "panic"] == ["exercise"]
    assert order(hub, EndDrill(1, "Айгүл")) == "ended"
    button.press_until_stored(2)
    wait_until(lambda: "actual" in [a["status"] for a in hq.alerts()], 20, "the real press arrives")
    assert hub.count("drills", "open = 0") == 1


def test_headquarters_makes_an_exercise_real_through_the_answer_to_a_heartbeat(hub, hq, button):
    hub.started()
    now = int(hub.rows("SELECT strftime('%s', 'now') * 1000")[0][0])
    assert order(hub, StartDrill(("panic-hall",), now + 600_000, "Айгүл")) == "started"
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    (exercise,) = [alert for alert in hq.alerts() if alert["alarm"] == "panic"]
    assert exercise["status"] == "exercise"
    hq.acknowledge(exercise["event_id"], "Дулат", promotes=True)
    assert order(hub, RunProbe("Айгүл")) == "started"  # its answer brings the order, as the next heartbeat's would
    wait_until(lambda: "actual" in [a["status"] for a in hq.alerts() if a["alarm"] == "panic"], 90, "it is real")
    (real,) = [a for a in hq.alerts() if a["status"] == "actual" and a["alarm"] == "panic"]
    assert (real["type"], real["alarm_id"], real["state"]) == ("alarm.raised", 1, "unacknowledged")
    assert hub.count("journal", 'body LIKE \'%"reason":"promoted"%\'') == 1


def states(hq, alarm: str) -> list[str]:
    return [alert["state"] for alert in hq.alerts() if alert["alarm"] == alarm]


@contextmanager
def no_more_writes(hub: Hub):
    """Every write of the core to a file fails, as on a card that has worn out; what is open stays open."""
    pid = hub.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_a_card_that_takes_no_writes_keeps_no_panic_from_headquarters(hub, hq, button):
    everything_to_headquarters(hub)
    with no_more_writes(hub):
        button.press(1)
        wait_until(lambda: hq.incidents() == {1}, 20, "the press goes on from memory")
        wait_until(lambda: hq.incidents("store_failing"), 20, "the hub says that it works without a store")
        assert "stored" not in button.told(1)
    button.press_until_stored(1)
    wait_until(lambda: hub.count("outbox", "settled = 'delivered' AND alarm = 1"), 20, "the delivery is written down")
    wait_until(lambda: states(hq, "store_failing")[-1] == "returned_unacknowledged", 20, "it recovers unaided")
    assert hub.count("alarms", "type = 'panic'") == 1
    assert hq.incidents() == {1}


def test_on_a_full_disk_the_reserve_is_there_for_alarms(small_disk, broker, hq, button):
    if os.geteuid():
        pytest.fail("this test mounts a small disk of its own: run it as root, as the build does")
    hub = Hub(small_disk / "hub", broker, hq)
    try:
        everything_to_headquarters(hub)
        wait_until((hub.folder / "hub.db.ballast").exists, 20, "the reserve is put by")
        fill(small_disk)
        wait_until(lambda: hq.incidents("disk_low"), 30, "the disk is said to be full")
        button.press_until_stored(1)
        button.wait_for(1, "hq")
        assert len(hq.incidents()) == hub.count("alarms", "type = 'panic'") == 1
        assert not (hub.folder / "hub.db.ballast").exists()
        (small_disk / "filler").unlink()
        wait_until((hub.folder / "hub.db.ballast").exists, 20, "the reserve is put by again")
        wait_until(
            lambda: "the disk has room again" in hub.log() or "reserve is used" not in hub.log(), 20, "it goes on"
        )
        button.publish("school/light-hall/sensor/lux/state", "321")
        wait_until(lambda: hub.count("readings", "value = 321.0"), 20, "readings are kept again")
    finally:
        hub.stop()
