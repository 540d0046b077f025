"""Many deaths in a row: the core is killed, headquarters comes and goes, the power is cut. What went in comes out.

The short runs belong to `make test`; the long ones, whose figures stand in docs/benchmarks.md, to `make soak`.
"""

import random
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing, contextmanager

import pytest

from hub.domain.commands import Reset
from hub.store.inbox import Inbox
from tests.journeys.rig import Button, Headquarters, Hub
from tests.servers import Mosquitto, wait_until

RESET_SHARE = 0.3
"""How often an incident is ended, so that the next press begins a new one."""

TROUBLES = ("reset", "hang", "answer_lost", "status:503", "bare200")
"""What headquarters does instead of answering."""


@pytest.fixture
def broker(tmp_path):
    """One that lives through the storm, and is quick: it need not save its memory with every message."""
    broker = Mosquitto(tmp_path / "broker")
    broker.autosave = "autosave_interval 600\n"
    broker.start()
    yield broker
    broker.stop()


def reset_all(hub) -> None:
    """A person ends the open incidents; carried out as soon as a core runs."""
    inbox = Inbox(hub.store)
    inbox.open()
    for (alarm,) in hub.rows("SELECT id FROM alarms WHERE open = 1 AND type = 'panic'"):
        inbox.give(Reset(alarm=alarm, by="Айгүл", verdict="drill"))
    inbox.close()


@contextmanager
def telemetry(button: Button, rate: int = 200):
    """Readings, each with a value of its own; yields how many were published so far, in a list of one."""
    published, stop = [0], threading.Event()

    def publish() -> None:
        while not stop.wait(0.1):
            for _ in range(rate // 10):
                button.publish("school/light-hall/sensor/lux/state", str(published[0]))
                published[0] += 1

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    try:
        yield published
    finally:
        stop.set()
        thread.join(30)


def assert_nothing_lost_and_nothing_twice(hub, hq, buttons: list[Button], pressed: int) -> dict[str, int]:
    """Every press that was confirmed belongs to one incident; each incident was raised once and delivered once."""
    wait_until(lambda: hub.count("outbox", "settled IS NULL") == 0, 120, "everything that waits is delivered")
    confirmed = {(b.device, b.boot, seq) for b in buttons for seq in b.stages if b.has(seq, "stored")}
    kept = set(hub.rows("SELECT device, boot, seq FROM presses WHERE event = 'press'"))
    assert confirmed <= kept, f"lost: {sorted(confirmed - kept)}"
    assert len(kept) == hub.count("presses", "event = 'press'"), "a press is there twice"
    incidents = dict(hub.rows("SELECT id, json_extract(body, '$.count') FROM alarms WHERE type = 'panic'"))
    assert sum(incidents.values()) == len(kept), "each press counts once"
    raised = [
        alert["alarm_id"] for alert in hq.alerts() if alert["type"] == "alarm.raised" and alert["alarm"] == "panic"
    ]
    assert sorted(raised) == sorted(incidents), "headquarters has each incident once"
    assert hub.count("outbox", "settled != 'delivered'") == 0, "each delivery is proven"
    return {"pressed": pressed, "confirmed": len(confirmed), "incidents": len(incidents), "raised at HQ": len(raised)}


@pytest.mark.parametrize(
    "kills", [8, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(3600)], id="200-soak")]
)
def test_killed_again_and_again_under_load_with_headquarters_going_up_and_down(hub, hq, broker, button, kills):
    dice = random.Random(4)
    buttons = [button, Button(broker, "panic-gym", boot=9)]
    load = Button(broker, "light-hall", boot=0)
    seqs = [0, 0]
    hub.started()
    with telemetry(load) as published:
        for turn in range(kills):
            which = turn % 2
            seqs[which] += 1
            buttons[which].press(seqs[which])
            if turn % 4 == 1:
                hq.fault(dice.choice(TROUBLES))
            if turn % 4 == 3:
                hq.fault("none")
            pause = threading.Event()
            pause.wait(dice.uniform(0, 0.15))  # the moment of death is what varies here
            hub.kill()
            if dice.random() < RESET_SHARE:
                reset_all(hub)
            hub.started()
            buttons[which].press_until_stored(seqs[which])
    hq.fault("none")
    counts = assert_nothing_lost_and_nothing_twice(hub, hq, buttons, sum(seqs))
    values = "SELECT count(DISTINCT value) FROM readings r JOIN signals s ON s.no = r.signal WHERE s.id = 'lux'"
    wait_until(lambda: hub.rows(values) == [(published[0],)], 30, "every reading is kept")
    print(f"\n{kills} × SIGKILL: {counts}, readings in {published[0]}, kept {hub.rows(values)[0][0]}")
    assert counts["confirmed"] == counts["pressed"]
    for other in (buttons[1], load):
        other.close()


@contextmanager
def card(folder):
    """An SD card: an ext4 image, mounted. What is in the image is what a power cut leaves."""
    image, mounted = folder / "card.img", folder / "card"
    mounted.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(48 * 1_048_576)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    mount(image, mounted)
    try:
        yield image, mounted
    finally:
        unmount(mounted)


def mount(image, where) -> None:
    subprocess.run(["mount", "-o", "loop", image, where], check=True)


def unmount(where) -> None:
    wait_until(lambda: subprocess.run(["umount", where], check=False).returncode == 0, 20, "the card is free")


def presses_after_the_cut(image, folder) -> set[tuple]:
    """What a new start finds on the card: its file system's journal is replayed, then the database's."""
    where = folder / "after"
    where.mkdir(exist_ok=True)
    mount(image, where)
    try:
        with closing(sqlite3.connect(where / "hub" / "hub.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return set(database.execute("SELECT device, boot, seq FROM presses"))
    finally:
        unmount(where)


@pytest.mark.parametrize(
    "cuts", [3, pytest.param(50, marks=[pytest.mark.soak, pytest.mark.timeout(3600)], id="50-soak")]
)
def test_the_power_is_cut_and_no_confirmed_press_is_lost(tmp_path, hq: Headquarters, broker, button, cuts):
    dice = random.Random(7)
    load = Button(broker, "light-hall", boot=0)
    confirmed = set()
    with card(tmp_path) as (image, mounted):
        hub = Hub(mounted / "hub", broker, hq)
        try:
            hub.started()
            with telemetry(load):
                for seq in range(1, cuts + 1):
                    button.press_until_stored(seq)
                    confirmed.add(("panic-hall", 7, seq))
                    threading.Event().wait(dice.uniform(0, 0.1))
                    shutil.copy(image, tmp_path / "cut.img")
                    assert confirmed <= presses_after_the_cut(tmp_path / "cut.img", tmp_path)
        finally:
            hub.stop()
            load.close()
    print(f"\n{cuts} × power cut: {len(confirmed)} presses confirmed, 0 lost")
