"""The JSON interface of the contract: status, alarms, and the orders that carry a PIN."""

from collections.abc import Callable
from importlib.resources import files
from typing import Final, TypeVar

import msgspec
from flask import Blueprint, Response, request

from hub.domain.alarms import Alarm, Verdict
from hub.store import queries
from hub.store.ladder import rungs
from hub.store.queries import Delivery, Kept
from hub.web import words
from hub.web.access import visitor
from hub.web.language import gettext
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.reading import reading
from hub.web.times import iso
from hub.web.unsaved import unsaved
from hub.web.view import View

routes: Final = Blueprint("api", __name__, url_prefix="/api/v1")

ALARMS_LIMIT: Final = 200

Body = TypeVar("Body", bound="AckBody | ResetBody")


class AckBody(msgspec.Struct, frozen=True):
    """What acknowledging takes."""

    pin: str
    reason: str = ""


class ResetBody(msgspec.Struct, frozen=True):
    """What ending a latched alarm takes."""

    pin: str
    verdict: Verdict
    reason: str = ""


@routes.get("/openapi.json")
def openapi() -> Response:
    """The description of all JSON addresses in OpenAPI 3.1; it tells nothing of this school."""
    return Response(files("hub.web").joinpath("openapi.json").read_bytes(), mimetype="application/json")


@routes.get("/status")
def status() -> Response:
    """The school as it is now."""
    here = page()
    return _json(status_of(here.live.view, here.config.site.id, named=visitor() is not None))


def status_of(view: View, site: str, *, named: bool) -> dict[str, object]:
    """The contract's body of `/api/v1/status`; without the names of people unless `named`."""
    return {
        "site": site,
        "state": view.state,
        "core": "running" if view.pulse.running else "down",
        "core_down_since": iso(view.pulse.down_since),
        "store": "failing" if view.store_fails else view.store,
        "broker": view.pulse.beat.broker if view.pulse.beat is not None and view.pulse.running else "unknown",
        "generated_at": iso(view.at),
        "devices": [
            {
                "id": shown.device.id,
                "kind": shown.device.kind,
                "zone": shown.device.zone,
                "status": shown.status,
                "last_seen": iso(shown.last_seen),
                "signals": {name: last.value for name, last in sorted(shown.signals.items())},
            }
            for shown in view.devices.values()
        ],
        "alarms": [alarm_of(kept, view.deliveries.get(kept.alarm.id, ()), named=named) for kept in view.alarms],
        "channels": [
            {
                "name": line.name,
                "state": line.state,
                "queued": line.queued,
                "last_receipt_at": iso(line.last_receipt_at),
            }
            for line in view.lines
        ],
        "databases": [
            {"name": database.name, "state": database.state, "queued": database.queued} for database in view.databases
        ],
    }


def alarm_of(kept: Kept, messages: tuple[Delivery, ...], *, named: bool) -> dict[str, object]:
    """One alarm of the contract with its proof; without the names of people unless `named`."""
    alarm: Alarm = kept.alarm
    return {
        "id": alarm.id,
        "device": alarm.device,
        "zone": alarm.zone,
        "kind": alarm.kind,
        "alarm": alarm.type,
        "priority": alarm.priority,
        "state": alarm.state,
        "status": alarm.status,
        "raised_at": iso(alarm.raised_at),
        "pressed_at": iso(alarm.pressed_at),
        "count": alarm.count,
        "clock": alarm.clock,
        "gap": alarm.gap,
        "asked_at": iso(alarm.asked_at or alarm.raised_at),
        "promoted_at": iso(alarm.promoted_at),
        "cleared_at": iso(alarm.cleared_at),
        "reset_as": alarm.reset_as or None,
        "merged_into": alarm.merged_into or None,
        "owed": list(alarm.owed),
        "messages": [
            {
                "channel": message.channel,
                "type": message.type,
                "reason": message.reason,
                "attempts": message.attempts,
                "sent_at": iso(message.sent_at),
                "outcome": message.outcome or None,
                "settled": message.settled or None,
                "settled_at": iso(message.settled_at),
            }
            for message in messages
        ],
        "steps": [
            {
                "step": rung.step,
                "channel": rung.channel or None,
                "at": iso(rung.at),
                "by": (rung.by if named else _role(rung.by)) or None,
            }
            for rung in rungs(kept, messages)
        ],
    }


def _role(name: str) -> str:
    """What an outsider may know of a person: one of the school's roles, else an operator of headquarters."""
    if not name:
        return ""
    return next((person.role for person in page().config.people if person.name == name), "operator")


@routes.get("/alarms")
def alarms() -> Response | tuple[Response, int]:
    """All alarms, newest first, 200 at a time: `?before=<id>` goes on from there."""
    before, named, view = request.args.get("before", type=int), visitor() is not None, page().live.view
    with reading() as db:
        found = queries.alarms_before(db, before, ALARMS_LIMIT) if db is not None else ()
        messages = queries.deliveries(db, [kept.alarm.id for kept in found]) if db is not None else {}
    known = [alarm_of(kept, messages.get(kept.alarm.id, ()), named=named) for kept in found]
    unkept = unsaved(view.alarms) if before is None else ()
    return _json([*(alarm_of(kept, view.deliveries[kept.alarm.id], named=named) for kept in unkept), *known])


@routes.post("/alarms/<int:number>/ack")
def acknowledge(number: int) -> tuple[Response, int]:
    """Somebody has got it."""

    def give(body: AckBody, address: str) -> Outcome:
        return page().orders.acknowledge(number, lambda: _who(body, address), body.reason)

    return _ordered(AckBody, give)


@routes.post("/alarms/<int:number>/reset")
def reset(number: int) -> tuple[Response, int]:
    """Somebody ends a latched alarm as real, false or drill."""

    def give(body: ResetBody, address: str) -> Outcome:
        return page().orders.reset(number, lambda: _who(body, address), body.verdict, body.reason)

    return _ordered(ResetBody, give)


def _who(body: AckBody | ResetBody, address: str) -> Outcome:
    return page().orders.person(body.pin, address)


def _ordered(type_: type[Body], give: Callable[[Body, str], Outcome]) -> tuple[Response, int]:
    if request.mimetype != "application/json":
        return problem("not_json", 415)
    try:
        body = msgspec.json.decode(request.get_data(), type=type_)
    except msgspec.DecodeError as error:
        return problem("wrong_body", 400, detail=str(error))
    outcome = give(body, request.remote_addr or "")
    said = {"result": outcome.result, "message": words.outcome(outcome)}
    if outcome.done:
        return _json(said), outcome.status
    response = _json({"error": outcome.result, "message": words.outcome(outcome)})
    if outcome.retry_after:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response, outcome.status


_PROBLEMS: Final[dict[str, Callable[[], str]]] = {
    "not_json": lambda: gettext("Send JSON with the content type application/json."),
    "wrong_body": lambda: gettext("The body is not what this address takes."),
    "unknown_address": lambda: gettext("There is nothing at this address."),
    "wrong_method": lambda: gettext("This address does not take this method."),
    "too_large": lambda: gettext("This is too large."),
    "failed": lambda: gettext("The page could not do this."),
}


def problem(word: str, code: int, detail: str = "") -> tuple[Response, int]:
    """An error of the interface: a word for programs and a sentence for people."""
    body = {"error": word, "message": _PROBLEMS[word]()}
    return _json({**body, "detail": detail} if detail else body), code


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), mimetype="application/json")
