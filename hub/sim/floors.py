"""The simulated school's floors: a plan of each, and where its devices are on it."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

import msgspec

from hub.domain.placing import SCALE
from hub.domain.site import Language, Zone
from hub.sim.inventory import ZONES, Fitting

WIDTH: Final = 1200
HEIGHT: Final = 720
_WALL: Final = 16
_CORRIDOR: Final = (290, 430)
"""Its upper and lower wall: rooms are on both sides of it."""


class Room(msgspec.Struct, frozen=True):
    """Where a zone is on its floor's plan, in the plan's units."""

    left: float
    top: float
    width: float
    height: float


def floors() -> list[int]:
    return sorted({zone.floor for zone in ZONES})


def rooms(floor: int) -> dict[str, Room]:
    """The zones of a floor: a corridor through the middle where there is one, else all of it is one room."""
    zones = [zone for zone in ZONES if zone.floor == floor]
    sides = [zone for zone in zones if not _is_corridor(zone)]
    inside = WIDTH - 2 * _WALL
    if len(sides) == len(zones):
        return dict(_row(zones, _WALL, HEIGHT - 2 * _WALL, inside))
    upper, lower = _CORRIDOR
    found = {zone.id: Room(_WALL, upper, inside, lower - upper) for zone in zones if _is_corridor(zone)}
    half = (len(sides) + 1) // 2
    found.update(_row(sides[:half], _WALL, upper - _WALL, inside))
    found.update(_row(sides[half:], lower, HEIGHT - _WALL - lower, inside))
    return found


def drawing(floor: int, language: Language) -> str:
    """The plan as SVG."""
    names = {zone.id: zone.name.get(language, zone.id) for zone in ZONES}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for zone, room in rooms(floor).items():
        parts.append(
            f'<rect x="{room.left:.0f}" y="{room.top:.0f}" width="{room.width:.0f}" height="{room.height:.0f}"'
            ' fill="#f5f6f8" stroke="#4a5160" stroke-width="4"/>'
        )
        for number, line in enumerate(names[zone].split(", ")):
            parts.append(
                f'<text x="{room.left + 14:.0f}" y="{room.top + 34 + 28 * number:.0f}" font-size="24"'
                f' font-family="sans-serif" fill="#1b1f27">{escape(line)}</text>'
            )
    return "\n".join([*parts, "</svg>", ""])


def places(fittings: Iterable[Fitting]) -> dict[str, tuple[int, int]]:
    """Where each device is, in thousandths of its plan: side by side in its room, where that is deep in two rows, so
    that they can be told apart on a telephone."""
    at: Mapping[str, Room] = {zone: room for floor in floors() for zone, room in rooms(floor).items()}
    by_zone: dict[str, list[str]] = {}
    for fitting in fittings:
        by_zone.setdefault(fitting.zone, []).append(fitting.id)
    found = {}
    for zone, devices in by_zone.items():
        room = at[zone]
        for number, device in enumerate(devices, start=1):
            x = room.left + room.width * number / (len(devices) + 1)
            deep = 0.7 if room.width > 3 * room.height else 0.48 if number % 2 else 0.82
            y = room.top + room.height * deep
            found[device] = (round(x / WIDTH * SCALE), round(y / HEIGHT * SCALE))
    return found


def _row(zones: list[Zone], top: float, height: float, inside: float) -> Iterable[tuple[str, Room]]:
    width = inside / max(1, len(zones))
    return [(zone.id, Room(_WALL + width * number, top, width, height)) for number, zone in enumerate(zones)]


def _is_corridor(zone: Zone) -> bool:
    return zone.id.startswith("corridor")
