"""One short look into the store for a page that shows more than the live view holds."""

import contextlib
import sqlite3
from collections.abc import Iterator

from hub.store.database import open_reader
from hub.web.facts import at_one_moment
from hub.web.faults import StoreUnreadable
from hub.web.page import page

__all__ = ["StoreUnreadable", "reading"]


@contextlib.contextmanager
def reading() -> Iterator[sqlite3.Connection | None]:
    """A reader's connection for the length of the block; None where the store can't be opened, such as before the
    hub's first start. What is read in the block is of one moment."""
    try:
        db = open_reader(page().config.store.path)
    except sqlite3.Error:
        yield None
        return
    with contextlib.closing(db):
        try:
            db.execute("PRAGMA schema_version").fetchone()
            with at_one_moment(db):
                yield db
        except sqlite3.Error:
            raise StoreUnreadable from None
