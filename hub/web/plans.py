"""Pictures of floors, made harmless: of an SVG only drawing is left, other pictures are made anew."""

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import msgspec

from hub.config.walls import PLAN_BYTES

_SVG: Final = "http://www.w3.org/2000/svg"
_DRAWING: Final = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title", "desc",
    "defs", "linearGradient", "radialGradient", "stop", "clipPath", "pattern", "marker", "symbol", "use",
})  # fmt: skip
_INSIDE: Final = re.compile(r"#[\w.-]+")
_URL: Final = re.compile(r"url\s*\(\s*['\"]?(?!#)|@import|expression|javascript:|\\", re.IGNORECASE)
_SIDE: Final = 4000
_PIXELS: Final = 16_000_000
_ELEMENTS: Final = 50_000


class Picture(msgspec.Struct, frozen=True):
    """A harmless picture; width and height are in any unit, only their ratio counts."""

    content: bytes
    mimetype: str
    width: int
    height: int


def picture(path: Path) -> Picture | None:
    """The picture in a file, None where it can't be read or is none. Read again when the file changes."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return _picture(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=16)
def _picture(path: Path, _changed: int, size: int) -> Picture | None:
    if size > PLAN_BYTES:
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return drawing(content) if path.suffix.lower() == ".svg" else photograph(content)


def drawing(content: bytes) -> Picture | None:
    """An SVG without scripts, styles that load, references to elsewhere or anything that isn't drawing."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(content, forbid_dtd=False)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    if root.tag != f"{{{_SVG}}}svg" or sum(1 for _ in root.iter()) > _ELEMENTS:
        return None
    size = _size(root.attrib)
    if size is None:
        return None
    _clean(root)
    root.set("viewBox", root.get("viewBox") or f"0 0 {size[0]:g} {size[1]:g}")
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    ElementTree.register_namespace("", _SVG)
    scale = 1000 / max(size)
    return Picture(
        ElementTree.tostring(root), "image/svg+xml", max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    )


def _clean(element: Element) -> None:
    for child in list(element):
        name = child.tag.removeprefix(f"{{{_SVG}}}") if isinstance(child.tag, str) else ""
        if child.tag != f"{{{_SVG}}}{name}" or name not in _DRAWING:
            element.remove(child)
        else:
            _clean(child)
    for name, value in list(element.attrib.items()):
        bare = name.rpartition("}")[2].lower()
        leads_out = bare == "href" and not _INSIDE.fullmatch(value)
        if bare.startswith("on") or leads_out or _URL.search(value) or (name.startswith("{") and bare != "href"):
            del element.attrib[name]


def _size(attributes: dict[str, str]) -> tuple[float, float] | None:
    """Width and height, of the view box where there is one."""
    box = [part for part in re.split(r"[\s,]+", attributes.get("viewBox", "").strip()) if part]
    written = box[2:] if len(box) == 4 else [attributes.get("width", ""), attributes.get("height", "")]
    try:
        width, height = (float(re.sub(r"(px|mm|cm|pt|in)$", "", part)) for part in written)
    except ValueError:
        return None
    return (width, height) if 0 < width < 1e6 and 0 < height < 1e6 and 0.1 < width / height < 10 else None


def photograph(content: bytes) -> Picture | None:
    """A PNG or JPEG, made anew as PNG or JPEG without anything but its pixels."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            if max(width, height) > _SIDE or width * height > _PIXELS or not 0.1 < width / height < 10:
                return None
            kind = "PNG" if image.format == "PNG" else "JPEG"
            plain = image.convert("RGB")
            made = io.BytesIO()
            plain.save(made, kind, optimize=True, quality=85)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
    return Picture(made.getvalue(), f"image/{kind.lower()}", width, height)
