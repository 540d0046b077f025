"""Who stands behind a PIN, and how often one may be guessed."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.config.model import Person

TRIES: Final = 5
"""Wrong PINs from one address before it is locked out."""
LOCKED_SECONDS: Final = 60.0
"""The first lock-out; each further one is twice as long, up to `LONGEST_SECONDS`."""
LONGEST_SECONDS: Final = 3600.0
STRANGERS_TRIES: Final = 40
"""Wrong PINs in an hour from all addresses together that never gave a right one. Four digits are soon guessed by
somebody with many addresses; a caretaker's own telephone is not held up by him."""
_HOUR: Final = 3600.0
_ADDRESSES: Final = 10_000


class WrongPin(Exception):
    """Nobody has this PIN."""


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
    """Shared by all threads of the page. `now` is a steady clock in seconds."""

    def __init__(self, people: tuple[Person, ...], now: Callable[[], float] = time.monotonic) -> None:
        self._people, self._now = people, now
        self._hasher = PasswordHasher()
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}
        self._strangers: deque[float] = deque()

    def person(self, pin: str, address: str) -> Person:
        """Whose PIN it is. Raises LockedOut or WrongPin. One is checked at a time: hashes are slow by design."""
        with self._lock:
            now = self._now()
            record = self._record(address)
            self._refuse_locked(record, now)
            found = self._find(pin)
            if found is None:
                self._count(record, now)
                raise WrongPin
            record.wrong = record.locks = 0
            record.known = True
            return found

    def _find(self, pin: str) -> Person | None:
        if not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 12):
            return None
        return next((person for person in self._people if self._is(pin, person)), None)

    def _is(self, pin: str, person: Person) -> bool:
        try:
            return self._hasher.verify(person.pin.reveal(), pin)
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

    def _count(self, record: _Record, now: float) -> None:
        record.wrong += 1
        if not record.known:
            self._strangers.append(now)
        if record.wrong >= TRIES:
            record.until = now + min(LONGEST_SECONDS, LOCKED_SECONDS * 2**record.locks)
            record.locks += 1
            record.wrong = 0
