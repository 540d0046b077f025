"""When a device's signals mean an alarm: one file per kind of device, one table of all.

A predicate answers True (the condition holds), False (it does not) or None (nothing is known, so nothing changes).
Delays are the table's: a condition raises its alarm when it has held for `on_delay`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.rules.common import ANY, CAMERA_DOWN, LOOP, PANIC, SILENT
from hub.domain.rules.doors import DOOR
from hub.domain.rules.lamps import LIGHTING
from hub.domain.rules.restrooms import RESTROOM
from hub.domain.rules.rule import Rule

RULES: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "panic": (*PANIC, *ANY, SILENT),
        "door": (*DOOR, *ANY, SILENT),
        "lighting": (*LIGHTING, *ANY, SILENT),
        "restroom": (*RESTROOM, LOOP, *ANY, SILENT),
        "camera": (CAMERA_DOWN,),
        "hub": (),
    }
)
"""By kind of device. Presses, and what the hub finds about itself, raise their alarms elsewhere."""
