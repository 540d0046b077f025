"""What people send with the forms: who they are, times, lengths of time, and the answer to an order as a page."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from hub.domain.commands import Command
from hub.domain.site import Hours
from hub.store.album import Album
from hub.web import words
from hub.web.access import signed_in_lately, visitor
from hub.web.answers import ANSWERS
from hub.web.orders import Outcome, short
from hub.web.page import page
from hub.web.photos import keep

HOUR_MS: Final = 3_600_000
Answer = tuple[str, int, dict[str, str]]


def by() -> str:
    """The name of whoever is signed in; 403 for others, whom the table in access.py has not let come so far."""
    who = visitor()
    if who is None:
        abort(403)
    return who.name


def give(command: Callable[[str], Command]) -> Outcome:
    """An order of whoever is signed in."""
    return page().orders.give(command(by()))


def give_surely(command: Callable[[str], Command]) -> Outcome:
    """An order that makes alarms quieter: a telephone that lies about must not give it, so that a PIN belongs to it
    where signing in was a while ago."""
    who = Outcome("known", by=by()) if signed_in_lately() else _with_pin()
    return page().orders.give(command(who.by)) if who.done else who


def who() -> Outcome:
    """Who is signed in, else whoever has the PIN in the form: for orders that must not wait for signing in."""
    found = visitor()
    return Outcome("known", by=found.name) if found is not None else _with_pin()


def _with_pin() -> Outcome:
    return page().orders.person(request.form.get("pin", "").strip(), request.remote_addr or "")


def reason(name: str = "reason") -> str:
    return short(request.form.get(name, ""))


def photographs() -> tuple[str, ...]:
    """The names under which the pictures in the form are kept from now on. Raises Refused."""
    uploads = [upload.stream for upload in request.files.getlist("photo") if upload.filename]
    return keep(uploads, Album(page().config.store.path))


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
