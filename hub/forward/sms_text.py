"""An alert as short messages: one sentence, numbered parts, and a reference by which a repeat is known."""

from collections.abc import Iterator
from typing import Final

from hub.domain.alerts import Alert, text_of
from hub.domain.site import Language

UNITS: Final = 70
"""UTF-16 units of one message in UCS2 (3GPP TS 23.038); with parts, each says which it is: `2/3 … #17-1`."""
PARTS: Final = 4


def parts_of(alert: Alert, language: Language) -> list[str]:
    """At most PARTS messages. Each reads on its own, so that a lost one costs only its words."""
    reference = f" #{'-'.join(alert.event_id.split('-')[-2:])}"
    text = "".join(char if char.isprintable() else " " for char in text_of(alert, language))
    text = " ".join(text.split())
    if _units(text + reference) <= UNITS:
        return [text + reference]
    room = UNITS - len("1/4 ") - len(reference)
    parts = list(_wrapped(text, room))
    if len(parts) > PARTS:
        parts = [*parts[: PARTS - 1], next(_chunks(parts[PARTS - 1], room - 1)).rstrip() + "…"]
    return [f"{number}/{len(parts)} {part}{reference}" for number, part in enumerate(parts, start=1)]


def _wrapped(text: str, room: int) -> Iterator[str]:
    """Pieces of at most `room` units, broken between words where there is one to break at."""
    while _units(text) > room:
        piece = next(_chunks(text, room))
        at = piece.rfind(" ")
        if at > len(piece) // 2:
            piece = piece[:at]
        yield piece
        text = text[len(piece) :].lstrip()
    yield text


def _chunks(text: str, room: int) -> Iterator[str]:
    """Pieces of at most `room` units; a character of two units is never cut in half."""
    piece, used = "", 0
    for char in text:
        size = _units(char)
        if used + size > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + char, used + size
    yield piece


def _units(text: str) -> int:
    return len(text.encode("utf-16-be", "replace")) // 2
