"""What a decoder makes of a message: what the device says, or why the message is refused."""

from enum import StrEnum
from typing import Final, Literal

import msgspec

from hub.domain.signals import Value

PressEvent = Literal["press", "test_press", "help"]


class Press(msgspec.Struct, frozen=True, gc=False):
    """A button was pressed. `boot` and `seq` (0 to 2^32-1) number the presses of devices that speak the hub's panic
    protocol, so that repeats can be told from new presses; plain devices have neither. `age` is how many seconds ago it
    was pressed, where the device knows that."""

    event: PressEvent
    boot: int | None = None
    seq: int | None = None
    age: int | None = None


LONGEST_AGE: Final = 4_294_967
"""Seconds: a device counts the ms since a press in 32 bits."""


class Report(msgspec.Struct, frozen=True):
    """One accepted message of one device.

    `signals` have passed `hub.domain.signals.clean`. `held` are levels that mean a press only when they rise, such as
    Zigbee2MQTT's `sos`, which reappears in later messages. A `retained` report is the broker's memory, not a sign of
    life. A `redelivered` one may have been processed before a connection broke; `delivery` is then the same text as
    the first time (the broker keeps the packet's number), empty where it has none. `said_at` (UTC, ms) is when the
    device itself spoke, where a gateway says that: what it repeats later is no sign of life.
    """

    device: str
    signals: tuple[tuple[str, Value], ...] = ()
    presses: tuple[Press, ...] = ()
    held: tuple[tuple[PressEvent, bool], ...] = ()
    retained: bool = False
    redelivered: bool = False
    delivery: str = ""
    said_at: int | None = None


LinkKind = Literal["broker", "bridge", "port"]


class Linked(msgspec.Struct, frozen=True):
    """What devices are heard through came or went: the broker, a Zigbee bridge (`name` is its base topic) or a serial
    port (its path). `devices` are those behind it."""

    kind: LinkKind
    name: str
    up: bool
    devices: tuple[str, ...]


class Reason(StrEnum):
    """Why a message was refused; the same words in the store, the metrics and the page."""

    OVERSIZED = "oversized"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_EVENT = "unknown_event"
    RETAINED_EVENT = "retained_event"
    BAD_FRAME = "bad_frame"
    BAD_CHECKSUM = "bad_checksum"
    FAULT = "fault"  # the hub's own mistake


class Rejection(msgspec.Struct, frozen=True):
    """A message that was refused, with the reason and a short explanation for whoever looks after the devices."""

    reason: Reason
    detail: str = ""
    device: str = ""


Decoded = Report | Linked | Rejection | tuple[Report, ...] | None
"""None is a message that is nobody's state: a command, a receipt, a debug line. Several reports come from one message
about several devices, such as the availability of a gateway."""
