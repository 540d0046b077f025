"""Readings inside a JSON object: its leaves by path, and which of them are a device's signals."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from hub.domain.signals import EVENTS, KIND_SIGNALS, Value
from hub.domain.site import Device, Mapped
from hub.ingest.naming import claimed, meant

LEAVES_LIMIT: Final = 500
"""Leaves of one message that are looked at; the richest real status has some two hundred."""


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

    def of(self, found: Iterable[Leaf]) -> tuple[tuple[str, Value], ...]:
        """The signals with the values that can be believed; what says nothing of the kind is left out."""
        mapped: dict[str, Value] = {}
        plain: dict[str, list[object]] = {}
        for leaf in found:
            own = self.mapping(leaf)
            if own is not None:
                if own.signal not in EVENTS and (value := meant(own.signal, leaf.raw, own.values)) is not None:
                    mapped[own.signal] = value
            elif (signal := self._usual(leaf)) in self._free and signal is not None and leaf.raw is not None:
                plain.setdefault(signal, []).append(leaf.raw)
        for signal, raws in plain.items():
            if len(raws) == 1 and (value := meant(signal, raws[0], {})) is not None:
                mapped[signal] = value
        return tuple(mapped.items())

    def mapping(self, leaf: Leaf) -> Mapped | None:
        """What the device's own map says of the leaf, by its path or by its name."""
        if not self._map:
            return None
        return self._map.get(leaf.path) or self._map.get(leaf.name)
