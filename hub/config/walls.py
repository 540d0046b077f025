"""What hangs on walls and lies in drawers: posters of the contact centre 111, and plans of the floors."""

from pathlib import Path
from typing import Final

from hub.config.addresses import split
from hub.config.fields import Reading, checked, choice, file, known, slug, whole
from hub.config.model import Plan
from hub.config.problems import Wrong
from hub.config.sections import Field, Section, made, needed
from hub.config.source import Node
from hub.domain.site import Poster

PLAN_BYTES: Final = 2 * 1_048_576
_SUFFIXES: Final = (".svg", ".png", ".jpg", ".jpeg")


def _target(text: str) -> str:
    parts = split(text, "https", "http")
    if "@" in parts.netloc:
        raise ValueError("has a user or password in the URL, for every passer-by to read")
    if len(text) > 300:
        raise ValueError("must be at most 300 characters: a longer code can't be read from a wall")
    return text


def _image(reading: Reading, node: Node) -> Path:
    path: Path = file(reading, node)
    if path.suffix.lower() not in _SUFFIXES:
        raise Wrong(f"must be a picture: {', '.join(_SUFFIXES)}")
    if path.stat().st_size > PLAN_BYTES:
        raise Wrong(f"is larger than {PLAN_BYTES // 1_048_576} MB: make the picture smaller")
    return path


POSTER: Final = Section(
    "posters",
    {
        "id": needed(slug),
        "zone": needed(known("zone", lambda reading: reading.zones)),
        "target": needed(checked(_target)),
        "language": Field(choice("kk", "ru")),
    },
    made(Poster),
)

PLAN: Final = Section("plans", {"floor": needed(whole(-9, 99)), "image": needed(_image)}, made(Plan))
