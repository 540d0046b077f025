"""Sensors that look fresh and are dead: a figure that never moves, a figure no school has, old data stamped as new."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.now import Now
from hub.domain.signals import SIGNALS
from hub.domain.state import DeviceState

HOUR: Final = 3_600_000

STUCK_AFTER: Final[Mapping[str, int]] = MappingProxyType(
    {"co2": 12 * HOUR, "lux": 72 * HOUR, "humidity": 72 * HOUR, "temperature": 168 * HOUR}
)
"""ms for which a real room's figure does not stay the same to the last digit while the device goes on speaking. The
steadiest figure of a school is the temperature of a heated room, in steps of a tenth of a degree."""

BELIEVABLE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "co2": (350, 10_000),  # outdoor air has about 420 ppm: a sensor that says less has drifted
        "temperature": (-50, 60),  # lowest of Kazakhstan's records, and a case in the summer sun
        "humidity": (1, 100),
        "lux": (0, 120_000),  # full sun
    }
)
OLD_STAMP_AFTER: Final = 15 * 60_000
"""ms for which a gateway may repeat old data before the device behind it is suspect: after an outage the oldest
messages come first."""


def suspicion(state: DeviceState, now: Now) -> str:
    """What can't be believed, as a figure for the alarm's text; empty where nothing is wrong."""
    if state.stale_since is not None and now.ms_since(state.stale_since) > OLD_STAMP_AFTER:
        return "↻"
    for name, known in state.signals.items():
        value = known.value
        if isinstance(value, bool | str):
            continue
        low, high = BELIEVABLE.get(name, (value, value))
        if not low <= value <= high or _is_stuck(name, value, now.ms_since(known.since), state, now):
            return f"{value:g} {SIGNALS[name].unit}"
    return ""


def _is_stuck(name: str, value: float, unchanged: int, state: DeviceState, now: Now) -> bool:
    """A lamp that is off says nought all night, which is right; and a device that says nothing is silent, not stuck.
    One that speaks and leaves the figure out, or says what can't be (and so was not believed), is stuck, too."""
    longest = STUCK_AFTER.get(name)
    if longest is None or value == 0 or unchanged < longest or state.seen is None:
        return False
    return now.ms_since(state.seen) < longest // 2
