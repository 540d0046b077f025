"""Alerts as the hub makes them, for the channels' tests."""

from typing import Any

from msgspec.structs import replace

from hub.domain.alerts import Alert, Head, heartbeat_of
from tests.domain.build import TUESDAY_10, School


def panic(**changes: Any) -> Alert:
    """A pressed button's first message to headquarters, with what `changes` about it."""
    return replace(School().presses().dispatches[0].alert, **changes)


def heartbeat() -> Alert:
    return heartbeat_of("school-1", "e0", TUESDAY_10, Head(7, "ab" * 32))
