"""What is due though no sensor asks for it: the monthly round, and devices that have to be replaced. Pure."""

from datetime import timedelta
from typing import Final, Literal

import msgspec

from hub.config.model import Config
from hub.domain.rounds import DUE_MS, items_of
from hub.domain.schedule import school_time
from hub.domain.site import Device, Hours
from hub.web.facts import Facts

REPLACE_AHEAD_DAYS: Final = 30
"""Time to order a device and to have it replaced."""


class Due(msgspec.Struct, frozen=True):
    """The monthly round, due `since` then (UTC, ms), or `device`, which has to be
    replaced by the day `by` (as in 2027-09-01)."""

    kind: Literal["round", "replace"]
    since: int = 0
    device: Device | None = None
    by: str = ""
    late: bool = False


def due_of(config: Config, facts: Facts, now: int) -> tuple[Due, ...]:
    """The round, and devices whose day of replacement is near or past, the nearest first."""
    found, today = [], school_time(config.site.hours, now).date()
    since = round_due_at(facts.round_at, config.site.hours)
    if facts.round_at and not facts.round_goes and now > since and items_of(config.site):
        found.append(Due("round", since))
    near = (today + timedelta(days=REPLACE_AHEAD_DAYS)).isoformat()
    for note in sorted(facts.notes, key=lambda note: note.replace_by):
        device = config.site.devices.get(note.device)
        if device is not None and note.replace_by <= near:
            found.append(Due("replace", device=device, by=note.replace_by, late=note.replace_by < today.isoformat()))
    return tuple(found)


def round_due_at(last: int, hours: Hours) -> int:
    """When the next round is due (UTC, ms) after one that ended at `last`, a month of school time ago."""
    return last + DUE_MS // hours.speed
