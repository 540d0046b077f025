"""While the disk refuses for long, memory stays bounded; what is left fits together, and what is missing is told."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import thinning
from hub.domain.alarms import Alarm
from hub.domain.commands import Acknowledge, RunProbe, Shelve
from hub.domain.events import Attempted, LineChecked, Tick
from hub.domain.now import Now
from hub.domain.reports import Press, Report
from hub.domain.site import Route
from hub.domain.state import SiteState
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.lane import Received
from hub.ingest.mailbox import Mailbox
from hub.ingest.router import Router
from hub.keeper import RETRY_MS
from hub.pipeline import Pipeline
from hub.report.verify import verify_store
from hub.store.inbox import Inbox
from hub.store.store import Store
from tests.domain.build import site
from tests.test_pipeline import NOW, Wire, full, press

FEW = 12


class Line:
    """A channel that takes from memory, and sends when it is told to."""

    def __init__(self) -> None:
        self.offered: list[str] = []

    def wake(self) -> None: ...

    def settled(self, event_id) -> None: ...

    def offer(self, dispatches) -> None:
        self.offered += [dispatch.alert.event_id for dispatch in dispatches]


class Outage:
    """A hub whose disk refuses from the first moment on, and the time that passes."""

    def __init__(self, folder: Path) -> None:
        self.path, self.now = folder / "hub.db", NOW
        school = msgspec.structs.replace(
            site(),
            routes=(Route(frozenset({"critical", "high", "medium"}), ("hq",), headquarters="all"),),
            proving=frozenset({"hq"}),
        )
        self.line = Line()
        store, inbox = Store(self.path), Inbox(self.path)
        store.open()
        self.state = SiteState(school, NOW, "e0")
        self.state.supervised = frozenset({"hq"})
        self.pipeline = Pipeline(
            state=self.state, store=store, inbox=inbox, lanes=Wire(), mailbox=Mailbox(), now=lambda: self.now,
            router=Router(school.devices.values(), DIALECTS), outlets=dict.fromkeys(school.channels, self.line),
        )  # fmt: skip
        self.keeper = self.pipeline.keeper
        self.happens(Report("door", (("tamper", True),)))
        self.works, store.commit = store.commit, full  # type: ignore[method-assign]

    def happens(self, event) -> None:
        self.now = Now(self.now.wall + RETRY_MS, self.now.mono + RETRY_MS)
        self.pipeline.happened(event, self.now)
        self.keeper.commit(self.now)

    def presses(self, seq: int) -> None:
        self.pipeline.take(press(seq, seq), LaneName.PANIC, self.now)
        self.happens(Tick())

    def sends(self, settled: str = "delivered") -> None:
        if self.line.offered:
            event = self.line.offered.pop(0)
            self.happens(Attempted("hq", event, settled or "timeout", "", 1, self.now.wall, settled, 0, bool(settled)))

    def ends(self) -> None:
        self.keeper.store.commit = self.works  # type: ignore[method-assign]
        self.happens(LineChecked("hq", "delivered", "", self.now.wall, True))
        assert not self.keeper.failing

    def rows(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(query).fetchall()

    def close(self) -> None:
        self.keeper.store.close()


def wrong(outage: Outage) -> tuple[str, ...]:
    return verify_store(outage.path, {}).wrong


WHAT = st.lists(
    st.tuples(
        st.sampled_from(["leak", "dry", "press", "send", "fail", "beat", "ack", "shelve", "battery", "tick", "closed"]),
        st.integers(0, 9),
    ),
    max_size=80,
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WHAT)
def test_whatever_happens_no_press_is_lost_and_the_store_agrees_with_its_journal(monkeypatch, events):
    monkeypatch.setattr(thinning, "MOST", FEW)
    with tempfile.TemporaryDirectory() as folder:
        outage = Outage(Path(folder))
        pressed = 0
        for what, number in events:
            pressed += what == "press"
            _do(outage, what, number, pressed)
        outage.ends()
        outage.sends()
        assert wrong(outage) == ()
        assert outage.rows("SELECT seq FROM presses ORDER BY seq") == [(n + 1,) for n in range(pressed)]
        rows = outage.rows("SELECT body FROM alarms WHERE open ORDER BY id DESC")
        assert [msgspec.json.decode(body, type=Alarm) for (body,) in rows] == outage.state.open_alarms()
        missing = [msgspec.json.decode(b) for (b,) in outage.rows("SELECT body FROM journal WHERE kind='unrecorded'")]
        assert sum(one["records"] for one in missing) == outage.keeper.thinning.total
        outage.close()


def _do(outage: Outage, what: str, number: int, pressed: int) -> None:
    alarms = [alarm.id for alarm in outage.state.open_alarms()]
    some = alarms[number % len(alarms)] if alarms else 0
    match what:
        case "press":
            outage.presses(pressed)
        case "send":
            outage.sends()
        case "fail":
            outage.sends("")
        case "beat":
            outage.happens(LineChecked("hq", "delivered" if number else "timeout", "", outage.now.wall, number > 0))
        case "ack":
            outage.happens(Acknowledge(some, "A", "hq"))
        case "shelve":
            outage.happens(Shelve(some, outage.now.wall + 5000, "A", "why"))
        case "battery":
            outage.happens(Report("light", (("battery", 3 if number % 2 else 99),)))
        case "closed":
            outage.happens(Report("door", (("tamper", False),)))
        case "tick":
            outage.happens(Tick())
        case _:
            outage.happens(Report("wc", (("leak", what == "leak"),)))


def test_weeks_without_a_disk_take_no_more_memory_than_a_day(monkeypatch, tmp_path):
    monkeypatch.setattr(thinning, "MOST", 100)
    monkeypatch.setattr(thinning, "_GONE_KEPT", 50)
    outage = Outage(tmp_path)
    sizes = []
    outage.presses(1)
    for turn in range(600):
        outage.happens(LineChecked("hq", "delivered", "", outage.now.wall, True))
        outage.now = Now(outage.now.wall + 40_000, outage.now.mono + 40_000)
        outage.happens(Report("wc", (("leak", turn % 2 == 0),)))
        outage.sends()
        sizes.append(sum(decision.urgent for decision in outage.keeper.batch.decisions))
    assert max(sizes) <= 2 * thinning.MOST
    assert len(outage.keeper.thinning._gone) <= thinning._GONE_KEPT
    outage.ends()
    assert wrong(outage) == ()
    assert outage.rows("SELECT seq FROM presses") == [(1,)]
    ((body,),) = outage.rows("SELECT body FROM journal WHERE kind = 'unrecorded'")
    told = msgspec.json.decode(body)
    assert told["records"] == outage.keeper.thinning.total > 500
    assert NOW.wall < told["since"] < told["until"] < outage.now.wall
    outage.close()


def test_alarms_from_telemetry_never_fill_the_broker_s_window(tmp_path):
    outage = Outage(tmp_path)
    outage.pipeline.lanes.in_flight = 20
    for mid in range(1, 41):
        body = b'{"battery":%d}' % (3 if mid % 2 else 99)
        outage.pipeline.take(Received(Message("zigbee2mqtt/p", body), mid, 1, 1), LaneName.TELEMETRY, outage.now)
        outage.happens(Tick())
    assert len(outage.keeper.batch.held) <= 10
    outage.close()


def test_a_probe_goes_out_from_memory_and_comes_back_as_proven(tmp_path):
    outage = Outage(tmp_path)
    outage.happens(RunProbe("A"))
    (sent,) = outage.pipeline.lanes.published
    assert sent[0] == "hub/school-1/event"
    outage.happens(Report("hub", presses=(Press("press", 0, 1),)))
    outage.sends()
    assert outage.state.last_probe is not None
    assert outage.state.last_probe.latency
    outage.ends()
    assert len(outage.pipeline.lanes.published) == 1
    assert outage.rows("SELECT latency > 0 FROM probes") == [(1,)]
    outage.close()
