"""How the hub itself is, as it can be read beside it: for the measurement `hub`."""

import sqlite3
from pathlib import Path

from hub.forward.influx.points import Figures
from hub.store.beat import read_pulse


def read_figures(reader: sqlite3.Connection, store: Path, position: int) -> Figures:
    """`position` is the last reading that this database has."""
    beat = read_pulse(store).beat
    return Figures(
        broker_connected=beat is not None and beat.broker == "connected",
        store_ok=beat is not None and beat.store == "ok",
        clock_trusted=beat is not None and beat.clock == "trusted",
        readings_behind=_count(reader, "SELECT coalesce(max(id), 0) - ? FROM readings", position),
        alerts_waiting=_count(reader, "SELECT count(*) FROM outbox WHERE settled IS NULL"),
        alarms_open=_count(reader, "SELECT count(*) FROM alarms WHERE open = 1"),
        rejected=_count(reader, "SELECT coalesce(sum(count), 0) FROM rejected_counts"),
    )


def _count(reader: sqlite3.Connection, query: str, *values: int) -> int:
    return max(0, int(reader.execute(query, values).fetchone()[0]))
