"""What the names that devices use mean here: a signal's own name, a Home Assistant device class, the device's `map`."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from hub.domain.signals import EVENTS, KIND_SIGNALS, SIGNALS, Value, clean
from hub.domain.site import Device

# Home Assistant's device classes, where they differ from the signals' names.
# Source: the lists of device classes in the documentation of its `sensor` and `binary_sensor` integrations.
DEVICE_CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "illuminance": "lux", "water_leak": "leak", "moisture": "leak", "motion": "occupancy", "presence": "occupancy",
        "door": "contact", "window": "contact", "opening": "contact", "garage_door": "contact",
        "carbon_dioxide": "co2", "pm2_5": "pm25", "signal_strength": "rssi", "voc_index": "voc",
        "panic": "press", "button": "press", "light": "relay", "switch": "relay",
    }
)  # fmt: skip

_WORDS: Final[Mapping[str, Mapping[str, Value]]] = MappingProxyType(
    {
        "contact": {"on": "open", "true": "open", "off": "closed", "false": "closed"},
        "lock": {"lock": "locked", "unlock": "unlocked", "on": "unlocked", "off": "locked"},
        "relay": {"true": "on", "false": "off", "1": "on", "0": "off"},
        "loop": {"ok": "normal", "closed": "normal"},
        "reachable": {"online": True, "offline": False, "connected": True, "disconnected": False},
    }
)
_FLAG_WORDS: Final[Mapping[str, bool]] = MappingProxyType(
    {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}
)
_RELEASES: Final = frozenset({"", "off", "false", "0", "none", "null", "unknown", "unavailable"})
# `hold_release`, `release_1` of Green Power switches, `brightness_stop` of IKEA's remotes; not the `stop` button of a
# remote for blinds.
_LETTING_GO: Final = re.compile(r"released?(?:$|[\W_])|._stop(?:$|[\W_])")
_COUNTED: Final = 1_000_000
"""Figures below are words as well: 1 and 0 of a flag, or what a map says of them."""


class Meaning(msgspec.Struct, frozen=True):
    """The signal or event that a name stands for, and the words of this device for its values."""

    signal: str
    words: Mapping[str, str] = {}

    @property
    def is_event(self) -> bool:
        return self.signal in EVENTS

    def value(self, raw: object) -> Value | None:
        """The signal's value, None where `raw` says nothing that can be believed. Not for events."""
        return meant(self.signal, raw, self.words)


def meaning(device: Device, name: str) -> Meaning | None:
    """What `name` means on this device; None where it means nothing, or nothing that its kind may speak."""
    mapped = device.map.get(name)
    if mapped is not None:
        return Meaning(mapped.signal, mapped.values)
    return usual(device, name)


def usual(device: Device, name: str) -> Meaning | None:
    """What `name` means without the device's own `map`. A signal that the map gives to a channel is no other's."""
    plain = name.lower().replace("-", "_")
    own = device.id.replace("-", "_") + "_"
    plain = plain.removeprefix(own)
    signal = plain if plain in SIGNALS or plain in EVENTS else DEVICE_CLASSES.get(plain, "")
    if not signal:
        tail = max((known for known in SIGNALS if plain.endswith("_" + known)), key=len, default="")
        signal = tail
    if signal not in KIND_SIGNALS.get(device.kind, frozenset()) or signal in claimed(device):
        return None
    return Meaning(signal)


def claimed(device: Device) -> frozenset[str]:
    """The signals, not the events, that the device's `map` gives to channels of its own."""
    return frozenset(mapped.signal for mapped in device.map.values()) & SIGNALS.keys()


def meant(signal: str, raw: object, words: Mapping[str, str]) -> Value | None:
    """`raw` as a value of `signal`, by the device's own words first, then by the usual ones."""
    if isinstance(raw, bool):
        raw_word = "true" if raw else "false"
    elif isinstance(raw, str):
        raw_word = raw.strip().lower()
    else:
        raw_word = f"{raw:g}" if isinstance(raw, int | float) and abs(raw) < _COUNTED else ""
    own = words.get(raw if isinstance(raw, str) else raw_word)
    form = SIGNALS[signal].form
    if own is not None:
        raw, raw_word = own, own.lower()
    if form == "flag":
        return _WORDS.get(signal, {}).get(raw_word, _FLAG_WORDS.get(raw_word))
    if form == "choice":
        return _WORDS[signal].get(raw_word, clean(signal, raw_word))
    if form == "figure" and isinstance(raw, str):
        return _figure(signal, raw)
    return clean(signal, raw)


def is_release(word: str) -> bool:
    """Whether a button's action is the letting go of it, or no action at all."""
    plain = word.strip().lower()
    return plain in _RELEASES or _LETTING_GO.search(plain) is not None


def _figure(signal: str, raw: str) -> Value | None:
    try:
        return clean(signal, float(raw))
    except ValueError:
        return None
