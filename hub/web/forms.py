"""What people send with the forms: times, lengths of time, and the answer to an order as a page."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import redirect, request
from werkzeug.wrappers import Response

from hub.domain.site import Hours
from hub.web import words
from hub.web.answers import ANSWERS
from hub.web.orders import Outcome, short

HOUR_MS: Final = 3_600_000
Answer = tuple[str, int, dict[str, str]]


def pin() -> str:
    return request.form.get("pin", "").strip()


def address() -> str:
    """Whose wrong PINs are counted together."""
    return request.remote_addr or ""


def reason(name: str = "reason") -> str:
    return short(request.form.get(name, ""))


def hours_from(now: int, name: str = "hours") -> int:
    """The moment (UTC, ms) so many hours after `now`; 0 where none was chosen, which is over already."""
    chosen = request.form.get(name, type=float)
    return now + int(chosen * HOUR_MS) if chosen is not None and 0 < chosen < 100_000 else 0


def moment(name: str, hours: Hours) -> int | None:
    """A local time of the school as UTC ms: 0 where the field is empty, None where it can't be read."""
    written = request.form.get(name, "").strip()
    if not written:
        return 0
    try:
        school = int(datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(hours.timezone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return school if hours.speed == 1 else hours.anchor + (school - hours.anchor) // hours.speed


def lengths(at_most: int, hours: tuple[int, ...] = (1, 4, 24, 72, 168, 720)) -> list[int]:
    """Hours to choose from, up to `at_most` ms."""
    return [one for one in hours if one * HOUR_MS <= at_most] or [max(1, at_most // HOUR_MS)]


def headers(outcome: Outcome) -> dict[str, str]:
    return {"Retry-After": str(outcome.retry_after)} if outcome.retry_after else {}


def done(outcome: Outcome, address: str, anchor: str = "") -> Response:
    """To the page at `address`, which then says what was done; reloading it orders nothing again."""
    joined = "&" if "?" in address else "?"
    return redirect(f"{address}{joined}done={outcome.result}{'#' if anchor else ''}{anchor}", 303)


def said() -> str:
    """What was done before this page was shown, as a sentence."""
    result = request.args.get("done", "")
    return words.outcome(Outcome(result)) if result in ANSWERS or result == "pending" else ""
