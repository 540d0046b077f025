"""Files of the demonstration's broker: who may say and hear what, for Mosquitto and for amqtt."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from hub.ops.mosquitto import password_line
from hub.ops.private_file import write_private


class Rights(NamedTuple):
    """Topic filters that a user may write and read."""

    write: tuple[str, ...]
    read: tuple[str, ...]


_SENSORS: Final = (
    "school/#", "zigbee2mqtt/#", "tele/#", "stat/#", "+/online", "+/events/rpc", "+/status/+", "gateway/#", "lab/#",
    "homeassistant/#",
)  # fmt: skip
RIGHTS: Final[Mapping[str, Rights]] = {
    "hub": Rights(write=("school/+/receipt", "hub/+/event"), read=("#",)),
    "sensors": Rights(write=_SENSORS, read=("school/+/receipt", "sim/press/+")),
    "console": Rights(write=("sim/press/+",), read=("school/+/text_sensor/lamp/state",)),
}
"""The hub, the simulated devices, and whoever presses their buttons."""


def mosquitto_files(folder: Path, port: int, credentials: Mapping[str, str]) -> Path:
    """Writes configuration, passwords and rights; returns the configuration's path."""
    passwords, rights, config = (folder / name for name in ("passwords", "rights", "mosquitto.conf"))
    write_private(passwords, "".join(password_line(user, password) for user, password in credentials.items()))
    write_private(rights, "\n".join(_mosquitto_rights(user) for user in credentials))
    lines = [
        f"listener {port} 127.0.0.1",
        "allow_anonymous false",
        f"password_file {passwords}",
        f"acl_file {rights}",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 30",
        "max_inflight_messages 200",
        "max_queued_messages 100000",
        "log_dest stdout",
        "log_type error",
        "log_type warning",
        "log_type notice",
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # else it changes to a user who can't read this folder
    write_private(config, "\n".join(lines) + "\n")
    return config


def amqtt_file(folder: Path, port: int, credentials: Mapping[str, str]) -> Path:
    """Writes what `hub.sim.broker_amqtt` starts from: JSON with its port, passwords' hashes and rights."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)  # random passwords need no more
    passwords = folder / "passwords"
    write_private(passwords, "".join(f"{user}:{cheap.hash(password)}\n" for user, password in credentials.items()))
    content = {
        "bind": f"127.0.0.1:{port}",
        "passwords": str(passwords),
        "write": {user: RIGHTS[user].write for user in credentials},
        "read": {user: RIGHTS[user].read for user in credentials},
    }
    path = folder / "amqtt.json"
    write_private(path, json.dumps(content, indent=2))
    return path


def _mosquitto_rights(user: str) -> str:
    lines = [f"user {user}"]
    lines += [f"topic write {topic}" for topic in RIGHTS[user].write]
    lines += [f"topic read {topic}" for topic in RIGHTS[user].read]
    return "\n".join(lines) + "\n"
