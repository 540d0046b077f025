"""Spans of time: pairs of UTC ms, the end not included. Pure arithmetic."""

import math
from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that neither overlap nor touch, in order; empty ones are left out."""
    done: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]))
        else:
            done.append((start, end))
    return done


def within(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """What of `spans` lies between `start` and `end`."""
    return [(max(a, start), min(b, end)) for a, b in spans if max(a, start) < min(b, end)]


def without(spans: Sequence[Span], others: Iterable[Span]) -> list[Span]:
    """What of `spans` is in none of `others`."""
    left = merged(spans)
    for start, end in merged(others):
        left = [part for a, b in left for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return left


def total(spans: Iterable[Span]) -> int:
    """Milliseconds in `spans`, each moment once."""
    return sum(end - start for start, end in merged(spans))


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`, from 0 to 1, rounded down to four digits, so that 1 means all of it; None of nothing."""
    return math.floor(part / whole * 10_000) / 10_000 if whole > 0 else None
