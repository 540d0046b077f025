"""How the hub comes by what it knows at its start: from the store; where the disk takes no writes, from what can still
be read of it; else from nothing. A store that can't be kept must not keep a press from headquarters.

What happens meanwhile is decided in memory and goes into the store when it can be opened. A state that was read goes
on as it is. One that began from nothing has an epoch and numbers of its own, which no store has used: the store takes
them over, and the hub starts anew into the two together.
"""

import logging
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from hub.domain.decision import Decision
from hub.domain.now import Now
from hub.domain.site import Site
from hub.domain.state import PressId, SiteState
from hub.store.ballast import Ballast
from hub.store.database import open_reader
from hub.store.journal import read_head
from hub.store.memory import load_state
from hub.store.store import Store, TakeOver

log = logging.getLogger(__name__)

_UNREADABLE: Final = (sqlite3.Error, OSError, msgspec.MsgspecError, ValueError, TypeError, KeyError, IndexError)
"""What a damaged file can raise while the state is built from it."""
_EARLIEST: Final = 1_790_000_000
"""Seconds since 1970 of the year 2026: a clock that starts in 1970 must give no number that a store has used."""


class Begun(msgspec.Struct, frozen=True):
    """The state at the start, and a connection that reads the past: None where nothing is known of it, and the hub has
    to start anew when its store can be opened. `sparing`: the disk's reserve is in use."""

    state: SiteState
    past: sqlite3.Connection | None
    sparing: bool = False


def begin(store: Store, site: Site, now: Callable[[], Now], down_since: int) -> Begun:
    """Opens `store`, or leaves it to be opened with a later commit. `down_since` as in `load_state`."""
    try:
        sparing = _open(store)
        return Begun(load_state(store.connection, site, now(), down_since), store.connection, sparing)
    except _UNREADABLE as error:
        log.error("the store can't be opened: %s; the hub works without a store", error)
        store.close()
    try:
        reader = open_reader(store.path)
        state = load_state(reader, site, now(), down_since)
        store.take_over = _same_as(reader)
        return Begun(state, reader)
    except _UNREADABLE as error:
        log.error("the store can't be read either: %s; the hub knows nothing of what was before", error)
    state = _from_nothing(site, now())
    store.take_over = _into(state, now)
    return Begun(state, None)


def _open(store: Store) -> bool:
    """Whether the reserve had to make room for it, on a disk that is full to the last byte."""
    try:
        store.open()
        return False
    except sqlite3.Error:
        ballast = Ballast(store.path)
        if not ballast.is_needed or not ballast.let_go():
            raise
    log.error("the disk is full: its reserve is used for alarms, readings are not kept")
    store.open()
    return True


def _same_as(known: sqlite3.Connection) -> TakeOver:
    """Refuses a file that isn't the one whose state the hub has."""
    before = _mark(known)

    def compare(found: sqlite3.Connection, decisions: Sequence[Decision]) -> Sequence[Decision]:
        if _mark(found) != before:
            raise sqlite3.DatabaseError("this is not the store that was read at the start: start the hub anew")
        return decisions

    return compare


def _mark(connection: sqlite3.Connection) -> tuple[object, ...]:
    (epoch,) = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return epoch, read_head(connection)


def _from_nothing(site: Site, now: Now) -> SiteState:
    first = max(now.wall // 1000, _EARLIEST)
    state = SiteState(site, now, secrets.token_hex(4), first)
    state.next_drill = state.next_round = state.next_finding = state.next_probe = first
    return state


def _into(state: SiteState, now: Callable[[], Now]) -> TakeOver:
    """Takes over the store that was found, if the hub can start from it: as with a restored one, event ids go on under
    the other epoch."""
    first = state.next_alarm

    def take_over(found: sqlite3.Connection, decisions: Sequence[Decision]) -> Sequence[Decision]:
        try:
            before = load_state(found, state.site, now())
        except _UNREADABLE as error:
            raise sqlite3.DatabaseError(f"the store is damaged: {error}") from None
        if before.next_alarm > first:
            raise sqlite3.DatabaseError("the store has later alarms than the hub: start the hub anew")
        found.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (state.epoch,))
        return [_with_repeats(decision, before.presses) for decision in decisions]

    return take_over


def _with_repeats(decision: Decision, known: Mapping[PressId, int]) -> Decision:
    """A press that the store had before is no new one, though the hub could not know it."""
    if not any((press.device, press.boot, press.seq) in known for press in decision.presses):
        return decision
    presses = tuple(press for press in decision.presses if (press.device, press.boot, press.seq) not in known)
    journal = tuple(
        msgspec.structs.replace(entry, kind="repeated_press")
        if (entry.body.get("device"), entry.body.get("boot"), entry.body.get("seq")) in known
        else entry
        for entry in decision.journal
    )
    return msgspec.structs.replace(decision, presses=presses, journal=journal)
