"""How often a PIN or a password may be guessed. It is kept beside the store: nobody gains guesses by bringing the page
down."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from hub.web.beside import Beside

TRIES: Final = 5
"""Wrong PINs or passwords from one address before it is locked out."""
LOCKED_SECONDS: Final = 60.0
"""The first lock-out; each further one is twice as long, up to `LONGEST_SECONDS`."""
LONGEST_SECONDS: Final = 3600.0
STRANGERS_TRIES: Final = 40
"""Wrong PINs in an hour from all addresses together that never gave a right one. Four digits are soon guessed by
somebody with many addresses; a caretaker's own telephone is not held up by him."""
_HOUR: Final = 3600.0
_ADDRESSES: Final = 1000


class LockedOut(Exception):
    """Too many wrong PINs. `seconds` until the next may be tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"locked for {seconds:.0f} s")
        self.seconds = max(1, round(seconds))


class _Record(msgspec.Struct):
    """Of one address. `until` is when its lock-out ends, by the steady clock; in the file, the seconds left."""

    wrong: int = 0
    locks: int = 0
    until: float = 0.0
    known: bool = False


class _Memory(msgspec.Struct):
    """As the file has it. `at` is when it was written (UTC, seconds); `strangers` are how many seconds before that each
    of their attempts was wrong; `codes` are the half minutes of people's last codes."""

    at: float = 0.0
    records: dict[str, _Record] = {}
    strangers: list[float] = []
    codes: dict[str, int] = {}


class Tries:
    """One thread at a time. `now` is a steady clock in seconds, which a corrected wall clock does not move; `wall` is
    UTC in seconds. Between two pages only the wall clock goes on: one that was set back lengthens nothing by more than
    the time it was down, one that was set forward ends lock-outs."""

    def __init__(self, store: Path, now: Callable[[], float], wall: Callable[[], float]) -> None:
        self._now, self._wall = now, wall
        self._file = Beside(store, "tries", _Memory)
        kept, here = self._file.read(), now()
        passed = max(0.0, wall() - kept.at)
        self._records = {
            address: msgspec.structs.replace(record, until=here + record.until - passed)
            for address, record in kept.records.items()
        }
        self._strangers = [here - ago - passed for ago in kept.strangers]
        self._codes = kept.codes

    def refuse_locked(self, address: str) -> None:
        """Raises LockedOut where it may not try now."""
        now, record = self._now(), self._records.get(address, _Record())
        if now < record.until:
            raise LockedOut(record.until - now)
        self._strangers = [at for at in self._strangers if now - at < _HOUR]
        if not record.known and len(self._strangers) >= STRANGERS_TRIES:
            raise LockedOut(self._strangers[0] + _HOUR - now)

    def was_wrong(self, address: str) -> bool:
        """Counts an attempt; whether it locks the address out."""
        now, record = self._now(), self._record(address)
        record.wrong += 1
        if not record.known:
            self._strangers.append(now)
        locks = record.wrong >= TRIES
        if locks:
            record.until = now + min(LONGEST_SECONDS, LOCKED_SECONDS * 2**record.locks)
            record.locks += 1
            record.wrong = 0
        self._keep()
        return locks

    def was_right(self, address: str) -> None:
        """Forgives what was wrong before."""
        record = self._record(address)
        if not record.known or record.wrong or record.locks:
            record.wrong = record.locks = 0
            record.known = True
            self._keep()

    def is_used(self, name: str, step: int, latest: int) -> bool:
        """Whether the code of a half minute, or a later one, was used already. What is said to be used later than
        `latest` is of a clock that was wrong, and holds nobody up."""
        return step <= self._codes.get(name, 0) <= latest

    def use(self, name: str, step: int) -> None:
        """Its code is good no more."""
        self._codes[name] = step
        self._keep()

    def _record(self, address: str) -> _Record:
        if address not in self._records and len(self._records) >= _ADDRESSES:
            strangers = (one for one, record in self._records.items() if not record.known)
            del self._records[next(strangers, next(iter(self._records)))]
        return self._records.setdefault(address, _Record())

    def _keep(self) -> None:
        now = self._now()
        records = {
            address: msgspec.structs.replace(record, until=max(0.0, record.until - now))
            for address, record in self._records.items()
        }
        self._file.write(_Memory(self._wall(), records, [now - at for at in self._strangers], self._codes))
