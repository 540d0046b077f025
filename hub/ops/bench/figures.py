"""Figures, their goals, and the table that shows both."""

import math
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One line of the table. `value` is the hub's; where there is a `floor`, `ratio` is what the goal is about. Where
    it was not measured, `missing` says why and `value` is not a number."""

    name: str
    value: float
    unit: str
    goal: float
    sense: Literal["at most", "at least"]
    floor: float | None = None
    missing: str = ""

    @property
    def ratio(self) -> float | None:
        return None if self.floor is None else self.value / self.floor

    @property
    def met(self) -> bool | None:
        """None where it was not measured."""
        if self.missing:
            return None
        compared = self.value if self.ratio is None else self.ratio
        return compared <= self.goal if self.sense == "at most" else compared >= self.goal


def not_measured(name: str, unit: str, goal: float, why: str) -> Figure:
    """The line of a figure that this machine can't give."""
    return Figure(name, math.nan, unit, goal, "at most", missing=why)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all are not above. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table in Markdown."""
    lines = ["| figure | floor | hub | ratio | goal | met |", "|---|--:|--:|--:|---|---|"]
    for one in figures:
        floor = "" if one.floor is None else f"{one.floor:.4g} {one.unit}"
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        goal = f"{'≤' if one.sense == 'at most' else '≥'} {one.goal:g} {'×' if one.ratio is not None else one.unit}"
        value = f"not measured: {one.missing}" if one.missing else f"{one.value:.4g} {one.unit}"
        lines.append(f"| {one.name} | {floor} | {value} | {ratio} | {goal} | {_MET[one.met]} |")
    return "\n".join(lines)


_MET = {True: "yes", False: "**no**", None: ""}


def as_json(figures: Sequence[Figure]) -> bytes:
    """The figures and the machine, for programs."""
    rows = [{**msgspec.to_builtins(one), "ratio": one.ratio, "met": one.met} for one in figures]
    return msgspec.json.format(msgspec.json.encode({"machine": machine(), "figures": rows}))


def machine() -> str:
    """The machine in one line."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    broker = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True, check=False).stdout.partition("\n")[0]
    return (
        f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}, {broker or 'no Mosquitto'}"
    )
