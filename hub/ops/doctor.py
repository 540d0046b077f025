"""`hub doctor`: looks at everything the hub depends on and says in plain words what is wrong and what to do."""

import os
import shutil
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from hub.config.advice import advice
from hub.config.check import load_or_explain
from hub.config.model import Config, Mqtt, SmsChannel
from hub.ingest.rtsp import ask
from hub.ops.clock import Clock
from hub.store.beat import read_pulse
from hub.store.database import open_reader
from hub.store.queries import channel_states

_PATIENCE: Final = 3.0
_AT_ONCE: Final = 16
_LITTLE_SPACE: Final = 500_000_000
_SLOW_SYNC: Final = 0.2
"""Seconds for one small synchronised write; good cards need a tenth of it."""
_THROTTLED: Final = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")

Grade = Literal["ok", "note", "BAD"]


class Finding(msgspec.Struct, frozen=True):
    """One line of the answer. Only BAD makes the command fail."""

    grade: Grade
    text: str


Look = Callable[[Config], Iterator[Finding]]


def examine(path: Path, *, offline: bool = False) -> int:
    """Prints what was found; 0 where nothing is bad, 1 where something is, 2 where hub.yaml is wrong."""
    config = load_or_explain(path)
    if config is None:
        return 2
    bad = 0
    for look in LOCAL if offline else (*LOCAL, *NETWORK):
        for finding in look(config):
            print(f"{finding.grade:>4}  {finding.text}", flush=True)
            bad += finding.grade == "BAD"
    print(f"{bad} thing(s) to repair" if bad else "nothing to repair")
    return 1 if bad else 0


def _machine(_config: Config) -> Iterator[Finding]:
    if sys.maxsize < 2**32:
        yield Finding("BAD", "this system has 32 bits: install the 64-bit Raspberry Pi OS")
    if not Clock().now().trusted:
        yield Finding("note", "the clock is not synchronised: check the internet, or add a clock module")
    else:
        yield Finding("ok", "the clock is synchronised")
    if _THROTTLED.exists() and int(_THROTTLED.read_text(), 16) & 0x1:
        yield Finding("BAD", "the voltage is too low: use the power supply made for the Raspberry Pi")


def _advice(config: Config) -> Iterator[Finding]:
    for sentence in advice(config):
        yield Finding("note", sentence)
    for person in config.people:
        if person.role != "caretaker" and person.password is None:
            text = f"{person.name}, {person.role}, has a PIN alone and gets no further than a caretaker: add a password"
            yield Finding("note", text)


def _store(config: Config) -> Iterator[Finding]:
    folder = config.store.path.parent
    if not folder.is_dir():
        yield Finding("BAD", f"{folder} is missing: make it, or run `sudo hub install`")
        return
    free = shutil.disk_usage(folder).free
    yield Finding("BAD" if free < _LITTLE_SPACE else "ok", f"{free // 1_000_000} MB are free on the disk of the store")
    try:
        seconds = _sync_seconds(folder)
    except OSError as error:
        yield Finding("BAD", f"{folder} can't be written: {error.strerror}")
    else:
        yield Finding("note" if seconds > _SLOW_SYNC else "ok", f"a safe write takes {seconds * 1000:.0f} ms")
    if config.store.path.exists():
        yield _integrity(config.store.path)


def _sync_seconds(folder: Path) -> float:
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        begin = time.perf_counter()
        file.write(b"\0" * 4096)
        file.flush()
        os.fsync(file.fileno())
        return time.perf_counter() - begin


