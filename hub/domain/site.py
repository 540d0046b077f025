"""What a school is made of, as hub.yaml declares it. Read only."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from hub.domain.signals import COMMON, EVENTS, KIND_SIGNALS

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = ("kk", "ru", "en")
Kind = Literal["panic", "door", "lighting", "restroom", "camera", "hub"]
Dialect = Literal["esphome", "zigbee2mqtt", "tasmota", "shelly", "homeassistant", "json", "serial"]
Priority = Literal["critical", "high", "medium"]
Role = Literal["caretaker", "inspector", "admin"]
Intrusion = Literal["out_of_hours", "always", "never"]
Lit = Literal["hours", "occupied", "always"]
DoorRole = Literal["entrance", "exit", "restricted", "restroom", "inner"]

Text = Mapping[str, str]
"""One text in several languages, by language code."""

PRIORITY_RANK: Mapping[Priority, int] = {"critical": 0, "high": 1, "medium": 2}


def in_language(text: Text, language: str) -> str:
    """The text in `language`, else in the first of kk, ru, en that there is, else empty."""
    return next((text[code] for code in (language, *LANGUAGES) if text.get(code)), "")


class Hours(msgspec.Struct, frozen=True):
    """Opening hours in the school's time zone. `weekdays` are 0 (Monday) to 6; `open` and `close` are minutes of the
    day with `open` < `close`; on `holidays` the school is closed all day.

    `speed` and `anchor` are for the demonstration alone: school time runs `speed` times faster than the hub's clock
    since `anchor` (UTC, ms), so that a school day can be watched in minutes. 1 is real time.
    """

    timezone: str
    weekdays: frozenset[int]
    open: int
    close: int
    holidays: frozenset[date] = frozenset()
    speed: int = 1
    anchor: int = 0


class Zone(msgspec.Struct, frozen=True):
    """A part of the building that people have a name for."""

    id: str
    floor: int
    name: Text


class Mapped(msgspec.Struct, frozen=True):
    """What one channel of a device means here: a signal or event, and what each of its words stands for."""

    signal: str
    values: Mapping[str, str] = {}


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One sensor. All durations are milliseconds; 0 for `held_after` is never. `min_lux` is lx. `lit_from` and `lit_to`
    are minutes of the day between which it has to be light, also over midnight; equal where `lit` decides.
    `lux_factor` turns the sensor's reading into what a luxmeter showed below it. `co2_max` is ppm, `pm25_max` and
    `vape_pm25` µg/m³, `voc_max` Sensirion's index, `humidity_max` and `battery_min` percent."""

    id: str
    kind: Kind
    zone: str
    dialect: Dialect | None = None
    topic: str = ""
    name: Text = {}
    role: DoorRole | None = None
    silent_after: int
    min_lux: float = 150
    dark_after: int = 300_000
    lit: Lit = "hours"
    lit_from: int = 0
    lit_to: int = 0
    left_on_after: int = 1_800_000
    lamp_after: int = 60_000
    lux_factor: float = 1
    held_after: int = 120_000
    intrusion: Intrusion = "out_of_hours"
    stay_after: int = 2_700_000
    co2_max: float = 2000
    pm25_max: float = 55
    voc_max: float = 250
    humidity_max: float = 85
    vape_pm25: float = 250
    air_after: int = 900_000
    battery_min: float = 10
    untested_after: int = 31 * 86_400_000
    rtsp: str = ""
    map: Mapping[str, Mapped] = {}

    @property
    def has_button(self) -> bool:
        """Whether hub.yaml says that one can press it: a panic button, or what is mapped to a call for help."""
        meanings = {word for mapped in self.map.values() for word in (mapped.signal, *mapped.values.values())}
        return self.kind == "panic" or (self.kind == "restroom" and "help" in meanings)

    @property
    def awaited(self) -> frozenset[str]:
        """What it is there to say, of which any shows that it is understood: of a door or lamp whatever its kind has,
        of others what their map gives them. Empty where nothing can be awaited, as of a button."""
        kind = KIND_SIGNALS[self.kind] if self.kind in ("door", "lighting") else frozenset()
        return (kind | {mapped.signal for mapped in self.map.values()}) - COMMON - EVENTS


HUB: Final = Device(id="hub", kind="hub", zone="", silent_after=0)
"""The hub itself, whose alarms stand beside those of its devices. It is in no zone: its place is the school."""


class Poster(msgspec.Struct, frozen=True):
    """A poster of the children's contact centre 111 that hangs in `zone`: its code leads to `target`. `language` is
    the one of its large text."""

    id: str
    zone: str
    target: str
    language: Literal["kk", "ru"] = "kk"


class Route(msgspec.Struct, frozen=True):
    """Where alarms of these priorities go: `to` at once, each step of `after` (delay in ms, channels) until a person
    acknowledges. `quiet` are the minutes of the day from and until which tasks wait. `headquarters` says what of them
    its channels get: "important" is panic, help, verified intrusion and lost lines."""

    priorities: frozenset[Priority]
    to: tuple[str, ...]
    after: tuple[tuple[int, tuple[str, ...]], ...] = ()
    quiet: tuple[int, int] | None = None
    headquarters: Literal["important", "all"] = "important"


class Limits(msgspec.Struct, frozen=True):
    """Bounds of the alarms' life; durations in ms.

    `chatter_count` activations of one alarm within `chatter_within` are chattering (ANSI/ISA-18.2 and EEMUA 191 give
    three in a minute); it is over after `calm_after` without a change. A broker, bridge or serial port that is gone
    for `link_after` is an alarm. `grace` is how long after a start or after such a link's return silence is not judged.
    Headquarters is told of `headquarters_at_most` alarms below critical within `headquarters_within`; EEMUA 191
    and IEC 62682 call one alarm in ten minutes acceptable for an operator, two manageable.
    """

    shelve_at_most: int = 30 * 86_400_000
    maintain_at_most: int = 30 * 86_400_000
    chatter_count: int = 3
    chatter_within: int = 60_000
    calm_after: int = 120_000
    link_after: int = 60_000
    grace: int = 30_000
    headquarters_at_most: int = 3
    headquarters_within: int = 600_000


class Site(msgspec.Struct, frozen=True):
    """The school: everything that deciding needs to know of hub.yaml. `hq_channels` are those that end at
    headquarters, `proving` those of them that can prove it."""

    id: str
    name: Text
    language: Language
    hours: Hours
    zones: Mapping[str, Zone]
    devices: Mapping[str, Device]
    channels: tuple[str, ...]
    routes: tuple[Route, ...]
    hq_channels: frozenset[str] = frozenset()
    proving: frozenset[str] = frozenset()
    limits: Limits = Limits()
    posters: Mapping[str, Poster] = {}

    def number_of(self, device: str) -> int:
        """The device's place in hub.yaml, from 1, as alarm receivers number zones; 0 where it has none."""
        return next((number for number, known in enumerate(self.devices, start=1) if known == device), 0)

    @property
    def on_broker(self) -> tuple[str, ...]:
        """Ids of the devices that are heard through the broker."""
        return tuple(d.id for d in self.devices.values() if d.dialect is not None and d.dialect != "serial")

    def channels_for(self, priority: Priority) -> tuple[str, ...]:
        """Names of the channels that an alarm of `priority` goes to at once, each once, in the order of the routes."""
        names = (name for route in self.routes if priority in route.priorities for name in route.to)
        return tuple(dict.fromkeys(names))
