"""Anything else that speaks MQTT: JSON or plain values on the device's topic and below it, by the device's own `map`.

The name of a value is the rest of its topic and its path in the JSON: `{"climate":{"t":21}}` on the device's topic is
`climate.t`, on `<topic>/air` it is `air/climate.t`; a plain value on `<topic>/air/t` is `air/t`, on the topic itself
`value`.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from hub.domain.reports import Decoded, Press, PressEvent, Rejection, Report
from hub.domain.signals import EVENTS, SIGNALS
from hub.domain.site import Device
from hub.ingest.dialect import Message, Route, Subscription
from hub.ingest.leaves import Leaf, Signals, leaves
from hub.ingest.naming import DEVICE_CLASSES
from hub.ingest.payload import json_object, text
from hub.ingest.pressing import Buttons

_COMMANDS: Final = frozenset({"set", "get", "cmd", "cmnd", "command", "rpc"})
_BUTTON_NAMES: Final = frozenset({"action", "event", "button", "press", "panic", "help", "sos", "alarm"})
_LEVELS: Final = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
_ITSELF: Final = "value"


class Json:
    """Decodes whatever its devices' topics hold."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = {device.topic: device for device in devices}

    def subscriptions(self) -> Sequence[Subscription]:
        """Each device's topic and all below it; there is nothing to notice others by."""
        return [Subscription(f"{topic}/#", Buttons(device).lane) for topic, device in self._devices.items()]

    def find(self, topic: str) -> Route | None:
        """Routes to the device with the longest topic; commands are nobody's state."""
        if topic.rpartition("/")[2] in _COMMANDS:
            return None
        parent, below = topic, ""
        while parent not in self._devices:
            parent, slash, last = parent.rpartition("/")
            if not slash:
                return None
            below = f"{last}/{below}" if below else last
        device = self._devices[parent]
        return Route(device.id, Buttons(device).lane, _decoder(device, below))


def _decoder(device: Device, below: str) -> Callable[[Message], Decoded]:
    signals, buttons = Signals(device, _usual), Buttons(device)

    def decode(message: Message) -> Decoded:
        said = text(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        if said.lstrip()[:1] not in ("{", "["):
            name = below or _ITSELF
            return _report(signals, buttons, [Leaf(name, name.rpartition("/")[2], _plain(said))], message)
        body = json_object(message.payload)
        if isinstance(body, Rejection):
            return msgspec.structs.replace(body, device=device.id)
        return _report(signals, buttons, list(leaves(body, f"{below}." if below else "")), message)

    return decode


def _plain(said: str) -> object:
    word = said.strip()
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word


def _report(signals: Signals, buttons: Buttons, found: list[Leaf], message: Message) -> Report:
    presses: list[Press] = []
    held: dict[PressEvent, bool] = {}
    if buttons.calls:
        for leaf in found:
            _call(buttons, signals, leaf, presses, held)
    return Report(
        buttons.device.id,
        signals.of(found),
        presses=() if message.retained else tuple(presses),
        held=tuple(held.items()),
        retained=message.retained,
        redelivered=message.redelivered,
    )


def _call(buttons: Buttons, signals: Signals, leaf: Leaf, presses: list[Press], held: dict[PressEvent, bool]) -> None:
    """A word is a press each time that it is said; true and false, on and off, 1 and 0 are a level, which is a press
    when it rises."""
    own = signals.mapping(leaf)
    is_button = leaf.name.lower() in _BUTTON_NAMES if own is None else own.signal in EVENTS
    if not is_button:
        return
    level = _LEVELS.get(str(leaf.raw).strip().lower())
    if own is not None and isinstance(leaf.raw, str) and leaf.raw in own.values:
        level = None
    if level is not None:
        for event, is_high in buttons.held(level, own):
            held[event] = held.get(event, False) or is_high
    else:
        presses += buttons.pressed(leaf.raw, own)


def _usual(leaf: Leaf) -> str | None:
    name = leaf.name.lower()
    return name if name in SIGNALS else DEVICE_CLASSES.get(name)
