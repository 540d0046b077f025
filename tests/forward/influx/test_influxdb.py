"""With a real InfluxDB 1.6.7: what is written comes back through its own query language."""

import pytest

from hub.forward.influx.feeder import QUARANTINED_AT_ONCE
from hub.forward.influx.lines import line
from tests.forward.influx.rig import Rig, v1
from tests.servers import Influxd


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Influxd(tmp_path_factory.mktemp("influxd")).ready()
    yield server
    server.stop()


@pytest.fixture
def influxd(server):
    """An empty database each time."""
    server.query("DROP DATABASE school")
    server.query("CREATE DATABASE school")
    return server


@pytest.fixture
def rig(tmp_path, influxd):
    rig = Rig(tmp_path, v1(influxd.url))
    yield rig
    rig.close()


def test_readings_come_back_with_their_tags_and_the_hub_s_time(rig, influxd):
    rig.keep(rig.school.says("light", lux=321.5, relay="on"), rig.school.says("door", contact="open"))
    rig.run()
    rows = influxd.query("SELECT * FROM lighting, door")
    at = rig.school.now.wall
    tags = {"site": "school-1", "zone": "hall", "time": at}
    said = [{name: value for name, value in row.items() if value is not None} for row in rows]
    assert {**tags, "device": "door", "contact": True} in said
    assert {**tags, "device": "light", "lux": 321.5, "relay": True} in said


def test_a_backlog_goes_out_oldest_first_and_the_cursor_follows(rig, influxd):
    rig.lux(*range(2500))
    rig.step()  # the hub's own figures
    rig.step()
    assert [row["max"] for row in influxd.query("SELECT max(lux) FROM lighting")] == [999]
    rig.run()
    assert [row["lux"] for row in influxd.query("SELECT lux FROM lighting")] == list(range(2500))
    assert rig.cursor() == 2500


def test_a_type_conflict_is_found_by_halving_and_costs_its_neighbours_nothing(rig, influxd):
    at = rig.school.now.wall
    influxd.write(f"restroom,site=x humidity=true {at}")
    rig.keep(*(rig.school.after(1).says("wc", temperature=float(n)) for n in range(150)))
    rig.keep(rig.school.after(1).says("wc", humidity=40))
    rig.keep(*(rig.school.after(1).says("wc", temperature=float(n)) for n in range(150)))
    rig.run()
    assert len(influxd.query("SELECT temperature FROM restroom")) == 300
    [(line, reason)] = rig.quarantined()
    assert line == f"restroom,device=wc,site=school-1,zone=wc humidity=40.0 {at + 151_000}"
    assert "field type conflict" in reason
    assert rig.cursor() == 301


def test_a_batch_of_which_nothing_is_taken_is_refused_at_once(rig, influxd):
    influxd.write(f"lighting,site=x lux=true {rig.school.now.wall}")
    rig.lux(*range(500))
    rig.run()
    assert len(rig.quarantined()) == QUARANTINED_AT_ONCE
    assert rig.cursor() == 500
    assert (rig.state().state, rig.state().refused) == ("up", 500)


def test_a_database_that_is_not_there_is_named_and_nothing_is_lost(rig, influxd):
    influxd.query("DROP DATABASE school")
    rig.lux(1, 2)
    rig.step()
    assert "there is no database school" in rig.state().detail
    influxd.query("CREATE DATABASE school")
    rig.clock += 20_000
    rig.run()
    assert [row["lux"] for row in influxd.query("SELECT lux FROM lighting")] == [1, 2]


def test_a_school_with_words_of_its_own_reads_as_it_was_written(influxd):
    tags = {"site": "№1 мектеп, Тараз=2", "zone": "Дәретхана қыз балалар", "device": "a\nb"}
    influxd.write(line("restroom", tags, {"leak": True}, 1_795_496_400_000))
    [row] = influxd.query("SELECT leak, site, zone, device FROM restroom")
    assert (row["site"], row["zone"], row["device"]) == (tags["site"], tags["zone"], "a_b")


def test_what_is_older_than_the_database_keeps_is_left_out_and_counted(rig, influxd):
    influxd.query("CREATE RETENTION POLICY short ON school DURATION 1h REPLICATION 1 DEFAULT")
    rig.lux(*range(5))  # of the school's own time, which is not the server's
    rig.run()
    assert rig.quarantined() == []
    assert rig.cursor() == 5
    assert rig.state().too_old == 6  # with the hub's own point
