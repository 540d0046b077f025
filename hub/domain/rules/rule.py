"""What a rule is, and the parts that several rules are made of."""

from collections.abc import Callable

import msgspec

from hub.domain.now import Now
from hub.domain.site import Device, Hours
from hub.domain.state import DeviceState

Predicate = Callable[[Device, DeviceState, Hours, Now], bool | None]
Figure = Callable[[Device, DeviceState, Now], str]


class Rule(msgspec.Struct, frozen=True):
    """`alarm` is raised when `holds` has been true for `on_delay` ms; `figure` is the value it is raised with.
    `signals` are those that the predicate reads: a message that says none of them can't change its answer, only time
    can. `since` is for predicates with a delay of their own: since when it has been so."""

    alarm: str
    holds: Predicate
    signals: frozenset[str] = frozenset()
    on_delay: Callable[[Device], int] = lambda device: 0
    figure: Figure = lambda device, state, now: ""
    since: Callable[[DeviceState], Now | None] = lambda state: None


def number(state: DeviceState, signal: str) -> float | None:
    """The last believed figure of a signal, None while it is unknown."""
    value = state.value(signal)
    return None if value is None else float(value)


def flag(signal: str) -> Predicate:
    """The signal is true."""

    def holds(_device: Device, state: DeviceState, _hours: Hours, _now: Now) -> bool | None:
        value = state.value(signal)
        return None if value is None else value is True

    return holds


def reading(signal: str, unit: str) -> Figure:
    """The signal's value with its unit."""

    def show(_device: Device, state: DeviceState, _now: Now) -> str:
        value = state.value(signal)
        return "" if value is None else f"{value:.4g} {unit}".strip() if not isinstance(value, str) else value

    return show


def above(state: DeviceState, alarm: str, value: float, limit: float, *, deadband: float = 0.1) -> bool:
    """Whether `value` is above `limit`; once the alarm is open it has to fall by `deadband` of the limit to be over,
    so that a value that sways about its limit is one alarm (IEC 62682: deadband)."""
    return value > (limit * (1 - deadband) if alarm in state.open else limit)


def below(state: DeviceState, alarm: str, value: float, limit: float, *, deadband: float = 0.1) -> bool:
    """The same from below."""
    return value < (limit * (1 + deadband) if alarm in state.open else limit)
