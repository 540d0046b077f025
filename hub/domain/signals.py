"""The signals every dialect ends in: their values, units and the range in which a figure is believed."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

Value = bool | int | float | str
Form = Literal["flag", "choice", "figure", "text"]


class Signal(msgspec.Struct, frozen=True):
    """One signal of the contract. `low` and `high` bound what a figure may plausibly be, in `unit`."""

    name: str
    form: Form
    unit: str = ""
    values: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf


def _signals() -> Mapping[str, Signal]:
    flags = ("occupancy", "leak", "smoke", "tamper", "battery_low", "reachable")
    table = [Signal(name, "flag") for name in flags]
    table += [
        Signal("contact", "choice", values=("open", "closed")),
        Signal("lock", "choice", values=("locked", "unlocked")),
        Signal("relay", "choice", values=("on", "off")),
        Signal("loop", "choice", values=("normal", "open", "short")),
        Signal("lux", "figure", "lx", low=0, high=200_000),  # full sun is about 120,000 lx
        Signal("power", "figure", "W", low=-100_000, high=100_000),
        Signal("voltage", "figure", "V", low=0, high=60),  # of a battery: the mains' is nobody's concern here
        Signal("battery", "figure", "%", low=0, high=100),
        Signal("humidity", "figure", "%", low=0, high=100),
        Signal("temperature", "figure", "°C", low=-60, high=125),
        Signal("co2", "figure", "ppm", low=0, high=40_000),  # range of the SCD4x sensors
        Signal("pm25", "figure", "µg/m³", low=0, high=10_000),
        Signal("voc", "figure", "", low=0, high=500),  # Sensirion's VOC index
        Signal("rssi", "figure", "dBm", low=-150, high=0),
        Signal("linkquality", "figure", "", low=0, high=255),
        Signal("firmware", "text"),
    ]
    return MappingProxyType({signal.name: signal for signal in table})


SIGNALS: Final = _signals()

EVENTS: Final = frozenset({"press", "test_press", "help"})
"""What happens in a moment and leaves no state behind."""

COMMON: Final = frozenset(
    {"battery", "battery_low", "voltage", "tamper", "reachable", "rssi", "linkquality", "firmware"}
)

KIND_SIGNALS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "panic": COMMON | {"press", "test_press", "loop"},
        "door": COMMON | {"contact", "lock"},
        "lighting": COMMON | {"lux", "relay", "power", "occupancy", "temperature"},
        # A closed list by design: nothing that hears, sees or identifies a person may ever be added for a restroom.
        "restroom": COMMON
        | {"occupancy", "leak", "smoke", "help", "humidity", "temperature", "co2", "pm25", "voc", "contact", "loop"},
        "camera": frozenset({"reachable"}),
    }
)
"""Signals and events that a device of each kind may speak; others of its signals are not kept."""

_TEXT_LIMIT = 64


def clean(name: str, raw: object) -> Value | None:
    """The value as the store keeps it, or None where `raw` says nothing that can be believed.

    Unknown is not false: NaN, an impossible figure or a word that is none of the signal's gives None.
    Raises KeyError for a name that is no signal.
    """
    signal = SIGNALS[name]
    if signal.form == "flag":
        return raw if isinstance(raw, bool) else None
    if signal.form == "choice":
        return raw if isinstance(raw, str) and raw in signal.values else None
    if signal.form == "text":
        return raw[:_TEXT_LIMIT] if isinstance(raw, str) and raw and raw.isprintable() else None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return raw if signal.low <= raw <= signal.high else None  # NaN compares false
