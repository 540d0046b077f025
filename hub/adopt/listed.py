"""Which devices wait for a room, for whoever asks: the command line, the page, the core."""

import sqlite3
from contextlib import closing

from hub.adopt.candidates import Candidate, CandidateFile, hinted, unknown
from hub.config.model import Config
from hub.store.database import open_reader
from hub.store.queries import unknown_topics


def candidates(config: Config) -> list[Candidate]:
    """Devices that hub.yaml does not know, those that announced themselves first."""
    known = list(CandidateFile(config.store.path).load().values())
    try:
        with closing(open_reader(config.store.path)) as db:
            known += hinted(unknown_topics(db))
    except sqlite3.Error:
        pass  # the hub has not run yet
    return unknown(known, config.site.devices.values())
