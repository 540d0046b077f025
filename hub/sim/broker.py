"""The demonstration's broker: Mosquitto where it is installed, else amqtt. Each is a child process on the loopback."""

import os
import shutil
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from hub.sim.broker_config import amqtt_file, mosquitto_files
from hub.sim.children import Child, Children

BrokerName = Literal["Mosquitto", "amqtt"]

_READY_SECONDS: Final = 10.0
_SYSTEM_FOLDERS: Final = "/usr/local/sbin:/usr/sbin"  # Debian's place for it, in nobody's PATH but root's


class BrokerFailed(Exception):
    """It did not start; the text says why."""


class Broker:
    """A running broker. `version` is the MQTT version to speak to it."""

    def __init__(self, name: BrokerName, port: int, child: Child) -> None:
        self.name, self.port, self.child = name, port, child
        self.version: Literal["5", "3.1.1"] = "5" if name == "Mosquitto" else "3.1.1"


def mosquitto() -> str | None:
    """Path of Mosquitto's program, None where it is not installed."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM_FOLDERS}")


def start(
    folder: Path, port: int, credentials: Mapping[str, str], children: Children, name: BrokerName | None = None
) -> Broker:
    """Starts a broker for the users of `credentials` (hub, sensors, console) and waits until it answers.

    `name` chooses one; by default Mosquitto where there is one. Raises BrokerFailed.
    """
    program = mosquitto()
    chosen: BrokerName = name or ("Mosquitto" if program else "amqtt")
    if chosen == "amqtt" and find_spec("amqtt") is None:
        raise BrokerFailed("neither Mosquitto nor amqtt is installed: pip install 'school-safety-hub[demo]'")
    if chosen == "Mosquitto":
        command = [program or "mosquitto", "-c", str(mosquitto_files(folder, port, credentials))]
    else:
        command = [sys.executable, "-m", "hub.sim.broker_amqtt", str(amqtt_file(folder, port, credentials))]
    try:
        child = children.start("broker", command)
    except OSError as error:
        raise BrokerFailed(f"{chosen} can't be started: {error.strerror}") from error
    _wait_until_ready(child, port, credentials)
    return Broker(chosen, port, child)


def _wait_until_ready(child: Child, port: int, credentials: Mapping[str, str]) -> None:
    user, password = next(iter(credentials.items()))
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if child.has_ended:
            raise BrokerFailed(f"the broker ended at once:\n{child.last_words()}")
        if answers(port, user, password):
            return
        time.sleep(0.05)
    raise BrokerFailed(f"the broker did not answer within {_READY_SECONDS:.0f} s:\n{child.last_words()}")


def answers(port: int, user: str, password: str) -> bool:
    """Whether the broker on this port of the loopback lets the user in."""
    accepted: list[bool] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    if user:
        client.username_pw_set(user, password)
    client.on_connect = lambda _client, _data, _flags, code, _properties: accepted.append(not code.is_failure)
    try:
        client.connect("127.0.0.1", port, keepalive=5)
    except OSError:
        return False
    until = time.monotonic() + 2
    while not accepted and time.monotonic() < until and client.loop(0.1) == paho.MQTT_ERR_SUCCESS:
        pass
    client.disconnect()
    return accepted == [True]
