"""Reading payloads from outside under a size limit and a strict form: what can't be read has a named reason."""

import math
from typing import Final, TypeVar

import msgspec

from hub.domain.reports import Reason, Rejection

DEPTH_LIMIT: Final = 8
"""Levels of nesting; the deepest real message (a Shelly status) has four."""

_UNSAID: Final = frozenset({"", "nan", "unknown", "unavailable", "none", "null"})

T = TypeVar("T")


def text(payload: bytes) -> str | Rejection:
    """The payload as UTF-8."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return Rejection(Reason.NOT_UTF8, "the payload is not UTF-8")


def json_object(payload: bytes) -> dict[str, object] | Rejection:
    """The payload as a JSON object of bounded depth. Numbers beyond a double's range, NaN and Infinity are refused."""
    decoded = structured(payload, dict[str, object])
    if isinstance(decoded, Rejection):
        return decoded
    if payload.count(b"{") + payload.count(b"[") > DEPTH_LIMIT and _is_deep(decoded):
        return Rejection(Reason.TOO_DEEP, f"nested deeper than {DEPTH_LIMIT}")
    return decoded


def structured(payload: bytes, form: type[T]) -> T | Rejection:
    """The payload as JSON of exactly `form`."""
    try:
        return msgspec.json.decode(payload, type=form)
    except msgspec.ValidationError as error:
        return Rejection(Reason.WRONG_TYPE, str(error))
    except msgspec.DecodeError as error:
        return Rejection(_syntax_reason(payload), str(error))
    except RecursionError:
        return Rejection(Reason.TOO_DEEP, f"nested deeper than {DEPTH_LIMIT}")
    except UnicodeDecodeError:
        return Rejection(Reason.NOT_UTF8, "the payload is not UTF-8")


def number(payload: bytes) -> float | Rejection | None:
    """A plain decimal. None where the device says that it does not know."""
    try:
        value = float(payload)
    except ValueError:
        said = text(payload)
        if isinstance(said, Rejection):
            return said
        return None if said.strip().lower() in _UNSAID else Rejection(Reason.WRONG_TYPE, "not a number")
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else Rejection(Reason.NOT_FINITE, "not a finite number")


def is_unsaid(said: str) -> bool:
    """Whether a text means that the device does not know."""
    return said.strip().lower() in _UNSAID


def _syntax_reason(payload: bytes) -> Reason:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return Reason.NOT_UTF8
    return Reason.NOT_JSON


def _is_deep(value: object, level: int = 0) -> bool:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    inner = [child for child in children if isinstance(child, dict | list)]
    return bool(inner) and (level >= DEPTH_LIMIT or any(_is_deep(child, level + 1) for child in inner))
