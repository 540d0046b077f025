"""Buttons of plain devices: which actions are a press, a test or a call for help."""

from typing import Final

import msgspec

from hub.domain.reports import Press, PressEvent
from hub.domain.signals import EVENTS
from hub.domain.site import Device, Mapped
from hub.ingest.dialect import LaneName
from hub.ingest.naming import is_release

PRESSING: Final = ("panic", "restroom")
"""The kinds of devices whose buttons call somebody."""


class Buttons(msgspec.Struct, frozen=True):
    """The buttons of one device. Any action but a release is a press (in a restroom: a call for help); the device's
    `map` can make an action a test, and give a button to something else than calling."""

    device: Device

    @property
    def calls(self) -> bool:
        """Whether anybody is called at all."""
        return self.device.kind in PRESSING

    @property
    def event(self) -> PressEvent:
        """What a press means here."""
        return "help" if self.device.kind == "restroom" else "press"

    @property
    def lane(self) -> LaneName:
        """The lane of the topics on which buttons speak."""
        return LaneName.PANIC if self.calls else LaneName.TELEMETRY

    def pressed(self, action: object, own: Mapped | None = None) -> tuple[Press, ...]:
        """What an action means; `own` is the entry of the map for this button. What it says of a word holds, even if
        that word is mostly a release: `off` is what Heiman's button says when let go, and a button of IKEA's remote."""
        if not self.calls or not isinstance(action, str):
            return ()
        named = None if own is None else own.values.get(action)
        if named is None and is_release(action):
            return ()
        event = named or (self.event if own is None else own.signal)
        return (Press(event),) if event in EVENTS else ()  # type: ignore[arg-type]

    def held(self, level: bool, own: Mapped | None = None) -> tuple[tuple[PressEvent, bool], ...]:
        """What a level means that is a press when it rises."""
        event = self.event if own is None else own.signal
        return ((event, level),) if self.calls and event in EVENTS else ()  # type: ignore[return-value]
