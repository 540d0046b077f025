"""Every query of every dashboard, asked of a real InfluxDB that a feeder has filled."""

import json
from pathlib import Path

import pytest

from hub.domain.commands import Acknowledge
from hub.domain.events import Attempted
from tests.forward.influx.rig import Rig, v1
from tests.servers import Influxd

FILES = sorted((Path(__file__).parents[2] / "dashboards").glob("*.json"))
DASHBOARDS = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FILES}
PANELS = [(name, panel) for name, dashboard in DASHBOARDS.items() for panel in dashboard["panels"]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A school in which everything that is drawn has happened; and when it happened."""
    influxd = Influxd(tmp_path_factory.mktemp("influxd")).ready()
    rig = Rig(tmp_path_factory.mktemp("hub"), v1(influxd.url))
    began = rig.school.now.wall
    live(rig)
    rig.run()
    yield influxd, began, rig.school.now.wall + 60_000
    rig.close()
    influxd.stop()


def live(rig: Rig) -> None:
    school = rig.school
    rig.keep(school.presses(), school.says("door", contact="open", battery=80), school.says("light", lux=300.0))
    rig.keep(school.says("panic-hall", loop="normal"), school.says("wc", co2=3000, humidity=40, temperature=21))
    rig.keep(school.says("wc", leak=True, smoke=True, occupancy=True), school.presses("wc", event="help", seq=None))
    [(event_id,)] = rig.rows("SELECT event_id FROM outbox WHERE channel = 'hq' ORDER BY id LIMIT 1")
    delivered = Attempted(
        channel="hq", event_id=event_id, outcome="delivered", detail="", attempts=1, at=school.after(2).now.wall,
        settled="delivered", due_at=0, line_ok=True,
    )  # fmt: skip
    rig.keep(school.happens(delivered), school.happens(Acknowledge(1, "A", "hq")))
    for _ in range(20):  # poor air and occupancy take their time
        rig.keep(school.after(60).says("wc", co2=3000))


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=[f"{name}-{panel['id']}" for name, panel in PANELS])
def test_each_panel_has_something_to_draw(filled, name, panel):
    influxd, began, ended = filled
    for target in panel["targets"]:
        rows = influxd.query(substituted(target["query"], began, ended))
        nothing = (None, 0) if "fill(0)" in target["query"] else (None,)
        assert any(value not in nothing for row in rows for column, value in row.items() if column not in TAGS)


def test_the_schools_are_offered_for_choice(filled):
    influxd, _, _ = filled
    for dashboard in DASHBOARDS.values():
        [school] = [one for one in dashboard["templating"]["list"] if one["name"] == "school"]
        assert [row["value"] for row in influxd.query(school["query"])] == ["school-1"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_panel_asks_the_chosen_database_about_the_chosen_school(name):
    dashboard = DASHBOARDS[name]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for panel in dashboard["panels"]:
        assert panel["datasource"] == {"type": "influxdb", "uid": "${datasource}"}
        for target in panel["targets"]:
            assert '"site" =~ /^$school$/ AND $timeFilter' in target["query"]


TAGS = {"time", "site", "zone", "device", "type", "priority"}


def substituted(query: str, began: int, ended: int) -> str:
    """What Grafana puts in."""
    when = f"time >= {began - 900_000}ms AND time <= {ended}ms"
    return query.replace("$timeFilter", when).replace("$__interval", "1m").replace("$school", "school-1")
