"""Stretches of a day, in minutes since midnight."""

from collections.abc import Iterable, Iterator
from random import Random

Span = tuple[float, float]
"""From, to: the start belongs to it, the end does not."""


def minutes(clock: str) -> int:
    """Minutes since midnight of a time such as 07:30."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def span(start: str, end: str) -> Span:
    """The stretch between two times such as 07:30."""
    return minutes(start), minutes(end)


def within(spans: Iterable[Span], minute: float) -> bool:
    """Whether `minute` lies in one of them."""
    return any(start <= minute < end for start, end in spans)


def bursts(random: Random, period: Span, lengths: Span, gaps: Span) -> Iterator[Span]:
    """Stretches inside `period`, each of a random length and followed by a random gap; they never touch."""
    minute = period[0] + random.uniform(0, gaps[1])
    while minute < period[1]:
        end = minute + random.uniform(*lengths)
        if end <= period[1]:
            yield minute, end
        minute = end + random.uniform(*gaps)
