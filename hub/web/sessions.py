"""Who is signed in: a signed cookie, and beside the store the list of those sessions that were ended before their time.

A session is void when it is too old, when it was ended, when somebody ended all of its person's sessions, and when
hub.yaml gives the person another role or another PIN or password.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from typing import Final

import msgspec
from flask import current_app, session

from hub.config.model import Config, Person
from hub.domain.site import Role
from hub.web.beside import Beside

HOUR: Final = 3_600_000
LASTS_MS: Final = {"caretaker": 7 * 24 * HOUR, "inspector": 12 * HOUR, "admin": 12 * HOUR}
"""After this time one signs in again, whatever was done in between."""
_KEY: Final = "signed_in"


class Visitor(msgspec.Struct, frozen=True):
    """Who asks. `role` is what the proof is good for: a PIN makes nobody more than a caretaker."""

    name: str
    role: Role
    id: str
    since: int


class _Ended(msgspec.Struct):
    """Sessions by id with the moment from which on they are too old anyway, and for each person the moment up to which
    all sessions are void. UTC, ms."""

    sessions: dict[str, int] = {}
    people: dict[str, int] = {}


class Sessions:
    """Shared by all threads of the page. `now` is UTC in ms."""

    def __init__(self, config: Config, now: Callable[[], int]) -> None:
        self._people = {person.name: person for person in config.people}
        self._file = Beside(config.store.path, "sessions", _Ended)
        self._now = now
        self._lock = threading.Lock()
        self._ended = self._file.read()

    def begin(self, person: Person, role: Role) -> Visitor:
        """Signs somebody in on the device that asks; whatever its cookie held is gone."""
        visitor = Visitor(person.name, role, secrets.token_hex(16), self._now())
        session.clear()
        session[_KEY] = [visitor.name, visitor.role, visitor.id, visitor.since, self._mark(person)]
        session.permanent = role == "caretaker"  # of the others' sessions nothing stays when the browser ends
        return visitor

    def visitor(self) -> Visitor | None:
        """Who asks now, None for somebody who has not signed in."""
        try:
            name, role, number, since, mark = session[_KEY]
        except (KeyError, TypeError, ValueError):
            return None
        person = self._people.get(name)
        if person is None or not hmac.compare_digest(str(mark), self._mark(person)) or number in self._ended.sessions:
            return None
        if not since <= self._now() < since + LASTS_MS[role] or since <= self._ended.people.get(name, -1):
            return None
        return Visitor(name, role, number, since)

    def end(self, visitor: Visitor) -> None:
        """Signs out: a copy of the cookie is worth nothing from now on."""
        session.clear()
        with self._lock:
            self._ended.sessions[visitor.id] = visitor.since + LASTS_MS[visitor.role]
            self._save()

    def end_all(self, name: str) -> None:
        """Signs somebody out on all devices."""
        with self._lock:
            self._ended.people[name] = self._now()
            self._save()

    def _mark(self, person: Person) -> str:
        kept = [secret.reveal() for secret in (person.pin, person.password, person.totp) if secret is not None]
        text = "|".join((person.name, person.role, *kept)).encode()
        return hmac.new(current_app.config["SECRET_KEY"], text, hashlib.sha256).hexdigest()[:32]

    def _save(self) -> None:
        now = self._now()
        self._ended.sessions = {number: until for number, until in self._ended.sessions.items() if until > now}
        self._file.write(self._ended)
