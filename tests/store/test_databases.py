"""How the page learns of databases: from their cursors and from what their feeders said."""

from contextlib import closing

from hub.store.database import open_reader
from hub.store.queries import databases
from hub.store.store import DatabaseState, Store, Upkeep


def test_a_database_is_known_by_its_cursor_by_its_state_or_by_both(tmp_path):
    store = Store(tmp_path / "hub.db")
    store.open()
    down = DatabaseState("dead", "down", 5, "unreachable", "Connection refused")
    up = DatabaseState("local", "up", 7)
    store.commit((), upkeep=[Upkeep(cursors=(("local", 9), ("old", 3)), databases=(down, up))])
    with closing(open_reader(store.path)) as reader:
        known = databases(reader)
    assert (known["local"].reading, known["local"].said) == (9, up)
    assert (known["dead"].reading, known["dead"].at, known["dead"].said) == (0, 0, down)
    assert known["old"].said is None
    store.close()
