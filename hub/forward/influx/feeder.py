"""One feeder per database: reads on behind its cursors, writes, and moves the cursors only on success.

A database that is down delays nobody: its feeder has a thread of its own and holds no more than one batch. What waits
is in the store, and goes out oldest first when the database is back.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hub.config.model import Influx
from hub.domain.now import Now
from hub.domain.site import Site
from hub.forward.backoff import pause
from hub.forward.channel import Outcome
from hub.forward.influx.batch import Batch
from hub.forward.influx.figures import read_figures
from hub.forward.influx.http import Down, Refused
from hub.forward.influx.points import hub_line, proof_line
from hub.forward.influx.report import Report
from hub.forward.influx.sources import SOURCES, Source
from hub.forward.influx.writers import WRITERS, Writer
from hub.store.database import is_still, open_reader
from hub.store.store import Quarantined, Upkeep

LOOK_MS: Final = 1000
BREATH_MS: Final = 5
"""Between two batches of a backlog: the core's thread comes first."""
FIGURES_MS: Final = 60_000
QUARANTINED_AT_ONCE: Final = 100
"""So many lines of a batch are kept: where a whole field is refused, more would teach nothing and cost the card."""
CURSOR_MS: Final = 15_000
"""So often at most a cursor goes to the disk: what a crash forgets is written again, as the same points."""


class Feeder:
    """`step` and `close` are called by a runner's thread; `post` takes what has to be written down."""

    def __init__(self, influx: Influx, site: Site, store: Path, post: Callable[[Upkeep], None]) -> None:
        self.name = influx.name
        self._settings, self._site, self._store, self._post = influx, site, store, post
        self._sources: tuple[Source, ...] = tuple(make(site) for make in SOURCES)
        self._positions: list[int] = []
        self._moved: set[int] = set()
        self._posted_at = 0
        self._report = Report(influx.name, post)
        self._reader: sqlite3.Connection | None = None
        self._writer: Writer | None = None
        self._batch: Batch | None = None
        self._figures_at = -FIGURES_MS
        self._passed = False
        self._failures = 0
        self._blocked_until = 0

    def step(self, now: Now) -> int:
        """Makes at most one request to the database, two where it refused a single line. Returns for how many ms
        there is nothing to do."""
        if now.mono < self._blocked_until:
            return min(LOOK_MS, self._blocked_until - now.mono)
        self._passed = False
        try:
            self._batch = self._batch or self._next(now)
            figures = self._figures(now)
        except sqlite3.Error as error:
            self._report.unreadable(error)
            self._reader = None
            return LOOK_MS
        try:
            return self._send(figures, now)
        except Down as down:
            self._failures += 1
            self._blocked_until = now.mono + max(pause(self._failures), down.wait)
            self._report.down(down, now)
            return LOOK_MS

    def close(self) -> None:
        """Lets go at once; what is not written stays in the store."""
        self._keep_cursors()
        if self._writer is not None:
            self._writer.close()
        if self._reader is not None:
            self._reader.close()

    def _next(self, now: Now) -> Batch | None:
        """The first part of a source with lines in it; those without move their cursor at once."""
        reader = self._open()
        for index, source in enumerate(self._sources):
            part = source.after(reader, self._positions[index], now)
            if part.lines:
                return Batch(part, index)
            self._passed = self._passed or part.end > self._positions[index]
            self._move(index, part.end, part.lost)
        return None

    def _open(self) -> sqlite3.Connection:
        if self._reader is not None and is_still(self._reader):
            self._reader.close()
            self._reader = None
        self._reader = self._reader or open_reader(self._store)
        if not self._positions:
            known = dict(self._reader.execute("SELECT name, reading FROM cursors").fetchall())
            self._report.load(self._reader)
            self._positions = [int(known.get(self._cursor(source), 0)) for source in self._sources]
        return self._reader

    def _figures(self, now: Now) -> str | None:
        """The hub's own point, when it is due. It is not kept for later: what counts is how the hub is now."""
        if now.mono - self._figures_at < FIGURES_MS:
            return None
        figures = read_figures(self._open(), self._store, self._positions[self._readings])
        return hub_line(self._site, figures, now.wall)

    @property
    def _readings(self) -> int:
        return next(index for index, source in enumerate(self._sources) if not source.suffix)

    def _send(self, figures: str | None, now: Now) -> int:
        batch = self._batch
        if figures is not None:
            self._write_figures(figures, now)
            self._figures_at = now.mono
        elif batch is not None:
            self._write_next(batch, now)
        if batch is not None and batch.settled:
            self._settle(batch, now)
        if self._moved and now.mono - self._posted_at >= CURSOR_MS:
            self._posted_at = now.mono
            self._keep_cursors()
        return LOOK_MS if batch is None and figures is None and not self._passed else BREATH_MS

    def _write_figures(self, text: str, now: Now) -> None:
        try:
            self._write(text, now)
        except Refused as refused:
            self._prove(refused, now)
            self._report.figures_refused(refused)

    def _write_next(self, batch: Batch, now: Now) -> None:
        chunk = batch.next
        try:
            self._write("\n".join(line.text for line in chunk), now)
        except Refused as refused:
            if len(chunk) > 1 and refused.dropped < len(chunk):
                batch.halve()
            else:
                self._prove(refused, now)
                batch.refuse(str(refused))
        else:
            batch.written()

    def _prove(self, refused: Refused, now: Now) -> None:
        """Before a line is given up: does the database take anything at all? Raises Down where it does not."""
        try:
            self._write(proof_line(self._site, now.wall), now)
        except Refused:
            raise Down(Outcome.REFUSED, f"it refuses whatever is written: {refused}") from None

    def _write(self, text: str, now: Now) -> None:
        """Raises Refused for what is not only too old."""
        if self._writer is None:
            self._writer = WRITERS[self._settings.api](self._settings)
        try:
            self._writer.write(text)
        except Refused as refused:
            if not refused.too_old:
                raise
            self._report.too_old(refused.dropped)
        self._failures = 0
        self._report.up(now)

    def _settle(self, batch: Batch, now: Now) -> None:
        refused = tuple(
            Quarantined(self.name, line.position, now.wall, line.text, reason)
            for line, reason in batch.refused[:QUARANTINED_AT_ONCE]
        )
        self._move(batch.source, batch.part.end, batch.part.lost)
        self._batch = None
        if batch.part.lost:
            self._keep_cursors()  # at once, so that they are not counted twice
        if refused:
            self._report.quarantined(refused[0], len(batch.refused))
            self._moved.discard(batch.source)
            cursor = (self._cursor(self._sources[batch.source]), batch.part.end)
            self._post(Upkeep(cursors=(cursor,), quarantined=refused))  # together, so that none is listed twice

    def _move(self, source: int, end: int, lost: int) -> None:
        if end != self._positions[source]:
            self._positions[source] = end
            self._moved.add(source)
        if lost:
            self._report.lost(lost)

    def _keep_cursors(self) -> None:
        cursors = tuple((self._cursor(self._sources[index]), self._positions[index]) for index in sorted(self._moved))
        self._moved.clear()
        if cursors:
            self._post(Upkeep(cursors=cursors))

    def _cursor(self, source: Source) -> str:
        return self.name + source.suffix
