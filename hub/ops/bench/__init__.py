"""`hub bench`: the bare floor and the hub, measured in one run on one machine, so that the ratio means something."""

import sys
import tempfile
from pathlib import Path

from hub.ops.bench.browser import first_picture
from hub.ops.bench.figures import Figure, as_json, machine, table
from hub.ops.bench.measures import (
    floor_of_a_press,
    footprint,
    hub_press,
    hub_press_under_load,
    ingest,
    page,
    panic_figures,
    start_to_ready,
)
from hub.ops.bench.rig import NotMeasured, Rig
from hub.ops.bench.serial import serial_lines
from hub.ops.bench.viewers import viewers


def run_bench(json: Path | None, *, quick: bool) -> int:
    """Prints a table, and writes `json` where given. 0 whatever the figures say, 1 where they could not be had."""
    try:
        # Not in /tmp, which may be memory: what a commit costs is what a disk takes.
        with tempfile.TemporaryDirectory(prefix="hub-bench-", dir=Path.cwd()) as folder:
            rig = Rig(Path(folder))
            try:
                figures = _measure(rig, quick)
            finally:
                rig.children.stop()
    except (NotMeasured, OSError) as error:
        print(f"hub bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("hub bench: ended", file=sys.stderr)
        return 1
    print(f"{machine()}\n\n{table(figures)}")
    if json is not None:
        json.write_bytes(as_json(figures))
    return 0


def _measure(rig: Rig, quick: bool) -> list[Figure]:
    presses, messages, seconds, rounds = (60, 5_000, 20, 100) if quick else (400, 30_000, 120, 1000)
    _say("floor of a press")
    floor = floor_of_a_press(rig, presses // 2, "floor-before")
    _say("press, idle")
    idle = hub_press(rig, presses)
    _say("press, under load")
    loaded = hub_press_under_load(rig, presses)
    floor += floor_of_a_press(rig, presses // 2, "floor-after")
    _say("durable ingest")
    bare, durable = ingest(rig, messages, rounds=1 if quick else 5)
    _say("memory and bytes written")
    memory, written = footprint(rig, seconds)
    _say("start and page")
    ready = start_to_ready(rig)
    page_ms, page_kb = page(rig, rounds)
    _say("serial lines")
    lines = serial_lines(rig, messages)
    _say("viewers")
    watched = viewers(rig, presses)
    _say("first picture on a telephone")
    picture = first_picture(rig)
    return [
        *panic_figures(floor, idle, loaded),
        Figure("durable ingest, QoS 1", durable, "msg/s", 0.7, "at least", bare),
        Figure("memory of core and page", memory, "MB", 100, "at most"),
        Figure("written at 5 readings/s, a day", written, "MB", 250, "at most"),
        Figure("start → ready for a press", ready, "s", 2, "at most"),
        Figure("status page, 300 devices, p99", page_ms, "ms", 30, "at most"),
        Figure("status page, size", page_kb, "KB", 60, "at most"),
        *lines,
        picture,
        *watched,
    ]


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr)
