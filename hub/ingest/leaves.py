"""Readings inside a JSON object: its leaves by path, and which of them are a device's signals."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from hub.domain.signals import EVENTS, KIND_SIGNALS, Value
from hub.domain.site import Device, Mapped
from hub.ingest.naming import Meaning, claimed, meant

_REMEMBERED: Final = 500
"""Paths of one topic; the richest real status has some two hundred. Others are looked up each time."""


class Leaf(NamedTuple):
    """One value. `path` is all keys (and places in lists, from 0) joined by dots, `name` the last of them."""

    path: str
    name: str
    raw: object


def leaves(body: Mapping[str, object], prefix: str = "") -> Iterator[Leaf]:
    """All values below `body`, in its order. `prefix` is what the paths begin with, its dot included."""
    for name, raw in body.items():
        if isinstance(raw, dict):
            yield from leaves(raw, f"{prefix}{name}.")
        elif isinstance(raw, list):
            yield from leaves({str(place): item for place, item in enumerate(raw)}, f"{prefix}{name}.")
        else:
            yield Leaf(prefix + name, name, raw)


class Signals:
    """Takes a device's signals out of leaves. `usual` gives a leaf's signal where the device's `map` has none.

    Without a map every choice stays open: of two leaves of one message that would be the same signal neither is
    taken, and a signal that the map gives to one channel is taken from no other.
    """

    def __init__(self, device: Device, usual: Callable[[Leaf], str | None]) -> None:
        self._map, self._usual = device.map, usual
        self._free = KIND_SIGNALS.get(device.kind, frozenset()) - claimed(device) - EVENTS
        self._meanings: dict[str, Meaning | None] = {}

    def of(self, found: Iterable[Leaf]) -> tuple[tuple[str, Value], ...]:
        """The signals with the values that can be believed; what says nothing of the kind is left out."""
        values: dict[str, Value] = {}
        taken: set[str] = set()
        for leaf in found:
            try:
                meaning = self._meanings[leaf.path]
            except KeyError:
                meaning = self._meaning(leaf)
            if meaning is None or leaf.raw is None:
                continue
            signal = meaning.signal
            if signal in taken and signal in self._free:
                values.pop(signal, None)
                continue
            taken.add(signal)
            value = meant(signal, leaf.raw, meaning.words)
            if value is not None:
                values[signal] = value
        return tuple(values.items())

    def mapping(self, leaf: Leaf) -> Mapped | None:
        """What the device's own map says of the leaf, by its path or by its name."""
        if not self._map:
            return None
        return self._map.get(leaf.path) or self._map.get(leaf.name)

    def _meaning(self, leaf: Leaf) -> Meaning | None:
        own = self.mapping(leaf)
        if own is not None:
            meaning = None if own.signal in EVENTS else Meaning(own.signal, own.values)
        else:
            signal = self._usual(leaf)
            meaning = Meaning(signal) if signal is not None and signal in self._free else None
        if len(self._meanings) < _REMEMBERED:
            self._meanings[leaf.path] = meaning
        return meaning
