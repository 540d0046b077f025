"""The journey's own guard: a mistake of the hub costs one message, never the hub."""

import sqlite3
from dataclasses import dataclass, field

import pytest

from hub.config.model import Flow
from hub.domain.commands import Acknowledge
from hub.domain.now import Now
from hub.domain.state import SiteState
from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.floodgate import Floodgate
from hub.ingest.lane import Received
from hub.ingest.mailbox import Mailbox
from hub.ingest.router import Router
from hub.pipeline import Pipeline
from hub.store.inbox import Inbox
from hub.store.store import Store
from tests.domain.build import TUESDAY_10, site

NOW = Now(TUESDAY_10, 5_000_000)


@dataclass
class Wire:
    """Both lanes, without a broker: what is acknowledged and published."""

    acknowledged: list = field(default_factory=list)
    published: list = field(default_factory=list)
    in_flight = 1000
    gate: Floodgate = field(default_factory=lambda: Floodgate(Flow(rate=1000, burst=1000), {}))

    @property
    def panic(self):
        return self

    telemetry = panic

    def named(self, name):
        return self

    def acknowledge(self, received):
        self.acknowledged.append(received.mid)

    def publish(self, topic, payload):
        self.published.append((topic, payload))


class Deaf:
    """A channel that nothing reaches."""

    def wake(self) -> None: ...

    def settled(self, event_id) -> None: ...

    def offer(self, dispatches) -> None: ...


@pytest.fixture
def pipeline(tmp_path):
    store, inbox = Store(tmp_path / "hub.db"), Inbox(tmp_path / "hub.db")
    store.open()
    inbox.open()
    school = site()
    made = Pipeline(
        state=SiteState(school, NOW, "e0"), store=store, inbox=inbox, lanes=Wire(), mailbox=Mailbox(), now=lambda: NOW,
        router=Router(school.devices.values(), DIALECTS), outlets=dict.fromkeys(school.channels, Deaf()),
    )  # fmt: skip
    yield made
    inbox.close()
    store.close()


def press(mid: int, seq: int) -> Received:
    body = b'{"event":"panic","boot":7,"seq":%d}' % seq
    return Received(Message("school/panic-hall/event", body), mid, 1, 1)


def broken(*_args):
    raise ZeroDivisionError("a mistake of ours")


def test_a_message_that_the_hub_stumbles_over_is_kept_as_a_fault_and_acknowledged(pipeline, monkeypatch, caplog):
    monkeypatch.setattr("hub.pipeline.decide", broken)
    pipeline.take(press(1, 1), LaneName.PANIC, NOW)
    monkeypatch.undo()
    pipeline.take(press(2, 2), LaneName.PANIC, NOW)
    pipeline.keeper.commit(NOW)
    assert pipeline.lanes.acknowledged == [1, 2]
    rows = pipeline.keeper.store.connection.execute("SELECT reason, detail FROM rejected").fetchall()
    assert rows == [("fault", "ZeroDivisionError('a mistake of ours')")]
    assert pipeline.keeper.store.connection.execute("SELECT seq FROM presses").fetchall() == [(2,)]
    assert "the hub has a fault" in caplog.text


def test_an_order_that_the_hub_stumbles_over_is_answered_and_does_not_come_again(pipeline, monkeypatch):
    page = Inbox(pipeline.keeper.store.path)
    page.open()
    pipeline.inbox.changed()
    number = page.give(Acknowledge(1, "Айгүл", "page"))
    monkeypatch.setattr("hub.pipeline.decide", broken)
    pipeline._take_orders(NOW)
    assert page.answer_to(number) == "not_understood"
    assert pipeline.inbox.waiting() == []
    page.close()


def test_nothing_is_acknowledged_or_confirmed_before_it_is_on_the_disk(pipeline):
    pipeline.take(press(1, 1), LaneName.PANIC, NOW)
    assert pipeline.lanes.acknowledged == []
    assert pipeline.lanes.published == []
    pipeline.keeper.commit(NOW)
    assert pipeline.lanes.acknowledged == [1]
    assert b'"stage":"stored"' in pipeline.lanes.published[0][1]


def battery(mid: int, value: int) -> Received:
    return Received(Message("zigbee2mqtt/p", b'{"battery":%d}' % value), mid, 1, 1)


def test_a_press_does_not_wait_until_hundreds_of_readings_are_written(pipeline):
    for mid in range(1, 101):
        pipeline.take(battery(mid, 50 + mid % 50), LaneName.PANIC, NOW)
    pipeline.take(press(200, 1), LaneName.PANIC, NOW)
    pipeline.keeper.commit(NOW, presses=True)
    rows = pipeline.keeper.store.connection.execute
    assert pipeline.lanes.acknowledged == [200]
    assert rows("SELECT seq FROM presses").fetchall() == [(1,)]
    assert rows("SELECT count(*) FROM readings").fetchone() == (0,)
    assert not pipeline.keeper.batch.is_due(NOW.mono, 1000)
    assert pipeline.keeper.batch.is_due(NOW.mono + 5000, 1000)
    pipeline.keeper.commit(NOW)
    assert sorted(pipeline.lanes.acknowledged) == [*range(1, 101), 200]
    batteries = rows(
        "SELECT value FROM readings r JOIN signals s ON s.no = r.signal WHERE s.id = 'battery' ORDER BY r.id"
    )
    assert [value for (value,) in batteries] == [50 + n % 50 for n in range(1, 101)]


def test_where_the_disk_refuses_nothing_is_parted_and_all_comes_in_its_order(pipeline, monkeypatch):
    for mid in range(1, 101):
        pipeline.take(battery(mid, 50 + mid % 50), LaneName.PANIC, NOW)
    pipeline.take(press(200, 1), LaneName.PANIC, NOW)
    monkeypatch.setattr(pipeline.keeper.store, "commit", full)
    pipeline.keeper.commit(NOW, presses=True)
    assert 200 not in pipeline.lanes.acknowledged
    monkeypatch.undo()
    later = Now(NOW.wall + 2000, NOW.mono + 2000)
    pipeline.keeper.commit(later, presses=True)
    assert 200 in pipeline.lanes.acknowledged
    assert pipeline.keeper.store.connection.execute("SELECT seq FROM presses").fetchall() == [(1,)]
    assert pipeline.keeper.store.connection.execute("SELECT count(*) FROM readings").fetchone()[0] >= 100


def full(*_args, **_more):
    raise sqlite3.OperationalError("disk I/O error")


def test_repeats_of_a_press_are_acknowledged_even_where_nothing_else_waits(pipeline):
    for mid in range(1, 31):
        pipeline.take(press(mid, 1), LaneName.PANIC, NOW)
    pipeline.keeper.commit(NOW, presses=True)
    assert pipeline.keeper.batch.is_due(NOW.mono + 5000, 1000)
    pipeline.keeper.commit(NOW)
    assert sorted(pipeline.lanes.acknowledged) == list(range(1, 31))
