"""The configuration after it was read and found right: frozen, typed, complete with defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from hub.domain.site import Language, Role, Site


class Secret:
    """A text that shows itself only when asked to: never in a log, an error, a repr or a page."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Login(msgspec.Struct, frozen=True):
    """Who the hub says it is to a camera."""

    user: str
    password: Secret


class Tls(msgspec.Struct, frozen=True):
    """Files in PEM form. `cert` and `key` go together."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


class Flow(msgspec.Struct, frozen=True):
    """How many messages are let in: `rate` a second for long, `burst` at once."""

    rate: int = 50
    burst: int = 1000


class Mqtt(msgspec.Struct, frozen=True):
    """The broker. `version` 3.1.1 is for brokers that know nothing newer. `limits` hold for each device."""

    host: str = "127.0.0.1"
    port: int = 1883
    username: str = ""
    password: Secret | None = None
    tls: Tls | None = None
    version: Literal["5", "3.1.1"] = "5"
    limits: Flow = Flow()


class Store(msgspec.Struct, frozen=True):
    """The database file, and how long readings are kept (ms)."""

    path: Path = Path("/var/lib/school-hub/hub.db")
    keep_readings: int = 90 * 86_400_000


Viewer = Literal["school", "open", "nobody"]


class Web(msgspec.Struct, frozen=True):
    """Where the page listens, what it shows to those who have not signed in (the school as on the wall screen, the open
    report alone, or nothing), and the address of the proxy with TLS that stands before it."""

    host: str = "127.0.0.1"
    port: int = 8080
    viewer: Viewer = "school"
    proxy: str = ""


class ModbusRead(msgspec.Struct, frozen=True, kw_only=True):
    """One contact or value of a Modbus unit. `at` is the address on the wire, from 0. A register's figure is
    `raw * scale + offset`; `bit` takes one bit of it; `values` says what each raw word stands for."""

    table: Literal["coil", "discrete", "holding", "input"]
    at: int
    signal: str
    type: Literal["u16", "s16", "u32", "s32", "f32"] = "u16"
    words: Literal["big", "little"] = "big"
    bit: int | None = None
    scale: float = 1
    offset: float = 0
    values: Mapping[str, str] = {}


class ModbusUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of one unit on a bus, every `every` ms, as the signals of `device`."""

    device: str
    unit: int
    every: int = 1000
    read: tuple[ModbusRead, ...] = ()


class SerialPort(msgspec.Struct, frozen=True, kw_only=True):
    """A port, either with `devices` that speak the line protocol or as a Modbus RTU bus. In mode `poll` each device is
    asked every `poll_every` ms; with direction `rts` the kernel switches an RS-485 driver by RTS."""

    port: str
    baud: int = 115_200
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    direction: Literal["auto", "rts"] = "auto"
    devices: tuple[str, ...] = ()
    mode: Literal["push", "poll"] = "push"
    poll_every: int = 500
    modbus: tuple[ModbusUnit, ...] = ()

    @property
    def behind(self) -> tuple[str, ...]:
        """Ids of all devices at the port."""
        return (*self.devices, *(unit.device for unit in self.modbus))


class Influx(msgspec.Struct, frozen=True, kw_only=True):
    """One time-series database: `v1` writes to `/write?db=`, `v2` through influxdb-client. `ca` is a private
    authority's file."""

    name: str
    api: Literal["v1", "v2"]
    url: str
    database: str = ""
    username: str = ""
    password: Secret | None = None
    org: str = ""
    bucket: str = ""
    token: Secret | None = None
    ca: Path | None = None


class WebhookChannel(msgspec.Struct, frozen=True, kw_only=True):
    """Standard Webhooks over HTTP(S). `ca` is a private authority's file."""

    name: str
    url: str
    secret: Secret
    ca: Path | None = None


class Dc09Channel(msgspec.Struct, frozen=True, kw_only=True):
    """SIA DC-09 over TCP. `key` is 32, 48 or 64 hex digits; `secondary` is `host:port` of the second receiver."""

    name: str
    host: str
    port: int
    account: str
    key: Secret | None = None
    secondary: str = ""


class SmsChannel(msgspec.Struct, frozen=True, kw_only=True):
    """`language` is the one that the people at these phones read."""

    name: str
    port: str
    to: tuple[str, ...]
    baud: int = 115_200
    pin: Secret | None = None
    language: Language = "kk"


class AppriseChannel(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: Secret


class CapChannel(msgspec.Struct, frozen=True, kw_only=True):
    """CAP 1.2 documents, posted to `url`."""

    name: str
    url: str
    sender: str
    secret: Secret | None = None
    ca: Path | None = None


class MqttChannel(msgspec.Struct, frozen=True, kw_only=True):
    """Headquarters' own broker; topics are `<topic>/<site>/alert`, `/receipt` and `/ack`."""

    name: str
    host: str
    port: int = 8883
    topic: str = "alerts"
    username: str = ""
    password: Secret | None = None
    tls: Tls | None = None


class EmailChannel(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    host: str
    port: int = 587
    sender: str
    to: tuple[str, ...]
    username: str = ""
    password: Secret | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca: Path | None = None


Channel = WebhookChannel | Dc09Channel | SmsChannel | AppriseChannel | CapChannel | MqttChannel | EmailChannel

CHANNEL_SETTINGS: Mapping[str, type[Channel]] = {
    "webhook": WebhookChannel,
    "dc09": Dc09Channel,
    "sms": SmsChannel,
    "apprise": AppriseChannel,
    "cap": CapChannel,
    "mqtt": MqttChannel,
    "email": EmailChannel,
}

HQ_CHANNELS = (WebhookChannel, Dc09Channel, MqttChannel, CapChannel)
"""Those that end at headquarters; a telephone's delivery report proves nothing of the kind."""


def proves(channel: Channel) -> bool:
    """Whether it can prove that headquarters has an alert."""
    match channel:
        case Dc09Channel(key=key):
            return key is not None
        case CapChannel(secret=secret):
            return secret is not None
    return isinstance(channel, HQ_CHANNELS)


class Person(msgspec.Struct, frozen=True):
    """Somebody who acts. `pin` and `password` are argon2id hashes, made by `hub pin` and `hub password`; one of them is
    there. `totp` is the key of an authenticator, in base32."""

    name: str
    role: Role
    pin: Secret | None = None
    password: Secret | None = None
    totp: Secret | None = None


class Plan(msgspec.Struct, frozen=True):
    """The picture of a floor, SVG, PNG or JPEG."""

    floor: int
    image: Path


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All of hub.yaml."""

    path: Path
    site: Site
    mqtt: Mqtt
    store: Store
    web: Web
    serial: tuple[SerialPort, ...] = ()
    influx: tuple[Influx, ...] = ()
    channels: tuple[Channel, ...] = ()
    people: tuple[Person, ...] = ()
    plans: tuple[Plan, ...] = ()
    logins: Mapping[str, Login] = {}
    """By camera, where its URL has a user."""
