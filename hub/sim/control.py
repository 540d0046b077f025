"""Presses a button of the simulated school from another process: the console's button, the demonstration's key."""

from collections.abc import Mapping
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from hub.sim.client import Address
from hub.sim.school import PRESS_TOPIC

_VARIABLES: Final = ("SIM_HOST", "SIM_PORT", "SIM_USERNAME", "SIM_PASSWORD")
_SECONDS: Final = 2.0


def to_environment(address: Address) -> dict[str, str]:
    """Environment variables that tell a child process where the school's broker is."""
    values = (address.host, str(address.port), address.username, address.password)
    return dict(zip(_VARIABLES, values, strict=True))


def from_environment(environ: Mapping[str, str]) -> Address | None:
    """The broker as `to_environment` put it there, None where it is not told."""
    host, port, username, password = (environ.get(name, "") for name in _VARIABLES)
    return Address(host, int(port), username, password) if host and port.isdecimal() else None


def press(address: Address, device: str) -> bool:
    """Asks the school to press `device`; False where the broker does not take it within two seconds."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    if address.username:
        client.username_pw_set(address.username, address.password)
    try:
        client.connect(address.host, address.port)
    except OSError:
        return False
    client.loop_start()
    asked = client.publish(f"{PRESS_TOPIC}/{device}", b"press", qos=1)
    asked.wait_for_publish(_SECONDS)
    client.disconnect()
    client.loop_stop()
    return asked.is_published()
