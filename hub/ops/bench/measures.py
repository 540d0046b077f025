"""The measurements themselves, each against a hub as a process."""

import contextlib
import random
import sqlite3
import threading
import time
import urllib.request
from pathlib import Path
from statistics import median

from hub.ops.bench.figures import Figure, percentile
from hub.ops.bench.rig import Finger, HubUnderTest, NotMeasured, Rig, wait_for
from hub.sim.ports import listens

LOAD_RATE = 2000
PUBLISH_RATE = 5000
"""Messages a second that are put by at the broker, for later."""
VIEWERS = 10
DEVICES = 300


def floor_of_a_press(rig: Rig, presses: int, name: str) -> list[float]:
    """Milliseconds from the press to the sink's answer, for the bare floor."""
    folder = rig.folder / name
    folder.mkdir()
    floor = rig.run(name, "hub.ops.bench.floor", "panic", rig.broker.port, rig.sink, folder)
    wait_for(lambda: "ready" in floor.log.read_text(), 10, "the floor is ready")
    try:
        return press_all(rig, presses)
    finally:
        rig.end(floor)


def hub_press(rig: Rig, presses: int) -> list[float]:
    """The same for the hub, idle."""
    hub = HubUnderTest(rig, "idle", presses)
    hub.start()
    try:
        return press_all(rig, presses)
    finally:
        hub.stop()


def hub_press_under_load(rig: Rig, presses: int) -> list[float]:
    """The same under telemetry, page viewers and a dead database."""
    hub = HubUnderTest(rig, "loaded", presses, DEVICES, dead_database=True)
    hub.start()
    wait_for(lambda: listens(hub.page), 20, "the page answers")
    load = rig.run("load", "hub.sim.load", "--port", rig.broker.port, "--username", "sensors", "--rate", LOAD_RATE,
                   "--devices", DEVICES, "--seconds", 3600)  # fmt: skip
    try:
        with _viewers(hub.page):
            wait_for(lambda: _readings(hub) > LOAD_RATE, 30, "telemetry arrives")
            return press_all(rig, presses)
    finally:
        rig.end(load)
        hub.stop()


def press_all(rig: Rig, presses: int, first: int = 0) -> list[float]:
    """Milliseconds from each press to headquarters' answer; `presses` buttons from number `first` on."""
    finger = Finger(rig)
    before = len(rig.answered())
    for number in range(first, first + presses):
        finger.press(number)
        time.sleep(random.uniform(0.03, 0.06))  # presses at odd moments, as people's are
    wait_for(lambda: len(rig.answered()) - before >= presses, 60, f"{presses} alerts are at headquarters")
    finger.close()
    return [(at - finger.pressed[device]) / 1e6 for device, at in rig.answered()[before:]]


@contextlib.contextmanager
def _viewers(port: int):  # type: ignore[no-untyped-def]
    """People who keep the page open, and look at it once a second."""
    stop = threading.Event()

    def watch() -> None:
        stream = urllib.request.urlopen(f"http://127.0.0.1:{port}/events", timeout=60)
        while not stop.wait(1):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read()
        stream.close()

    watching = [threading.Thread(target=watch, daemon=True) for _ in range(VIEWERS)]
    for thread in watching:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in watching:
            thread.join(15)


def ingest(rig: Rig, count: int, rounds: int) -> tuple[float, float]:
    """Messages a second that wait at the broker: for a bare loop that stores nothing, and committed by the hub. In each
    round both take the same messages, one after the other; these are the medians."""
    rig.output("hub.ops.bench.floor", "session", rig.broker.port)
    measured = []
    for number in range(rounds):
        hub = HubUnderTest(rig, f"ingest-{number}", 1, DEVICES)
        hub.start()
        hub.stop()
        _publish(rig, count)
        bare = float(rig.output("hub.ops.bench.floor", "ingest", rig.broker.port, count))
        measured.append((bare, _committed(hub, count)))
    floors, hubs = zip(*measured, strict=True)
    return median(floors), median(hubs)


