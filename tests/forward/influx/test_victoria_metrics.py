"""With a real VictoriaMetrics, through influxdb-client."""

import pytest

from tests.forward.influx.rig import Rig, v2
from tests.servers import VictoriaMetrics


@pytest.fixture(scope="module")
def victoria(tmp_path_factory):
    server = VictoriaMetrics(tmp_path_factory.mktemp("victoria"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def rig(tmp_path, victoria):
    rig = Rig(tmp_path, v2(victoria.url))
    yield rig
    rig.close()


def test_readings_alarms_and_the_hub_come_back(rig, victoria):
    rig.lux(*range(1200))
    rig.keep(rig.school.presses())
    rig.run()
    lux = victoria.samples("lighting_lux")
    assert [value for _, _, value in lux] == list(range(1200))
    labels, at, _ = lux[-1]
    assert (labels["site"], labels["zone"], labels["device"]) == ("school-1", "hall", "light")
    assert at == rig.school.now.wall
    [(labels, _, value)] = victoria.samples("alarm_open")
    assert (labels["type"], labels["priority"], value) == ("panic", "critical", 1)
    assert [value for _, _, value in victoria.samples("hub_alive")] == [1]
    assert rig.cursor() == rig.rows("SELECT max(id) FROM readings")[0][0]
    assert rig.cursor(":alarms") == rig.rows("SELECT max(no) FROM journal")[0][0]


def test_a_restroom_s_occupancy_is_one_sample_for_each_quarter(rig, victoria):
    for second in range(0, 900, 60):
        rig.keep(rig.school.after(60).says("wc", occupancy=second % 120 == 0))
    rig.run()
    assert victoria.samples("restroom_occupancy") == []
    rig.school.after(120)
    rig.run()
    quarter = rig.school.now.wall // 900_000 * 900_000 - 900_000
    assert [(at, value) for _, at, value in victoria.samples("restroom_occupancy")] == [(quarter, 1)]
