"""Who stands behind a PIN or a password."""

import threading
import time
from collections.abc import Callable
from functools import cache
from hmac import compare_digest
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.config.model import Person, Secret
from hub.web.tries import Tries

PIN_DIGITS: Final = range(4, 13)
PASSWORD_LIMIT: Final = 200
"""Characters of a password that are looked at: hashing more would cost the hub, and nobody types it."""


class WrongPin(Exception):
    """Nobody has this PIN, or the name, the password and the code do not go together."""


class Pins:
    """Shared by all threads of the page. `now` is a steady clock in seconds, `wall` the time of authenticators.
    `on_locked` is told each address that is locked out. What was tried is kept beside the store."""

    def __init__(
        self,
        people: tuple[Person, ...],
        store: Path,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._people, self._wall = people, wall
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self.on_locked: Callable[[str], None] = lambda address: None
        self._lock = threading.Lock()
        self._tries = Tries(store, now, wall)

    def person(self, pin: str, address: str) -> Person:
        """Whose PIN it is. Raises LockedOut or WrongPin. One is checked at a time: hashes are slow by design."""
        return self._tried(address, lambda: self._with_pin(pin))

    def with_password(self, name: str, password: str, code: str, address: str) -> Person:
        """Who has this name and password, and the code of their authenticator where they have one. Raises LockedOut or
        WrongPin, which does not tell what was wrong."""
        return self._tried(address, lambda: self._with_password(name, password, code))

    def _tried(self, address: str, find: Callable[[], Person | None]) -> Person:
        with self._lock:
            self._tries.refuse_locked(address)
            found = find()
            if found is None:
                if self._tries.was_wrong(address):
                    self.on_locked(address)
                raise WrongPin
            self._tries.was_right(address)
            return found

    def _with_pin(self, pin: str) -> Person | None:
        if not is_pin(pin):
            return None
        return next((person for person in self._people if person.pin is not None and self._is(pin, person.pin)), None)

    def _with_password(self, name: str, password: str, code: str) -> Person | None:
        wanted = " ".join(name.split()).casefold()
        named = (person for person in self._people if person.name.casefold() == wanted and person.password is not None)
        person = next(named, None)
        # As much work for a name that nobody has: the time of an answer tells no names.
        kept = person.password if person is not None and person.password is not None else _nobody()
        right = self._is(password[:PASSWORD_LIMIT], kept) and len(password) <= PASSWORD_LIMIT
        if person is None or not right or not self._has_code(person, code):
            return None
        return person

    def _has_code(self, person: Person, code: str) -> bool:
        """A code is good for its half minute and the one before and after, and once only."""
        if person.totp is None:
            return True
        import pyotp

        generator, now = pyotp.TOTP(person.totp.reveal()), int(self._wall())
        latest = now // 30 + 1
        for step in (latest - 2, latest - 1, latest):
            said = compare_digest(generator.generate_otp(step), _digits(code))
            if said and not self._tries.is_used(person.name, step, latest):
                self._tries.use(person.name, step)
                return True
        return False

    def _is(self, said: str, kept: Secret) -> bool:
        try:
            return self._hasher.verify(kept.reveal(), said)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> Secret:
    """A hash that costs as much to check as a real one."""
    return Secret(PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash("of nobody"))


def is_pin(text: str) -> bool:
    """Whether it has the form of a PIN."""
    return text.isascii() and text.isdecimal() and len(text) in PIN_DIGITS


def _digits(code: str) -> str:
    """People write the code in two groups."""
    return "".join(sign for sign in code if sign.isascii() and sign.isdecimal())[:12]
