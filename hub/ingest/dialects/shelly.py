"""Shelly of the second generation and later: JSON-RPC notifications on `<prefix>/events/rpc`.

Sources: Shelly's API documentation for Gen2, "Notifications", "MQTT", and each component's page. A NotifyStatus holds
what has changed and is to be overlaid on what is known: a signal that it leaves out keeps its value. The generic
status messages, `<prefix>/status/switch:0`, are read as well.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import msgspec

from hub.domain.reports import Decoded, Press, PressEvent, Reason, Rejection, Report
from hub.domain.signals import SIGNALS
from hub.domain.site import Device, Mapped
from hub.ingest.dialect import LaneName, Message, Route, Subscription, unknown
from hub.ingest.leaves import Leaf, Signals, leaves
from hub.ingest.payload import json_object, text
from hub.ingest.pressing import Buttons

# By component and path below it. A relay's own temperature is that of its chip, not of the room.
_PATHS: Final = {
    "switch.output": "relay", "switch.apower": "power", "light.output": "relay", "light.apower": "power",
    "pm1.apower": "power", "em.total_act_power": "power", "em1.act_power": "power",
    "temperature.tC": "temperature", "humidity.rh": "humidity", "illuminance.lux": "lux",
    "devicepower.battery.percent": "battery", "devicepower.battery.V": "voltage",
    "smoke.alarm": "smoke", "flood.alarm": "leak",
    "wifi.rssi": "rssi",
}  # fmt: skip
_STATUS: Final = ("NotifyStatus", "NotifyFullStatus")
_BUTTON_COMPONENTS: Final = ("input", "button", "bthomedevice", "bthomesensor")
_BUTTON_UP: Final = "btn_up"
# Said before the device knows whether the press will be short, long or double.
_BUTTON_DOWN: Final = "btn_down"
_NO_BUTTON: Final = frozenset({"config_changed", "measurement"})


class Shelly:
    """Decodes notifications, generic status messages and the last will."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = {device.topic: device for device in devices}

    def subscriptions(self) -> Sequence[Subscription]:
        """`online` of everybody, so that a device nobody registered is noticed; of buttons, all that is an event on
        the panic lane."""
        found = [Subscription("+/online", LaneName.TELEMETRY), Subscription("+/events/rpc", LaneName.TELEMETRY)]
        for topic, device in self._devices.items():
            if "/" in topic:
                found.append(Subscription(f"{topic}/online", LaneName.TELEMETRY))
            found.append(Subscription(f"{topic}/events/rpc", Buttons(device).lane))
            found.append(Subscription(f"{topic}/status/+", Buttons(device).lane))
            found.append(Subscription(f"{topic}/announce", LaneName.TELEMETRY))
        return list(dict.fromkeys(found))

    def find(self, topic: str) -> Route | None:
        """Routes notifications; requests and answers on `rpc` are nobody's state."""
        parent, _, last = topic.rpartition("/")
        device = self._devices.get(parent)
        if device is not None and last == "online":
            return Route(device.id, LaneName.TELEMETRY, partial(_online, device))
        if device is not None and last == "announce":
            return Route(device.id, LaneName.TELEMETRY, partial(_announced, device))
        prefix, _, middle = parent.rpartition("/")
        device = self._devices.get(prefix)
        if device is None:
            return unknown(parent) if last == "online" and topic.startswith("shelly") else None
        if middle == "events" and last == "rpc":
            return Route(device.id, Buttons(device).lane, _notified(device))
        if middle == "status":
            return Route(device.id, Buttons(device).lane, _status(device, last))
        return None


def _online(device: Device, message: Message) -> Decoded:
    said = text(message.payload)
    if said in ("true", "false"):
        return Report(device.id, (("reachable", said == "true"),), retained=message.retained)
    return Rejection(Reason.WRONG_TYPE, "online is true or false", device.id)


def _announced(device: Device, message: Message) -> Decoded:
    """The device's information, as the answer to `announce` or from its script."""
    said = json_object(message.payload)
    if isinstance(said, Rejection):
        return msgspec.structs.replace(said, device=device.id)
    found = [Leaf("firmware", "firmware", said.get(name)) for name in ("ver", "fw_ver") if name in said]
    signals = Signals(device, lambda leaf: leaf.name)
    return Report(device.id, signals.of(found[:1]), retained=message.retained)


