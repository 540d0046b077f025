"""/login, /logout, and /people: who may do what, and whose sessions are ended."""

from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.config.model import Person
from hub.domain.commands import Signed
from hub.domain.site import Role
from hub.web import forms, words
from hub.web.access import visitor
from hub.web.language import gettext
from hub.web.orders import Outcome
from hub.web.page import page
from hub.web.pins import WrongPin, is_pin
from hub.web.security import own_address
from hub.web.tries import LockedOut

routes: Final = Blueprint("people", __name__)


@routes.get("/login")
def login() -> str | Response:
    """The form, and where one goes from it: `?next=`."""
    return render_template("login.html", said="", name="", next=own_address(request.args.get("next")))


@routes.post("/login")
def sign_in() -> tuple[str, int, dict[str, str]] | Response:
    """A PIN makes a caretaker of everybody; inspectors and administrators have passwords."""
    form, address = request.form, request.remote_addr or ""
    name, secret = form.get("name", "")[:200], form.get("secret", "")
    try:
        person, role = _proven(name, secret.strip(), form.get("code", ""), address)
    except LockedOut as locked:
        return _again(Outcome("locked_out", retry_after=locked.seconds), name)
    except WrongPin:
        return _again(Outcome("wrong_login"), name)
    began = page().sessions.begin(person, role)
    page().orders.note(Signed(person.name, "in", began.since, role, address))
    return redirect(own_address(form.get("next")), 303)


def _proven(name: str, secret: str, code: str, address: str) -> tuple[Person, Role]:
    pins = page().orders.pins
    if is_pin(secret):
        return pins.person(secret, address), "caretaker"
    person = pins.with_password(name, secret, code, address)
    return person, person.role


def _again(outcome: Outcome, name: str) -> tuple[str, int, dict[str, str]]:
    said = gettext("Name, PIN, password and code do not go together. Try again.")
    if outcome.retry_after:
        said = words.outcome(outcome)
    headers = {"Retry-After": str(outcome.retry_after)} if outcome.retry_after else {}
    text = render_template("login.html", said=said, name=name, next=own_address(request.form.get("next")))
    return text, 429 if outcome.retry_after else 403, headers


@routes.post("/logout")
def logout() -> Response:
    """Ends this session; its cookie is worth nothing any more."""
    who = visitor()
    if who is not None:
        page().sessions.end(who)
        page().orders.note(Signed(who.name, "out", page().live.now(), who.role, request.remote_addr or ""))
    return redirect(url_for("people.login"), 303)


@routes.get("/people")
def index() -> str:
    """Everybody of hub.yaml, with their role and what they prove themselves with."""
    return render_template("people.html", people=page().config.people, done=request.args.get("done", "")[:200])


@routes.post("/people/end")
def end_all() -> Response:
    """Signs somebody out on all devices: a telephone was lost, or somebody has left."""
    name, by = request.form.get("name", ""), forms.by()
    if name not in {person.name for person in page().config.people}:
        abort(404)
    page().sessions.end_all(name)
    page().orders.note(Signed(name, "ended_all", page().live.now(), ended_by=by))
    return redirect(url_for("people.index", done=name), 303)
