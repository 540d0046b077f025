"""A hub that is started while its store can't be opened: presses reach headquarters, and the store gets them later."""

import subprocess
import sys
from contextlib import ExitStack

import pytest

from hub.store.beat import read_pulse, spare_path
from tests.journeys.disks import fill, read_only
from tests.journeys.rig import Button, Hub
from tests.journeys.test_lines_journey import everything_to_headquarters, states
from tests.servers import wait_until


@pytest.fixture
def hub(small_disk, tmp_path, broker, hq):
    hub = Hub(tmp_path / "hub", broker, hq)
    hub.store_on(small_disk)
    yield hub
    hub.stop()
    spare_path(hub.store).unlink(missing_ok=True)


@pytest.fixture
def gym(broker):
    button = Button(broker, "panic-gym")
    yield button
    button.close()


def works_without_a_store(hub, hq) -> None:
    """Everybody is told so."""
    assert read_pulse(hub.store).beat.store == "failing"
    wait_until(lambda: hub.status()["core"] == "running", 20, "the page sees that the core lives")
    assert hub.status()["store"] == "failing"
    assert "works without a store" in hub.log()
    wait_until(lambda: hq.incidents("store_failing"), 20, "headquarters is told")


def proven(hub) -> None:
    """The chain of the journal is whole."""
    command = [sys.executable, "-m", "hub", "verify", "--store", hub.store]
    verify = subprocess.run(command, check=False, capture_output=True)
    assert verify.returncode == 0, verify.stdout


@pytest.mark.parametrize("killed", [False, True])
def test_on_a_disk_that_takes_no_writes_it_goes_on_with_what_it_can_read(hub, hq, button, gym, small_disk, killed):
    everything_to_headquarters(hub)
    button.press_until_stored(1)
    wait_until(lambda: hub.count("outbox", "settled = 'delivered'"), 20, "the delivery is written down")
    if killed:
        hub.kill()
    hub.stop()
    with read_only(small_disk):
        hub.started()
        button.press(1)
        gym.press(1)
        gym.wait_for(1, "hq")
        assert hq.incidents() == {1, 2}
        works_without_a_store(hub, hq)
        assert "stored" not in gym.told(1)
        wait_until(lambda: {1, 2} <= {alarm["id"] for alarm in hub.status()["alarms"]}, 10, "the page shows both")
        fresh, kept = (alarm for alarm in hub.alarms() if alarm["alarm"] == "panic")
        assert [step["step"] for step in fresh["steps"]] == ["received", "sent", "receipt"], "it is not called stored"
        assert "stored" in {step["step"] for step in kept["steps"]}
    gym.press_until_stored(1)
    wait_until(lambda: states(hq, "store_failing")[-1] == "returned_unacknowledged", 30, "it recovers unaided")
    assert hq.incidents() == {1, 2}
    assert hub.count("alarms", "type = 'panic'") == 2
    wait_until(lambda: hub.count("outbox", "settled = 'delivered' AND alarm = 2"), 20, "the delivery is written down")
    wait_until(lambda: hub.status()["store"] == "ok", 20, "the page reads the store again")
    wait_until(lambda: {1, 2} <= {alarm["id"] for alarm in hub.alarms()}, 20, "the page shows both")
    proven(hub)


def test_a_store_that_can_not_be_read_takes_over_what_happened_without_it(hub, hq, button, gym):
    gym.publish("school/panic-gym/event", '{"event": "panic", "boot": 7, "seq": 9}', retain=True)
    everything_to_headquarters(hub)
    button.press_until_stored(1)
    wait_until(lambda: hub.count("outbox", "settled = 'delivered'"), 20, "the delivery is written down")
    hub.stop()
    good = hub.store.read_bytes()
    hub.store.write_bytes(b"\xff" * len(good))
    hub.started()
    button.press(2)
    wait_until(lambda: len(hq.incidents()) == 2, 20, "the press goes on from memory")
    works_without_a_store(hub, hq)
    assert "stored" not in button.told(2)
    (late,) = hq.incidents() - {1}
    sound = hub.store.with_name("sound")
    sound.write_bytes(good)
    sound.replace(hub.store)
    wait_until(lambda: hub.count("alarms", f"id = {late}"), 30, "the store takes it over")
    button.press_until_stored(3)
    assert hq.incidents() == {1, late}
    assert hub.rows("SELECT open, json_extract(body, '$.merged_into') FROM alarms WHERE id = 1") == [(0, late)]
    assert hub.count("alarms", "type = 'panic' AND open = 1") == 1
    assert hub.rows("SELECT count FROM (SELECT json_extract(body, '$.count') AS count FROM alarms WHERE open = 1"
                    " AND type = 'panic')") == [(2,)]  # fmt: skip
    last = [alert for alert in hq.alerts() if alert["alarm_id"] == 1][-1]
    assert last["type"] == "alarm.cleared"
    assert hub.count("journal", "kind = 'start'") == 3
    proven(hub)


@pytest.mark.parametrize("reserve", [True, False])
def test_it_starts_on_a_disk_that_is_full(hub, hq, button, small_disk, reserve):
    everything_to_headquarters(hub)
    ballast = hub.store.with_name("hub.db.ballast")
    wait_until(ballast.exists, 20, "the reserve is put by")
    hub.stop()
    with ExitStack() as full:
        if not reserve:
            ballast.unlink()
        fill(small_disk)
        full.callback((small_disk / "filler").unlink)
        hub.started()
        button.press(1)
        button.wait_for(1, "hq")
        if reserve:
            button.press_until_stored(1)
        else:
            works_without_a_store(hub, hq)
    wait_until(lambda: hub.count("alarms", "type = 'panic'") == 1, 30, "the store has it")
    assert len(hq.incidents()) == 1
    proven(hub)
