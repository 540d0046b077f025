"""Alerts as the hub makes them, for the channels' tests."""

from typing import Any

from msgspec.structs import replace

from hub.domain.alerts import Alert, Head, event_id, heartbeat_of
from hub.domain.now import Now
from tests.domain.build import TUESDAY_10, School

RAISED_AT = TUESDAY_10 + 123
_PANIC = replace(School().presses().dispatches[0].alert, raised_at=RAISED_AT)


def alert(number: int = 1, **changes: Any) -> Alert:
    """A pressed button's first message to headquarters: the school's `number`-th, with what `changes` about it."""
    named = {"event_id": event_id("school-1", "e0", number, 1), "alarm_id": number}
    return replace(_PANIC, **{**named, **changes})


def heartbeat(wall: int = RAISED_AT) -> Alert:
    return heartbeat_of("school-1", "e0", Now(wall, 0), Head(7, "ab" * 32))
