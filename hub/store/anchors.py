"""Anchors: receipts of heartbeats that carried the journal's head. All of the last day are kept, then one an hour."""

import sqlite3
from typing import Final

import msgspec

from hub.domain.decision import Anchor

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


class Anchors:
    """Writes inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._thinned = 0

    def add(self, anchor: Anchor) -> None:
        """Keeps one more; once an hour lets go of those that are no longer needed."""
        self._db.execute(
            "INSERT INTO anchors (no, hash, channel, at, event_id, headers, body) VALUES (?,?,?,?,?,?,?)",
            (anchor.head.no, anchor.head.hash, anchor.channel, anchor.at, anchor.event_id,
             msgspec.json.encode(anchor.headers, order="sorted").decode(), anchor.body),
        )  # fmt: skip
        if anchor.at // HOUR_MS != self._thinned:
            self._thinned = anchor.at // HOUR_MS
            self._thin(anchor.at)

    def _thin(self, now: int) -> None:
        """Of every hour that ended more than a day ago, the last anchor of each channel stays, for ever."""
        self._db.execute(
            "DELETE FROM anchors WHERE at < ?1 AND id NOT IN"
            " (SELECT max(id) FROM anchors WHERE at < ?1 GROUP BY channel, at / ?2)",
            ((now - DAY_MS) // HOUR_MS * HOUR_MS, HOUR_MS),
        )
