"""What a hub knows that can't open its store, and what becomes of it when the store can be opened."""

import sqlite3
from contextlib import closing

import pytest

from hub.domain.alarms import AlarmState
from hub.domain.decide import decide
from hub.domain.decision import apply
from hub.domain.events import Started
from hub.domain.now import Now
from hub.domain.reports import Press, Report
from hub.report.verify import verify_store
from hub.store import store as store_module
from hub.store.database import open_reader
from hub.store.start import begin
from hub.store.store import Store
from tests.domain.build import TUESDAY_10, School, site

NOW = Now(TUESDAY_10, 5_000_000)
LATER = Now(TUESDAY_10 + 60_000, 5_060_000)


@pytest.fixture
def path(tmp_path):
    """A store with one open panic alarm, of press 1 of the button in the hall."""
    store = Store(tmp_path / "hub.db")
    store.open()
    store.commit([School().presses(seq=1)])
    store.close()
    return store.path


def press(state, seq):
    decision = decide(state, Report("panic-hall", presses=(Press("press", 7, seq),)), LATER)
    apply(state, decision)
    return decision


def rows(path, query):
    with closing(open_reader(path)) as reader:
        return [tuple(row) for row in reader.execute(query)]


@pytest.fixture
def refusing(monkeypatch):
    """Every writer is refused until the patch is undone, as on a disk that takes no writes."""

    def refuse(path):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(store_module, "open_writer", refuse)
    return monkeypatch


def test_a_store_that_can_be_read_goes_on_where_it_was(path, refusing):
    store = Store(path)
    begun = begin(store, site(), lambda: NOW, 0)
    assert not press(begun.state, 1).dispatches
    joined = press(begun.state, 2)
    assert joined.alarms[0].id == 1
    with pytest.raises(sqlite3.OperationalError):
        store.commit([joined])
    refusing.undo()
    begun.past.close()
    store.commit([joined])
    assert rows(path, "SELECT id, json_extract(body, '$.count') FROM alarms") == [(1, 2)]


def test_another_store_in_its_place_is_refused(path, refusing, tmp_path):
    store = Store(path)
    begun = begin(store, site(), lambda: NOW, 0)
    decision = press(begun.state, 2)
    refusing.undo()
    begun.past.close()
    path.rename(tmp_path / "away")
    with pytest.raises(sqlite3.DatabaseError, match="not the store"):
        store.commit([decision])
    assert rows(path, "SELECT id FROM alarms") == []


def test_a_store_that_can_not_be_read_is_taken_over_with_what_happened(path):
    good = path.read_bytes()
    path.write_bytes(b"\xff" * len(good))
    store = Store(path)
    begun = begin(store, site(), lambda: NOW, 0)
    assert begun.past is None
    first, repeated, second = press(begun.state, 1), press(begun.state, 1), press(begun.state, 2)
    assert [d.channel for d in first.dispatches] == ["hq"]
    assert (repeated.dispatches, repeated.alarms) == ((), ())
    with pytest.raises(sqlite3.DatabaseError):
        store.commit([first, second])
    path.write_bytes(good)
    store.commit([first, second])
    store.close()
    late = first.alarms[0].id
    store = Store(path)
    again = begin(store, site(), lambda: LATER, 0)
    assert again.state.epoch == begun.state.epoch
    assert again.state.presses == {("panic-hall", 7, 1): 1, ("panic-hall", 7, 2): late}
    decision = decide(again.state, Started(), LATER)
    apply(again.state, decision)
    ((merged,), (told,)) = decision.alarms, decision.dispatches
    assert (merged.id, merged.state, merged.merged_into) == (1, AlarmState.NORMAL, late)
    assert (told.alert.alarm_id, told.alert.type, told.reason) == (1, "alarm.cleared", "merged")
    assert [alarm.id for alarm in again.state.open_alarms()] == [late]
    store.commit([decision])
    store.close()
    assert not begin(Store(path), site(), lambda: LATER, 0).state.doubled
    assert not verify_store(path, {}).wrong


def test_a_disk_that_refuses_once_more_takes_nothing_over_and_then_all_of_it(path, monkeypatch):
    """The epoch and what was decided meanwhile are one transaction: else a known press would be refused for ever."""
    hidden = path.rename(path.with_suffix(".away"))
    path.mkdir()  # can neither be opened nor read
    store = Store(path)
    begun = begin(store, site(), lambda: NOW, 0)
    decisions = [press(begun.state, seq) for seq in (1, 2)]
    path.rmdir()
    hidden.rename(path)
    (epoch,) = rows(path, "SELECT value FROM meta WHERE key = 'epoch'")

    def full(_decided, _decision):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("hub.store.decided.Decided.write", full)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            store.commit(decisions)
    assert rows(path, "SELECT value FROM meta WHERE key = 'epoch'") == [epoch]
    store.commit(decisions)
    assert rows(path, "SELECT value FROM meta WHERE key = 'epoch'") == [(begun.state.epoch,)]
    assert rows(path, "SELECT seq FROM presses ORDER BY seq") == [(1,), (2,)]
    store.close()


def test_a_damaged_store_is_never_taken_over(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alarms SET body = '{'")
    store = Store(path)
    begun = begin(store, site(), lambda: NOW, 0)
    assert begun.past is None
    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        store.commit([press(begun.state, 1)])
    assert rows(path, "SELECT id FROM alarms") == [(1,)]


def test_a_store_from_a_newer_hub_is_left_alone_and_presses_go_out(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 999")
    store = Store(path)
    begun = begin(store, site(), lambda: NOW, 0)
    assert press(begun.state, 2).receipts
    with pytest.raises(sqlite3.DatabaseError, match="newer hub"):
        store.commit([press(begun.state, 3)])
