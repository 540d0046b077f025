"""A store with a story: presses, an acknowledgement, a test, deliveries and heartbeats, written by the real writer."""

import base64
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from standardwebhooks import Webhook

from hub.domain.alerts import heartbeat_of
from hub.domain.commands import (
    Acknowledge,
    CloseFinding,
    FinishRound,
    FinishTask,
    MoveFinding,
    PlaceDevices,
    RaiseFinding,
    Reset,
    StartDrill,
    StartRound,
    TakeTask,
    TickRound,
    WriteNote,
)
from hub.domain.decision import Anchor
from hub.domain.events import Attempted, LineChecked, Tick
from hub.domain.now import Now
from hub.domain.site import Poster
from hub.report.chain import Line
from hub.store.album import Album
from hub.store.journal import read_head
from hub.store.store import Store
from tests.domain.build import School

PHOTO = b"\xff\xd8 a lamp over the exit \xff\xd9"
SECRET = "whsec_" + base64.b64encode(b"a-secret-of-32-bytes-for-reports").decode()


class Story:
    """A school whose decisions go to a store at once."""

    def __init__(self, folder: Path, school: School | None = None) -> None:
        self.school = school or School()
        self.store = Store(folder / "hub.db")
        self.store.open()
        self.path = self.store.path

    def close(self) -> None:
        self.store.close()

    def commits(self, *decisions) -> None:
        self.store.commit(decisions)

    def delivers(self, event_id: str, channel: str = "hq", settled: str = "delivered") -> None:
        wall = self.school.now.wall
        self.commits(self.school.happens(Attempted(channel, event_id, settled, "", 1, wall, settled, 0, True)))

    def beats(self) -> Anchor:
        """A heartbeat that headquarters signs for."""
        wall = self.school.now.wall
        alert = heartbeat_of("school-1", "e0", Now(wall, 0), read_head(self.store.connection))
        body = msgspec.json.encode({"receipt": alert.event_id, "received_at": "2026-11-24T05:00:00Z"}).decode()
        moment = datetime.fromtimestamp(int(time.time()), UTC)
        headers = {
            "webhook-id": "r1",
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("r1", moment, body),
        }
        assert alert.journal is not None
        anchor = Anchor(alert.journal, "hq", wall, alert.event_id, headers, body)
        self.commits(self.school.happens(LineChecked("hq", "delivered", "", wall, True, anchor)))
        return anchor


def told(folder: Path) -> Story:
    """A press that reached headquarters and a person, a test, a silent alarm's return; anchored in the middle."""
    story = Story(folder)
    school = story.school
    press = school.presses(seq=1)
    story.commits(press)
    school.after(1)
    story.delivers(press.dispatches[0].alert.event_id)
    story.beats()
    school.after(20)
    story.commits(school.happens(Acknowledge(1, "Operator", "hq")), school.presses(seq=2, event="test_press"))
    school.after(60)
    story.commits(school.happens(Reset(1, "Operator", "real")), school.says("wc", leak=True))
    story.beats()
    school.after(5)
    story.commits(school.says("wc", leak=False))
    return story


def deeds(folder: Path) -> Story:
    """What people do: a drill of two buttons of which headquarters has one press, a round, a note, and two findings of
    which one is closed on evidence. A poster hangs in the hall."""
    story = Story(folder)
    school, posters = story.school, {"poster-1": Poster("poster-1", "hall", "https://111.example/")}
    school.state.site = msgspec.structs.replace(school.state.site, posters=posters)
    story.commits(school.says("panic-hall", loop="normal"), school.says("door", contact="closed"))
    orders = (
        StartRound("Айгүл"),
        StartDrill(("panic-hall", "panic-zb"), school.now.wall + 600_000, "Айгүл"),
        TickRound(1, "poster:poster-1", "Айгүл", False, "torn"),
        TickRound(1, "button:panic-zb", "Айгүл", False, "the box is locked"),
    )
    story.commits(*(school.happens(order) for order in orders))
    press = school.after(60).presses()
    story.commits(press)
    school.after(2)
    story.delivers(press.dispatches[0].alert.event_id)
    story.commits(
        school.happens(FinishRound(1, "Айгүл", "in the rain")),
        school.after(600).happens(Tick()),
        school.happens(PlaceDevices({"door": (100, 200), "light": (500, 500), "wc": (900, 900)}, "Болат")),
        school.happens(PlaceDevices({"light": None, "wc": (910, 905)}, "Болат")),
        school.happens(WriteNote("door", "Айгүл", "", "MCCGQ11LM", "2027-09-01")),
        school.happens(RaiseFinding("no light over the exit", "zone:hall", "school", "2026-11-01", "Болат")),
        school.happens(RaiseFinding("the box is locked", "device:panic-zb", "akimat", "2027-01-10", "Болат")),
        school.after(60).happens(MoveFinding(2, "contractor", "2027-02-01", "Болат")),
        school.happens(CloseFinding(1, "a lamp hangs there, 40 lx", "Болат", (Album(story.path).keep(PHOTO),))),
        school.says("door", battery=4),
        school.happens(TakeTask(2, "Айгүл")),
        school.happens(FinishTask(2, "Айгүл", "a new one", ())),
    )
    return story


def forge(path: Path, *orders: str) -> None:
    """Changes a store as somebody with a database shell would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("DROP TRIGGER IF EXISTS journal_is_append_only_1")
        shell.execute("DROP TRIGGER IF EXISTS journal_is_append_only_2")
        for order in orders:
            shell.executescript(order)


def lines_of(path: Path) -> list[Line]:
    with closing(sqlite3.connect(path)) as shell:
        rows = shell.execute("SELECT no, at, kind, body, hash FROM journal ORDER BY no").fetchall()
    return [Line(*row) for row in rows]
