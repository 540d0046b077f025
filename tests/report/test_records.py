"""What a report is made of, as the real writer keeps it."""

from contextlib import closing

import pytest

from hub.domain.decision import Decision, Entry
from hub.domain.events import Tick
from hub.report.build import build_report, inventory
from hub.report.records import Trouble, Work, read_records
from hub.store.database import open_reader
from hub.store.readings import Fold
from hub.store.store import Upkeep
from tests.domain.build import School, site
from tests.report.story import Story

HOUR = 3_600_000


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path, School(silent_after=HOUR))
    yield story
    story.close()


def records(story, since=0):
    with closing(open_reader(story.path)) as reader:
        return read_records(reader, since)


def test_silence_is_known_to_the_millisecond_from_the_journal(story):
    school = story.school
    story.commits(school.says("panic-hall", battery=80, firmware="1.2.3"))
    school.after(2 * 3600)
    story.commits(school.happens(Tick()))
    raised = school.now.wall
    story.commits(school.after(600).says("panic-hall", battery=79))
    assert records(story).troubles == (Trouble("panic-hall", "silent", raised, school.now.wall),)


def test_the_inventory_outlives_the_readings(story):
    school = story.school
    first = school.now.wall
    story.commits(school.says("panic-hall", battery=80, firmware="1.2.3"), school.presses(event="test_press"))
    fold = Fold()
    with closing(open_reader(story.path)) as reader:
        fold.load(reader)
    story.store.commit([], upkeep=[Upkeep(snapshot=fold)])
    story.commits(school.after(3600).says("panic-hall", battery=79))
    story.store.commit([], upkeep=[Upkeep(keep_readings_from=school.now.wall - 1)])
    item = inventory(site(), records(story))[0]
    assert (item.installed, item.last_seen) == (first, school.now.wall)
    assert (item.firmware, item.battery, item.last_test) == ("1.2.3", 79.0, first)


def test_gaps_of_the_hub_maintenance_and_lost_links_are_read(story):
    entries = (
        Entry("maintenance", 1000, {"change": "begun", "target": "zone:wc", "by": "A"}),
        Entry("link", 1500, {"link": "broker", "up": False, "devices": []}),
        Entry("link", 1600, {"link": "bridge:zigbee2mqtt", "up": False, "devices": ["door", "light"]}),
        Entry("start", 2000, {"version": "0.1.0", "down_since": 1800}),
        Entry("link", 2100, {"link": "broker", "up": True, "devices": []}),
        Entry("maintenance", 2200, {"change": "expired", "target": "zone:wc", "by": ""}),
    )
    story.commits(Decision(journal=entries))
    found = records(story)
    assert found.gaps == ((1800, 2000),)
    assert set(found.works) == {
        Work("all", 1500, 2100), Work("zone:wc", 1000, 2200), Work("device:door", 1600, None),
        Work("device:light", 1600, None),
    }  # fmt: skip


def test_a_new_store_makes_an_empty_report(story):
    made = build_report(site(), records(story), story.school.now.wall, 365)
    assert made.alarms == ()
    assert made.proof.records == 0
