"""Who stands behind a PIN or a password, and how often one may be guessed."""

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cache
from hmac import compare_digest
from typing import Final

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.config.model import Person, Secret

PIN_DIGITS: Final = range(4, 13)
PASSWORD_LIMIT: Final = 200
"""Characters of a password that are looked at: hashing more would cost the hub, and nobody types it."""
TRIES: Final = 5
"""Wrong PINs or passwords from one address before it is locked out."""
LOCKED_SECONDS: Final = 60.0
"""The first lock-out; each further one is twice as long, up to `LONGEST_SECONDS`."""
LONGEST_SECONDS: Final = 3600.0
STRANGERS_TRIES: Final = 40
"""Wrong PINs in an hour from all addresses together that never gave a right one. Four digits are soon guessed by
somebody with many addresses; a caretaker's own telephone is not held up by him."""
_HOUR: Final = 3600.0
_ADDRESSES: Final = 10_000


class WrongPin(Exception):
    """Nobody has this PIN, or the name, the password and the code do not go together."""


class LockedOut(Exception):
    """Too many wrong PINs. `seconds` until the next may be tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"locked for {seconds:.0f} s")
        self.seconds = max(1, round(seconds))


class _Record(msgspec.Struct):
    wrong: int = 0
    locks: int = 0
    until: float = 0.0
    known: bool = False


class Pins:
    """Shared by all threads of the page. `now` is a steady clock in seconds, `wall` the time of authenticators.
    `on_locked` is told each address that is locked out."""

    def __init__(
        self,
        people: tuple[Person, ...],
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._people, self._now, self._wall = people, now, wall
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._codes: dict[str, int] = {}
        self.on_locked: Callable[[str], None] = lambda address: None
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}
        self._strangers: deque[float] = deque()

    def person(self, pin: str, address: str) -> Person:
        """Whose PIN it is. Raises LockedOut or WrongPin. One is checked at a time: hashes are slow by design."""
        return self._tried(address, lambda: self._with_pin(pin))

    def with_password(self, name: str, password: str, code: str, address: str) -> Person:
        """Who has this name and password, and the code of their authenticator where they have one. Raises LockedOut or
        WrongPin, which does not tell what was wrong."""
        return self._tried(address, lambda: self._with_password(name, password, code))

    def _tried(self, address: str, find: Callable[[], Person | None]) -> Person:
        with self._lock:
            now = self._now()
            record = self._record(address)
            self._refuse_locked(record, now)
            found = find()
            if found is None:
                if self._count(record, now):
                    self.on_locked(address)
                raise WrongPin
            record.wrong = record.locks = 0
            record.known = True
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
        for step in (now // 30 - 1, now // 30, now // 30 + 1):
            if step > self._codes.get(person.name, 0) and compare_digest(generator.generate_otp(step), _digits(code)):
                self._codes[person.name] = step
                return True
        return False

    def _is(self, said: str, kept: Secret) -> bool:
        try:
            return self._hasher.verify(kept.reveal(), said)
        except (VerificationError, InvalidHashError):
            return False

    def _record(self, address: str) -> _Record:
        if address not in self._records and len(self._records) >= _ADDRESSES:
            self._records.pop(next(iter(self._records)))
        return self._records.setdefault(address, _Record())

    def _refuse_locked(self, record: _Record, now: float) -> None:
        if now < record.until:
            raise LockedOut(record.until - now)
        while self._strangers and now - self._strangers[0] >= _HOUR:
            self._strangers.popleft()
        if not record.known and len(self._strangers) >= STRANGERS_TRIES:
            raise LockedOut(self._strangers[0] + _HOUR - now)

    def _count(self, record: _Record, now: float) -> bool:
        """Whether this one locks the address out."""
        record.wrong += 1
        if not record.known:
            self._strangers.append(now)
        if record.wrong < TRIES:
            return False
        record.until = now + min(LONGEST_SECONDS, LOCKED_SECONDS * 2**record.locks)
        record.locks += 1
        record.wrong = 0
        return True


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
