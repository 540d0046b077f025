"""InfluxDB's line protocol, as far as the hub needs it: tags, boolean and float fields, times in ms.

Figures are always floats: a field that is whole at first and broken later would conflict with its own type.
"""

import math
from collections.abc import Mapping
from typing import Final

import msgspec

_TAG: Final = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})
_MEASUREMENT: Final = str.maketrans({",": r"\,", " ": r"\ "})


class Line(msgspec.Struct, frozen=True, gc=False):
    """One point as text, and the position in its source behind which it comes."""

    position: int
    text: str


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, bool | float], at: int) -> str:
    """One point at UTC ms `at`. Empty tags are left out, since the format has no empty value; so are figures that are
    not finite. Raises ValueError where no field is left."""
    words = [f"{name.translate(_TAG)}={_field(value)}" for name, value in fields.items() if _is_finite(value)]
    if not words:
        raise ValueError(f"{measurement}: a point without a field")
    head = [_plain(measurement).translate(_MEASUREMENT)]
    head += [f"{name}={_plain(value).translate(_TAG)}" for name, value in sorted(tags.items()) if value]
    return f"{','.join(head)} {','.join(words)} {at}"


def _plain(text: str) -> str:
    """A line break would end the point, and a backslash at the end would join the value with what follows: neither
    can be escaped in a way that every database reads alike."""
    return "".join("_" if char == "\\" or not char.isprintable() else char for char in text)


def _is_finite(value: bool | float) -> bool:
    return isinstance(value, bool) or math.isfinite(value)


def _field(value: bool | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(float(value))
