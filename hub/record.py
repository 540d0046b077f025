"""What the journal keeps of each start: since when the hub was down, and what has changed in hub.yaml."""

import sqlite3

from hub import __version__
from hub.config.digest import config_entry
from hub.config.model import Config
from hub.domain.decision import Decision, Entry
from hub.domain.now import Now
from hub.store.journal import last_body


def start_record(config: Config, connection: sqlite3.Connection | None, down_since: int, now: Now) -> Decision:
    """The journal's lines about a start. `down_since` is the last sign of life before (UTC, ms), 0 where there is
    none: then it is the last entry's time, 0 for a store that is new. Without a connection nothing is known of
    hub.yaml before: the next start with one compares."""
    if connection is None:
        return Decision(journal=(Entry("start", now.wall, {"version": __version__, "down_since": down_since}),))
    last = connection.execute("SELECT at FROM journal ORDER BY no DESC LIMIT 1").fetchone()
    since = down_since or (int(last[0]) if last is not None else 0)
    started = Entry("start", now.wall, {"version": __version__, "down_since": since})
    changed = config_entry(config, last_body(connection, "config"), __version__, now.wall)
    return Decision(journal=(started,) if changed is None else (started, changed))
