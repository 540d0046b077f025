"""Fifty people who keep the page open: a press does not wait for them, and what they cost in memory has an end."""

import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hub.ops.bench.figures import Figure, percentile
from hub.ops.bench.measures import DEVICES, memory, press_all
from hub.ops.bench.rig import HubUnderTest, Rig, wait_for
from hub.sim.ports import listens

VIEWERS: Final = 50
READINGS_PER_SECOND: Final = 5
SETTLE_SECONDS: Final = 6.0
"""Longer than the stream's beat: a viewer who left is noticed with the next one."""


def viewers(rig: Rig, presses: int) -> list[Figure]:
    """The panic figure with viewers beside the same without, and the memory that they take."""
    alone, watched = _presses(rig, presses)
    first, more = _memory(rig)
    figures = [
        Figure(f"press → HQ receipt, {VIEWERS} viewers or none, {name}", percentile(watched, share), "ms", 1.5,
               "at most", percentile(alone, share))
        for share, name in ((0.5, "p50"), (0.99, "p99"))
    ]  # fmt: skip
    figures.append(Figure(f"memory of core and page, {VIEWERS} viewers", first, "MB", 100, "at most"))
    figures.append(Figure(f"more memory when {VIEWERS} have left and come again", more, "MB", 5, "at most"))
    return figures


def _presses(rig: Rig, presses: int) -> tuple[list[float], list[float]]:
    """Half without viewers, all with them, half without again: a slow minute of the machine weighs on both."""
    half = presses // 2
    with _hub(rig, "viewers", 2 * presses) as hub:
        alone = press_all(rig, half)
        with _crowd(rig, hub.page, "crowd"):
            watched = press_all(rig, presses, half)
        alone += press_all(rig, presses - half, half + presses)
    return alone, watched


def _memory(rig: Rig) -> tuple[float, float]:
    """MB of core and page with viewers, and how much more it is with the next ones after they have left."""
    found = []
    with _hub(rig, "viewers-memory", 5) as hub:
        for name in ("crowd-first", "crowd-second"):
            with _crowd(rig, hub.page, name):
                time.sleep(SETTLE_SECONDS)
                found.append(sum(memory(pid) for pid in hub.pids()))
            time.sleep(SETTLE_SECONDS)
    return found[0], found[1] - found[0]


@contextmanager
def _hub(rig: Rig, name: str, buttons: int) -> Iterator[HubUnderTest]:
    """A school as busy as most: its readings change the page all the time."""
    hub = HubUnderTest(rig, name, buttons, DEVICES)
    hub.start()
    wait_for(lambda: listens(hub.page), 20, "the page answers")
    load = rig.run(f"{name}-load", "hub.sim.load", "--port", rig.broker.port, "--username", "sensors", "--rate",
                   READINGS_PER_SECOND, "--devices", DEVICES, "--seconds", 3600)  # fmt: skip
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{hub.page}/", timeout=10).read()
        yield hub
    finally:
        rig.end(load)
        hub.stop()


@contextmanager
def _crowd(rig: Rig, port: int, name: str) -> Iterator[None]:
    crowd = rig.run(name, "hub.ops.bench.crowd", port, VIEWERS)
    try:
        wait_for(lambda: "ready" in crowd.log.read_text(), 30, f"{VIEWERS} streams are open")
        yield
    finally:
        rig.end(crowd)