def _integrity(path: Path) -> Finding:
    try:
        with closing(open_reader(path)) as reader:
            said = str(reader.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        return Finding("ok", "the store is whole")
    return Finding("BAD", f"the store is damaged: {said[:200]}. Restore a backup on a new card")


def _core(config: Config) -> Iterator[Finding]:
    pulse = read_pulse(config.store.path)
    if not pulse.running or pulse.beat is None:
        yield Finding("BAD", "the hub is not running: sudo systemctl start school-hub")
        return
    yield Finding("ok", f"the hub runs, process {pulse.beat.pid}")
    if pulse.beat.store != "ok":
        yield Finding("BAD", f"the running hub works without a store: {pulse.beat.detail}")
    if pulse.beat.broker != "connected":
        yield Finding("BAD", f"the running hub has no broker: {pulse.beat.detail}")


def _serial_ports(config: Config) -> Iterator[Finding]:
    ports = [serial.port for serial in config.serial]
    ports += [channel.port for channel in config.channels if isinstance(channel, SmsChannel)]
    for port in ports:
        if not Path(port).exists():
            yield Finding("BAD", f"{port} is missing: plug the adapter in; `ls /dev/serial/by-id` shows what is there")
        elif not os.access(port, os.R_OK | os.W_OK):
            yield Finding("BAD", f"{port} can't be opened by this user: add it to the group dialout")
        else:
            yield Finding("ok", f"{port} is there")


def _page(config: Config) -> Iterator[Finding]:
    host = config.web.host if config.web.host not in ("0.0.0.0", "::") else "127.0.0.1"
    problem = _unreachable(host, config.web.port)
    yield Finding("BAD", f"the page does not answer: {problem}") if problem else Finding("ok", "the page answers")


def _broker(config: Config) -> Iterator[Finding]:
    mqtt = config.mqtt
    where = f"the broker at {mqtt.host}:{mqtt.port}"
    problem = _login(mqtt, mqtt.username, mqtt.password.reveal() if mqtt.password else None)
    if problem:
        yield Finding("BAD", f"{where}: {problem}")
        return
    yield Finding("ok", f"{where} lets the hub in")
    if mqtt.username and not _login(mqtt, "", None):
        yield Finding("BAD", f"{where} lets anybody in without a password: set allow_anonymous false")


def _login(mqtt: Mqtt, username: str, password: str | None) -> str:
    """What keeps this user out, empty where nothing does."""
    answer: list[str] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"hub-doctor-{os.getpid()}")
    client.connect_timeout = _PATIENCE
    if username:
        client.username_pw_set(username, password)
    if mqtt.tls is not None:
        ca, cert, key = (str(path) if path else None for path in (mqtt.tls.ca, mqtt.tls.cert, mqtt.tls.key))
        client.tls_set(ca, cert, key)
    client.on_connect = lambda _c, _u, _f, code, _p: answer.append(str(code) if code.is_failure else "")
    try:
        client.connect(mqtt.host, mqtt.port, keepalive=10)
        until = time.monotonic() + _PATIENCE
        while not answer and time.monotonic() < until and client.loop(0.2) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            pass
        client.disconnect()
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return answer[0] if answer else "no answer"


def _outside(config: Config) -> Iterator[Finding]:
    """Whether the machines behind channels and databases can be reached; whether a channel's answers rightly, the
    running hub knows."""
    down = _channels_down(config)
    for kind, name, host, port in _addresses(config):
        problem = _unreachable(host, port)
        if problem:
            yield Finding("BAD", f"{kind} {name}: {host}:{port} can't be reached: {problem}")
            down.pop(name, "")
        else:
            yield Finding("ok", f"{kind} {name}: {host}:{port} can be reached")
    for name, said in down.items():
        yield Finding("BAD", f"channel {name}: the running hub gets nothing through it: {said}")


def _channels_down(config: Config) -> dict[str, str]:
    """Channels through which the running hub gets nothing, and why."""
    if not read_pulse(config.store.path).running:
        return {}
    try:
        with closing(open_reader(config.store.path)) as reader:
            known = channel_states(reader)
    except sqlite3.Error:
        return {}
    states = [known[channel.name] for channel in config.channels if channel.name in known]
    return {state.name: state.detail or state.outcome for state in states if state.state == "down"}


def _cameras(config: Config) -> Iterator[Finding]:
    """Each as the hub looks at it, several at once: one that hangs takes five seconds."""
    cameras = [device for device in config.site.devices.values() if device.rtsp]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda device: ask(device.rtsp, config.logins.get(device.id)), cameras)
        for device, answer in zip(cameras, answers, strict=True):
            if answer.refused:
                yield Finding("BAD", f"camera {device.id} is there but {answer.detail}: see its secret in hub.yaml")
            elif answer.reachable:
                yield Finding("ok", f"camera {device.id} answers")
            else:
                yield Finding("BAD", f"camera {device.id}: {answer.detail}")


def _addresses(config: Config) -> Iterator[tuple[str, str, str, int]]:
    for kind, things in (("channel", config.channels), ("database", config.influx)):
        for thing in things:
            url = getattr(thing, "url", None)
            if isinstance(url, str):
                parts = urlsplit(url)
                yield kind, thing.name, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            elif isinstance(host := getattr(thing, "host", None), str):
                yield kind, thing.name, host, int(getattr(thing, "port", 0))


def _unreachable(host: str, port: int) -> str:
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


LOCAL: Final[tuple[Look, ...]] = (_machine, _advice, _store, _core, _serial_ports)
NETWORK: Final[tuple[Look, ...]] = (_broker, _page, _outside, _cameras)
