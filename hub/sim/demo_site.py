"""The demonstration's hub.yaml and secrets.yaml: the simulated school, as a caretaker would describe a real one."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from argon2 import PasswordHasher

from hub.domain.site import Language, Text
from hub.ops.private_file import write_private
from hub.sim.floors import drawing, floors
from hub.sim.inventory import FITTINGS, SITE_ID, SITE_NAME, ZONES, Fitting
from hub.sim.school import TIMEZONE

PINS: Final[Mapping[str, str]] = {"caretaker": "1111", "inspector": "2222"}
"""Known to everybody who reads this: for the demonstration only."""

PASSWORD: Final = "demo-inspector"
"""The inspector's, as well known."""

BEGINS: Final = "07:25"
"""School time at the start of the demonstration: just before the doors open."""

_POSTERS: Final = {"hall": "kk", "canteen": "ru", "gym": "kk"}
"""Where they hang, and what they speak."""

NAMES: Final[Mapping[str, str]] = {"caretaker": "Серік Ахметов", "inspector": "Гүлнар Омарова"}


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What the file depends on: `anchor` as `anchor_of` gives it, ports, the broker's MQTT version, the address of
    headquarters' console, and the path of the serial line, None where there is none."""

    language: Language
    speed: int
    anchor: int
    page_port: int
    broker_port: int
    mqtt_version: str
    console: str
    line: Path | None = None

    @property
    def fittings(self) -> list[Fitting]:
        """The school's devices; those on the serial line only where there is one."""
        return [one for one in FITTINGS if self.line or one.dialect != "serial"]


def anchor_of(wall: int, speed: int) -> int:
    """The anchor (UTC, ms) that makes it BEGINS of the present or next working day at `wall`. At the speed of life
    the school's time is the real one."""
    if speed == 1:
        return 0
    local = datetime.fromtimestamp(wall / 1000, ZoneInfo(TIMEZONE))
    hour, _, minute = BEGINS.partition(":")
    begin = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    if begin.weekday() == 6:
        begin += timedelta(days=1)
    shown = int(begin.timestamp() * 1000)
    # From school_time: shown = anchor + (wall - anchor) * speed.
    return (wall * speed - shown) // (speed - 1)


def write_site(folder: Path, demo: Demo, hub_password: str, hq_secret: str) -> Path:
    """Writes hub.yaml, secrets.yaml (mode 0600) and the floors' plans into `folder`; returns the path of hub.yaml."""
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    hidden = {"mqtt_password": hub_password, "hq_secret": hq_secret}
    hidden |= {f"pin_{role}": hasher.hash(pin) for role, pin in PINS.items()}
    hidden["password_inspector"] = hasher.hash(PASSWORD)
    write_private(folder / "secrets.yaml", "".join(f"{name}: {_quoted(value)}\n" for name, value in hidden.items()))
    for floor in floors():
        (folder / f"floor-{floor}.svg").write_text(drawing(floor, demo.language), encoding="utf-8")
    path = folder / "hub.yaml"
    path.write_text(site_text(demo), encoding="utf-8")
    return path


def new_secret() -> str:
    """A random webhook secret in the form of Standard Webhooks."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def site_text(demo: Demo) -> str:
    """hub.yaml of the simulated school."""
    return "\n".join(_lines(demo)) + "\n"


def _lines(demo: Demo) -> Iterator[str]:
    yield "# A simulated school, written by `hub demo`. A real school's file differs in two places: it has no `demo:`"
    yield "# under `site`, and its delays are those of life."
    yield "site:"
    yield f"  id: {SITE_ID}"
    yield f"  name: {_names(SITE_NAME)}"
    yield f"  timezone: {TIMEZONE}"
    yield f"  language: {demo.language}"
    yield '  hours: {weekdays: [mon, tue, wed, thu, fri, sat], open: "07:30", close: "19:00"}'
    if demo.speed != 1:
        yield f"  # School time passes {demo.speed} times faster than life, counted from the anchor (UTC, ms)."
        yield f"  demo: {{speed: {demo.speed}, anchor: {demo.anchor}}}"
    yield (
        f"mqtt: {{host: 127.0.0.1, port: {demo.broker_port}, username: hub, password: !secret mqtt_password, "
        f'version: "{demo.mqtt_version}"}}'
    )
    yield "store: {path: hub.db}"
    yield f'web: {{listen: "127.0.0.1:{demo.page_port}"}}'
    yield "zones:"
    for zone in ZONES:
        yield f"  - {{id: {zone.id}, floor: {zone.floor}, name: {_names(zone.name)}}}"
    yield "plans:"
    for floor in floors():
        yield f"  - {{floor: {floor}, image: floor-{floor}.svg}}"
    yield "devices:"
    for fitting in demo.fittings:
        yield f"  - {{{', '.join(_device(fitting, demo.speed))}}}"
    yield "posters:"
    yield "  # A real poster leads to the contact centre 111; these to the console, which shows such a page."
    for place, speech in _POSTERS.items():
        target = _quoted(f"{demo.console}/111")
        yield f"  - {{id: poster-{place}, zone: {place}, language: {speech}, target: {target}}}"
    if demo.line:
        wired = ", ".join(one.id for one in demo.fittings if one.dialect == "serial")
        yield "serial:"
        yield "  # The old panel; here its line is a pseudo terminal."
        yield f"  - {{port: {_quoted(str(demo.line))}, devices: [{wired}]}}"
    yield "channels:"
    yield "  # The console that plays headquarters: it receives, answers with signed receipts and acknowledges."
    yield f"  - {{name: hq, kind: webhook, url: {_quoted(demo.console + '/alerts')}, secret: !secret hq_secret}}"
    yield "routes:"
    yield "  # Headquarters gets what matters at once; `medium` alarms are tasks, and wait on the page."
    yield "  - {priority: [critical, high], to: [hq]}"
    yield "people:"
    for role, name in NAMES.items():
        password = ", password: !secret password_inspector" if role == "inspector" else ""
        known = f"{PINS[role]}, {PASSWORD}" if password else PINS[role]
        yield f"  - {{name: {_quoted(name)}, role: {role}, pin: !secret pin_{role}{password}}}  # {known}"


def _device(fitting: Fitting, speed: int) -> Iterator[str]:
    yield f"id: {fitting.id}"
    yield f"kind: {fitting.kind}"
    yield f"zone: {fitting.zone}"
    yield f"dialect: {fitting.dialect}"
    if fitting.topic:
        yield f"topic: {fitting.topic}"
    if fitting.name:
        yield f"name: {_names(fitting.name)}"
    if fitting.role:
        yield f"role: {fitting.role}"
    if fitting.kind == "lighting":
        yield f"min_lux: {fitting.min_lux}"
        yield f"dark_after: {_shortened(10, speed)}"
        yield f"left_on_after: {_shortened(60, speed)}"
        yield f"lamp_after: {_shortened(10, speed)}"
    if fitting.kind == "door":
        yield f"held_after: {_shortened(8, speed)}"
    if fitting.kind == "restroom":
        yield f"stay_after: {_shortened(45, speed)}"
        yield f"air_after: {_shortened(15, speed)}"
    if fitting.senses == "help":
        yield "map: {action: help}"
    yield "silent_after: 45s"


def _shortened(minutes: int, speed: int) -> str:
    """`minutes` of school time as a delay of real time, of two seconds at least."""
    return f"{max(2000, minutes * 60_000 // speed)}ms"


def _names(text: Text) -> str:
    """A text in its languages as a YAML block in one line: JSON's quotes are YAML's too."""
    return "{" + ", ".join(f"{code}: {_quoted(words)}" for code, words in text.items()) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
