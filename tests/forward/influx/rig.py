"""A store that a school fills, and a feeder whose time only the test moves."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from hub.config.model import Influx, Secret
from hub.domain.decision import Decision
from hub.domain.now import Now
from hub.forward.influx.feeder import Feeder
from hub.store.store import DatabaseState, Store, Upkeep
from tests.domain.build import School

TOKEN = "region-token-secret"


class Rig:
    """`run` steps the feeder until it has nothing to do, and writes down what it posts as the core does."""

    def __init__(self, folder: Path, settings: Influx) -> None:
        self.settings = settings
        self.path = folder / "hub.db"
        self.store = Store(self.path)
        self.store.open()
        self.school = School()
        self.letters: list[Upkeep] = []
        self.clock = 0
        self.feeder = self.new_feeder()

    def new_feeder(self) -> Feeder:
        """As after a restart."""
        return Feeder(self.settings, self.school.state.site, self.path, self.letters.append)

    @property
    def now(self) -> Now:
        return Now(self.school.now.wall + self.clock, 10_000_000 + self.clock)

    def keep(self, *decisions: Decision) -> None:
        self.store.commit(decisions)

    def lux(self, *values: float) -> None:
        """Readings of the lamp's sensor, a second apart."""
        self.keep(*(self.school.after(1).says("light", lux=float(value)) for value in values))

    def step(self) -> int:
        wait = self.feeder.step(self.now)
        self.store.commit((), upkeep=self.letters)
        self.letters.clear()
        return wait

    def run(self) -> None:
        """Steps at one moment until there is nothing to do, then once more when cursors are due."""
        for _ in range(10_000):
            if self.step() > 100:
                break
        self.clock += 16_000
        self.step()

    def cursor(self, suffix: str = "") -> int:
        rows = self.rows("SELECT reading FROM cursors WHERE name = ?", self.settings.name + suffix)
        return rows[0][0] if rows else 0

    def state(self) -> DatabaseState | None:
        rows = self.rows("SELECT body FROM databases")
        return msgspec.json.decode(rows[0][0], type=DatabaseState) if rows else None

    def quarantined(self) -> list[tuple[str, str]]:
        return self.rows("SELECT line, reason FROM quarantined ORDER BY id")

    def rows(self, query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query, values).fetchall()

    def close(self) -> None:
        self.feeder.close()
        self.store.close()


def v1(url: str, **more: object) -> Influx:
    return Influx(name="local", api="v1", url=url, database="school", **more)


def v2(url: str, **more: object) -> Influx:
    return Influx(
        **{"name": "region", "api": "v2", "url": url, "org": "edu", "bucket": "schools", "token": Secret(TOKEN), **more}
    )
