"""Charts as SVG geometry, drawn on the server: figures as curves, states as bands. Pure."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

WIDTH: Final = 720
HEIGHT: Final = 120
HEAD: Final = 18
"""Room above the highest level for its words: each level's stand on its line, so that no two of them touch."""
FOOT: Final = 6
BUCKETS: Final = 240
Point = tuple[int, float | str]

ACTIVE: Final = frozenset({"open", "unlocked", "on", "short", "1"})
"""Values of a state that are drawn; the others are the quiet ground."""


class Curve(msgspec.Struct, frozen=True):
    """`paths` are unbroken pieces as SVG points; a gap is time without data. `low` and `high` are what was measured;
    `levels` are the lines that help to read it: their height and value."""

    paths: tuple[str, ...]
    low: float
    high: float
    levels: tuple[tuple[float, float], ...] = ()


class Band(msgspec.Struct, frozen=True):
    """`blocks` are x and width of each time in which the state was active; `from_x` is where it was first known."""

    blocks: tuple[tuple[float, float], ...]
    from_x: float


def curve(points: Sequence[Point], start: int, end: int, longest_gap: int) -> Curve:
    """Means over `BUCKETS` pieces of the time; no line is drawn across a silence longer than `longest_gap` ms."""
    numbers = [(at, float(value)) for at, value in points if start <= at <= end and not isinstance(value, str)]
    if not numbers:
        return Curve((), 0, 0)
    low, high = min(value for _, value in numbers), max(value for _, value in numbers)
    steps = round_steps(low, high)
    bottom, top = steps[0], steps[-1]
    step = max(1, (end - start) / BUCKETS)
    means: defaultdict[int, list[float]] = defaultdict(list)
    for at, value in numbers:
        means[min(BUCKETS - 1, int((at - start) / step))].append(value)
    gap = max(2.0, longest_gap / step)
    pieces: list[list[str]] = []
    before = 0
    for bucket in sorted(means):
        if not pieces or bucket - before > gap:
            pieces.append([])
        pieces[-1].append(_point(bucket, sum(means[bucket]) / len(means[bucket]), bottom, top))
        before = bucket
    return Curve(
        tuple(" ".join(_seen(piece)) for piece in pieces),
        low,
        high,
        tuple((_y(step, bottom, top), step) for step in steps),
    )


def round_steps(low: float, high: float) -> tuple[float, ...]:
    """Three to five round numbers, evenly apart, between which `low` and `high` lie."""
    apart = max(high - low, abs(high) * 0.02, 0.5)
    if apart > high - low:  # a figure that hardly moves is drawn as the flat line that it is
        middle = (low + high) / 2
        low, high = (max(0.0, middle - apart / 2) if low >= 0 else middle - apart / 2), middle + apart / 2
    step = next(
        size * 10.0**power
        for power in range(math.floor(math.log10(apart)) - 1, 300)
        for size in (1, 2, 5)
        if math.ceil(high / (size * 10.0**power)) - math.floor(low / (size * 10.0**power)) <= 4
    )
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 2)
    return tuple(round(number * step, 6) for number in range(first, last + 1))


def _point(bucket: int, value: float, bottom: float, top: float) -> str:
    return f"{(bucket + 0.5) * WIDTH / BUCKETS:.1f},{_y(value, bottom, top):.1f}"


def _y(value: float, bottom: float, top: float) -> float:
    return round(HEIGHT - FOOT - (value - bottom) / (top - bottom) * (HEIGHT - FOOT - HEAD), 1)


def _seen(piece: list[str]) -> list[str]:
    """A single point is drawn as a short dash: a line of one point is invisible."""
    if len(piece) > 1:
        return piece
    x, y = piece[0].split(",")
    return [piece[0], f"{float(x) + 2:.1f},{y}"]


def band(points: Sequence[Point], start: int, end: int, step: int = 1) -> Band:
    """From each reading to the next one the state is what was said last. Of each `step` (ms) only whether it was so at
    any time within is shown."""
    blocks: list[tuple[float, float]] = []
    last_at, last_active = 0, False
    for at, value in (*points, (end, "")):
        if last_active and at > start:
            left = _x(max(start, last_at - last_at % step), start, end)
            _join(blocks, left, _x(at + -at % step, start, end))
        last_at, last_active = at, str(value) in ACTIVE
    return Band(tuple(blocks), _x(points[0][0], start, end) if points else WIDTH)


def _join(blocks: list[tuple[float, float]], left: float, right: float) -> None:
    if blocks and left - sum(blocks[-1]) < 0.5:
        blocks[-1] = (blocks[-1][0], right - blocks[-1][0])
    else:
        blocks.append((left, max(1.0, right - left)))


def _x(at: int, start: int, end: int) -> float:
    return round(max(0.0, min(1.0, (at - start) / max(1, end - start))) * WIDTH, 1)
