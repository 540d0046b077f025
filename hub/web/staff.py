"""Who has lately given a PIN on this telephone: so that a round needs it once, and only staff see photographs."""

from typing import Final

from flask import session

from hub.config.model import Person

KEPT_MS: Final = 4 * 3_600_000
"""A round of a large school takes an hour or two; a telephone left lying is forgotten the same day."""
_KEY: Final = "staff"


def remember(person: Person, now: int) -> None:
    """For `KEPT_MS` from `now` (UTC, ms), in the signed cookie of this browser."""
    session[_KEY] = [person.name, now + KEPT_MS]


def forget() -> None:
    """The telephone is given to somebody else."""
    session.pop(_KEY, None)


def remembered(people: tuple[Person, ...], now: int) -> Person | None:
    """The person, if the time is not over and they are still in hub.yaml."""
    kept = session.get(_KEY)
    if not isinstance(kept, list) or len(kept) != 2 or not isinstance(kept[1], int):
        return None
    name, until = kept
    if not now < until <= now + KEPT_MS:
        return None
    return next((person for person in people if person.name == name), None)