def _notified(device: Device) -> Callable[[Message], Decoded]:
    signals, buttons = Signals(device, _usual), Buttons(device)

    def decode(message: Message) -> Decoded:
        said = json_object(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        method, params = said.get("method"), said.get("params")
        if not isinstance(params, dict):
            return Rejection(Reason.WRONG_TYPE, "a notification has no params", device.id)
        if method in _STATUS:
            return _report(signals, buttons, params, message)
        if method == "NotifyEvent":
            return _events(buttons, params.get("events"), message)
        return Rejection(Reason.UNKNOWN_EVENT, f"unknown method {str(method)[:40]!r}", device.id)

    return decode


def _status(device: Device, component: str) -> Callable[[Message], Decoded]:
    signals, buttons = Signals(device, _usual), Buttons(device)

    def decode(message: Message) -> Decoded:
        said = json_object(message.payload)
        if isinstance(said, Rejection):
            return msgspec.structs.replace(said, device=device.id)
        return _report(signals, buttons, {component: said}, message)

    return decode


def _report(signals: Signals, buttons: Buttons, params: dict[str, object], message: Message) -> Report:
    return Report(
        buttons.device.id,
        signals.of(_values(params)),
        held=_levels(buttons, params),
        retained=message.retained,
        redelivered=message.redelivered,
    )


def _values(params: dict[str, object]) -> Iterator[Leaf]:
    """All leaves by path. A component's main value goes by its name alone: that is what a map gives a meaning to."""
    for component, inner in params.items():
        if not isinstance(inner, dict):
            continue
        if component.startswith("devicepower:") and _is_plugged_in(inner):
            continue
        main = inner.get("state", inner.get("value"))
        if isinstance(main, bool | int | float | str):
            yield Leaf(component, component, main)
        yield from leaves(inner, f"{component}.")


def _is_plugged_in(power: dict[str, object]) -> bool:
    """A device with batteries that runs on USB says that they are empty, since there are none."""
    external = power.get("external")
    return isinstance(external, dict) and external.get("present") is True


def _usual(leaf: Leaf) -> str | None:
    """A component without a number, or with the number 0: which of several is meant is for the map to say."""
    component, _, path = leaf.path.partition(".")
    kind, _, number = component.partition(":")
    if number not in ("", "0"):
        return None
    if not path:
        return kind if number == "" and kind in SIGNALS else None
    return _PATHS.get(f"{kind}.{path}")


def _levels(buttons: Buttons, params: dict[str, object]) -> tuple[tuple[PressEvent, bool], ...]:
    """Inputs in switch mode say no events: their level is a press when it rises."""
    found: dict[PressEvent, bool] = {}
    for component, inner in params.items():
        level = inner.get("state") if isinstance(inner, dict) and component.startswith("input:") else None
        own = buttons.device.map.get(component)
        if isinstance(level, bool) and (own is not None or buttons.device.kind == "panic"):
            for event, is_high in buttons.held(level, own):
                found[event] = found.get(event, False) or is_high
    return tuple(found.items())


def _events(buttons: Buttons, events: object, message: Message) -> Decoded:
    device = buttons.device
    if not isinstance(events, list):
        return Rejection(Reason.WRONG_TYPE, "a NotifyEvent has no events", device.id)
    presses = tuple(press for event in events if isinstance(event, dict) for press in _pressed(buttons, event))
    if message.retained and presses:
        return Rejection(Reason.RETAINED_EVENT, "a press must not be retained", device.id)
    return Report(device.id, presses=presses, retained=message.retained, redelivered=message.redelivered)


def _pressed(buttons: Buttons, event: dict[str, object]) -> tuple[Press, ...]:
    component, action = str(event.get("component")), event.get("event")
    if component.partition(":")[0] not in _BUTTON_COMPONENTS or action == _BUTTON_UP or action in _NO_BUTTON:
        return ()
    own = buttons.device.map.get(component)
    if action == _BUTTON_DOWN and _is_told_apart(own):
        return ()
    return buttons.pressed(action, own)


def _is_told_apart(own: Mapped | None) -> bool:
    """Whether the map gives single actions a meaning, and so has to wait for what the press turns out to be."""
    return own is not None and bool(own.values) and _BUTTON_DOWN not in own.values
