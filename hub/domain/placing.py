"""Where devices are on the plan of their floor."""

from typing import Final

from hub.domain.commands import PlaceDevices
from hub.domain.decision import Decision, Entry
from hub.domain.now import Now
from hub.domain.state import SiteState

SCALE: Final = 1000
"""Positions are thousandths of the plan's width and height, from its upper left corner."""


def on_place_devices(state: SiteState, event: PlaceDevices, now: Now) -> Decision:
    """`answer` is `placed`, `unknown_target` (a device that the school doesn't have) or `off_the_plan`. A device with
    None is taken off the plan."""
    if not event.places or not event.places.keys() <= state.site.devices.keys():
        return Decision(answer="unknown_target")
    for place in event.places.values():
        if place is not None and not all(0 <= part <= SCALE for part in place):
            return Decision(answer="off_the_plan")
    body = {"by": event.by, "places": dict(event.places)}
    return Decision(positions=dict(event.places), journal=(Entry("plan", now.wall, body),), answer="placed")