def _committed(hub: HubUnderTest, count: int) -> float:
    before = _readings(hub)
    hub.start()
    last = ""
    try:
        # Each look goes through all that was written, on a processor that the broker needs: the floor has none.
        wait_for(lambda: _last_message(hub, before) >= count, 120, f"{count} messages are committed", every=1)
        last = "SELECT count(DISTINCT at || device), min(at), max(at) FROM readings WHERE id > ?"
    finally:
        hub.stop()
    _, first_at, last_at = _row(hub, last, before)
    return count / max(1, last_at - first_at) * 1000


def _publish(rig: Rig, count: int) -> None:
    rig.output("hub.sim.load", "--port", rig.broker.port, "--username", "sensors", "--rate", PUBLISH_RATE, "--devices",
               DEVICES, "--seconds", count / PUBLISH_RATE)  # fmt: skip


def footprint(rig: Rig, seconds: float) -> tuple[float, float]:
    """Memory of core and page in MB, and what the core writes in MB a day at five readings a second."""
    hub = HubUnderTest(rig, "footprint", 5, DEVICES)
    hub.start()
    wait_for(lambda: listens(hub.page), 20, "the page answers")
    urllib.request.urlopen(f"http://127.0.0.1:{hub.page}/", timeout=10).read()
    load = rig.run("trickle", "hub.sim.load", "--port", rig.broker.port, "--username", "sensors", "--rate", 2,
                   "--devices", DEVICES, "--seconds", 3600)  # fmt: skip
    try:
        time.sleep(6)
        readings, written = _readings(hub), _written(hub.pid)
        time.sleep(seconds)
        # The database file gets its share with each checkpoint; the log's pages come once more then, at the most.
        rate = (_written(hub.pid) - written) / max(1, _readings(hub) - readings)
        return sum(memory(pid) for pid in hub.pids()), rate * 5 * 86_400 / 1e6
    finally:
        rig.end(load)
        hub.stop()


def start_to_ready(rig: Rig) -> float:
    """Seconds from the start of the process until a press is answered `stored`."""
    hub = HubUnderTest(rig, "start", 1)
    finger = Finger(rig)
    begin = time.monotonic()
    hub.launch()
    try:
        until = begin + 30
        while "stored" not in finger.stages.get("panic-0", ()):
            if time.monotonic() > until:
                raise NotMeasured("no press was answered within 30 s")
            finger.press(0)
            time.sleep(0.02)
        return time.monotonic() - begin
    finally:
        finger.close()
        hub.stop()


def page(rig: Rig, rounds: int) -> tuple[float, float]:
    """The status page of a school with 300 devices: p99 in ms, and its size in KB."""
    hub = HubUnderTest(rig, "page", 1, DEVICES)
    hub.start()
    wait_for(lambda: listens(hub.page), 20, "the page answers")
    took, size = [], 0
    try:
        for _ in range(rounds):
            begin = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{hub.page}/", timeout=10) as response:
                size = len(response.read())
            took.append((time.perf_counter() - begin) * 1000)
    finally:
        hub.stop()
    return percentile(took, 0.99), size / 1000


def panic_figures(floor: list[float], idle: list[float], loaded: list[float]) -> list[Figure]:
    """Medians for the reader, 99th percentiles for the goals."""
    rows = []
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        base = percentile(floor, share)
        rows.append(Figure(f"press → HQ receipt, idle, {name}", percentile(idle, share), "ms", 3, "at most", base))
        rows.append(
            Figure(f"press → HQ receipt, under load, {name}", percentile(loaded, share), "ms", 5, "at most", base)
        )
    return rows


def _readings(hub: HubUnderTest) -> int:
    return int(_row(hub, "SELECT coalesce(max(id), 0) FROM readings")[0])


def _last_message(hub: HubUnderTest, after: int) -> int:
    """How many messages the readings after `after` came from: those of one message share device and moment."""
    return int(_row(hub, "SELECT count(*) FROM (SELECT DISTINCT at, device FROM readings WHERE id > ?)", after)[0])


def _row(hub: HubUnderTest, query: str, *values: object) -> tuple[int, ...]:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{hub.folder / 'hub.db'}?mode=ro", uri=True)) as connection:
            row: tuple[int, ...] = connection.execute(query, values).fetchone()
            return row
    except sqlite3.OperationalError:
        return (0, 0, 0)  # it is being made


def _written(pid: int) -> int:
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def memory(pid: int) -> float:
    """Proportional set size in MB: what the process costs, shared pages shared."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) / 1000
