"""`hub verify` of a store: its journal's chain, the proofs of others, and the tables against the journal."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from hub.domain.alerts import Head
from hub.domain.decision import Anchor
from hub.report.chain import Examined, Line, examine
from hub.report.ledger import Ledger
from hub.report.proofs import weigh, wrong_proofs
from hub.report.verdict import Verdict, moment, proven_until
from hub.store.album import Album
from hub.store.database import open_reader


def verify_store(path: Path, secrets: Mapping[str, str], log: Iterable[Anchor] = ()) -> Verdict:
    """Examines a store without changing it, a live one too: all of one moment. `secrets` are headquarters' webhook
    secrets by channel, `log` what its own log says. Raises sqlite3.Error where the file can't be read."""
    if not path.is_file():
        raise sqlite3.OperationalError(f"there is no file {path}")
    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        anchors = read_anchors(reader)
        ledger, last_at = Ledger(), [0]
        examined = examine(_entered(read_lines(reader), ledger, last_at), [*anchors, *log])
        wrong = [f"the journal is not whole: {examined.broken.text}"] if examined.broken is not None else []
        wrong += wrong_proofs(anchors, secrets)
        if examined.broken is None:  # what a forged journal says of the tables says nothing
            wrong += ledger.disagreements(reader)
            wrong += ledger.against_album(Album(path))
    return Verdict(tuple(wrong), (_counted(examined, last_at[0]), _proven(examined, secrets)))


def read_lines(connection: sqlite3.Connection, first: int = 1) -> Iterator[Line]:
    """The journal from record `first` on, in its order, without holding all of it in memory."""
    rows = connection.execute("SELECT no, at, kind, body, hash FROM journal WHERE no >= ? ORDER BY no", (first,))
    return (Line(*row) for row in rows)


def read_anchors(connection: sqlite3.Connection, first: int = 0) -> list[Anchor]:
    """The anchors of records from `first` on, in the order in which they were received."""
    try:
        rows = connection.execute(
            "SELECT no, hash, channel, at, event_id, headers, body FROM anchors WHERE no >= ? ORDER BY id", (first,)
        )
    except sqlite3.OperationalError:
        return []  # a store of the first version has none
    return [
        Anchor(Head(no, hash_), channel, at, event_id, _headers(headers), body)
        for no, hash_, channel, at, event_id, headers, body in rows
    ]


def _headers(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _entered(lines: Iterable[Line], ledger: Ledger, last_at: list[int]) -> Iterator[Line]:
    for line in lines:
        ledger.take(line)
        last_at[0] = line.at
        yield line


def _counted(examined: Examined, last_at: int) -> str:
    if examined.count == 0:
        return "the journal has no right record"
    right = f"records 1 to {examined.head.no} follow each other"
    return f"{right}; the last is of {moment(last_at)}" if examined.broken is None else right


def _proven(examined: Examined, secrets: Mapping[str, str]) -> str:
    return proven_until(examined, weigh(examined.proven, secrets) if examined.proven is not None else None)
