"""`hub install`: a service of this machine, with a broker that lets nobody in without a password.

May be run again: it writes the same files anew, and keeps passwords.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from hub.config.addresses import is_loopback
from hub.config.model import Config
from hub.ops.backup import named_files
from hub.ops.mosquitto import password_line
from hub.ops.private_file import write_private

USER: Final = "school-hub"
DEVICE_PORT: Final = 1883
UNIT: Final = Path("/etc/systemd/system/school-hub.service")
BROKER: Final = Path("/etc/mosquitto/conf.d/school-hub.conf")
PASSWORDS: Final = Path("/etc/mosquitto/school-hub.passwd")
RIGHTS: Final = Path("/etc/mosquitto/school-hub.acl")


class NotInstalled(Exception):
    """What is missing, in words for whoever types the command."""


def install(config: Config, root: Path | None, run: Callable[[Sequence[str]], None] | None = None) -> None:
    """Writes the service and the broker's files and starts both; with `root`, only writes, below that folder.

    Raises NotInstalled where it can't be done, OSError where a file can't be written.
    """
    if root is None and os.geteuid() != 0:
        raise NotInstalled("this needs root: sudo hub install")
    with_broker = is_loopback(config.mqtt.host)
    if with_broker and config.mqtt.port == DEVICE_PORT:
        raise NotInstalled(
            f"in hub.yaml set 'mqtt: {{port: 1884, …}}': devices have port {DEVICE_PORT}, the hub one of its own"
        )
    below = root or Path("/")
    for path, text in _texts(config, with_broker).items():
        target = below / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(target)
    if root is None:
        _set_up(config, with_broker, run or _run)


def _texts(config: Config, with_broker: bool) -> dict[Path, str]:
    path = config.path.absolute()
    at_home = any(str(place).startswith("/home/") for place in (path, Path(sys.executable)))
    unit = _filled(
        "school-hub.service",
        python=sys.executable,
        config=str(path),
        store=str(config.store.path.parent),
        folder=str(path.parent),
        protect_home="read-only" if at_home else "yes",
    )
    if not with_broker:
        return {UNIT: unit}
    broker = _filled(
        "mosquitto.conf",
        hub_port=str(config.mqtt.port),
        device_port=str(DEVICE_PORT),
        device_address="0.0.0.0",
        passwords=str(PASSWORDS),
        acl=str(RIGHTS),
    )
    return {UNIT: unit, BROKER: broker, RIGHTS: _filled("acl")}


def _filled(name: str, **values: str) -> str:
    text = files("hub.ops").joinpath("deploy", name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _set_up(config: Config, with_broker: bool, run: Callable[[Sequence[str]], None]) -> None:
    needed = ["systemctl", "useradd", *(["mosquitto"] if with_broker else [])]
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        raise NotInstalled(f"{', '.join(missing)} not found: apt-get install mosquitto systemd passwd")
    if not _user_exists():
        run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER])
    _hand_over(config)
    if with_broker:
        _passwords(config)
        run(["systemctl", "restart", "mosquitto"])
    run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", UNIT.stem])
    run(["systemctl", "restart", UNIT.stem])


def _hand_over(config: Config) -> None:
    """The service's user owns what it reads and writes: the configuration (devices are adopted into it), what that
    names in its own folder, and the store with its photographs; also what was restored by root."""
    folder = config.store.path.parent
    folder.mkdir(parents=True, exist_ok=True)
    beside = (config.path, config.path.with_name("secrets.yaml"), *named_files(config)[0].values())
    for path in (*beside, folder, *folder.rglob("*")):
        if path.exists():
            shutil.chown(path, USER, USER)


def _passwords(config: Config) -> None:
    """The hub's own password is always that of hub.yaml; each device without one gets a random one, printed once."""
    lines = PASSWORDS.read_text(encoding="utf-8").splitlines(keepends=True) if PASSWORDS.exists() else []
    known = {line.partition(":")[0]: line for line in lines}
    speaking = [device.id for device in config.site.devices.values() if device.topic]
    for name in ["zigbee2mqtt", *speaking]:
        if name not in known:
            password = secrets.token_urlsafe(12)
            known[name] = password_line(name, password)
            print(f"{name}: {password}")
    if config.mqtt.password is not None:
        known[config.mqtt.username] = password_line(config.mqtt.username, config.mqtt.password.reveal())
    write_private(PASSWORDS, "".join(known.values()))
    shutil.chown(PASSWORDS, "mosquitto", "mosquitto")


def _user_exists() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
