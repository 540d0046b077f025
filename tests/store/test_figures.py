"""Figures about alarms, the ladder of one that was told together with others, drills and probes as pages read them."""

from contextlib import closing

import msgspec
import pytest

from hub.domain.commands import RunProbe, StartDrill
from hub.domain.events import Tick
from hub.store import figures, ladder, queries, work
from hub.store.database import open_reader
from hub.store.store import Store
from tests.domain.build import School


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "hub.db")
    store.open()
    yield store
    store.close()


@pytest.fixture
def reader(store):
    with closing(open_reader(store.path)) as connection:
        yield connection


def burden(reader, school):
    site = school.state.site
    return figures.burden(reader, site.hours, site.hq_channels, school.now.wall)


def test_alarms_are_counted_by_the_schools_own_day(store, reader):
    school = School()
    store.commit([school.presses(), school.says("wc", leak=True), school.says("door", battery=3)])
    assert burden(reader, school).days[-2:] == (0, 3)
    store.commit([school.after(15 * 3600).says("light", battery=3)])  # 01:00 of the next day
    found = burden(reader, school)
    assert found.days[-3:] == (0, 3, 1)
    assert len(found.days) == figures.DAYS
    assert found.headquarters == 1  # the press; the others are the school's own
    assert found.stale == ()
    school.after(15 * 3600)
    assert burden(reader, school).stale == (3, 2, 1)


def test_drills_are_no_burden(store, reader):
    school = School()
    store.commit([school.happens(StartDrill(("panic-hall",), school.now.wall + 60_000, "A")), school.presses()])
    assert sum(burden(reader, school).days) == 0


def test_what_comes_most_often_is_counted_with_its_returns(store, reader):
    school = School()
    store.commit([school.presses(seq=n) for n in range(1, 4)])
    store.commit([school.says("door", battery=3)])
    assert burden(reader, school).often == (figures.Often("panic-hall", "panic", 3),)


def test_an_alarm_told_together_with_others_has_its_ladder_too(store, reader):
    school = School()
    store.commit([school.says(device, battery=3) for device in ("door", "light", "cam", "panic-zb")])
    for _ in range(62):
        store.commit([school.after(1).happens(Tick())])
    found = queries.deliveries(reader, [1, 2, 3])
    assert [message.reason for message in found[2]] == ["grouped"]
    assert [message.reason for message in found[3]] == ["grouped"]
    assert found[3][0].event_id == found[2][0].event_id
    kept = queries.alarm(reader, 3)
    assert kept is not None
    assert [rung.step for rung in ladder.rungs(kept, found[3])] == ["received", "stored"]
    assert ladder.ways(kept.alarm, found[3])[0].channel == "caretaker"


def test_drills_and_probes_are_read_newest_first(store, reader):
    school = School()
    school.state.supervised = frozenset({"hq"})
    school.state.site = msgspec.structs.replace(school.state.site, proving=frozenset({"hq"}))
    for button in ("panic-hall", "panic-zb"):
        store.commit([school.happens(StartDrill((button,), school.now.wall + 60_000, "A"))])
    store.commit([school.happens(RunProbe("A"))])
    assert [drill.devices for drill in work.drills(reader)] == [("panic-zb",), ("panic-hall",)]
    assert [(probe.by, probe.latency) for probe in queries.probes(reader)] == [("A", None)]
