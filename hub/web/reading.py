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
    """A reader's connection for the length of the block; None where there is no store, such as before the hub's
    first start. Raises StoreUnreadable where there is one that refuses. What is read in the block is of one moment."""
    path = page().config.store.path
    try:
        db = open_reader(path)
    except sqlite3.Error:
        if path.exists():
            raise StoreUnreadable from None
        yield None
        return
    with contextlib.closing(db):
        try:
            with at_one_moment(db):
                yield db
        except sqlite3.Error:
            raise StoreUnreadable from None
