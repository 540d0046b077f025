"""Readings through real processes: broker, hub, InfluxDB 1.6.7 and VictoriaMetrics; and databases that are dead."""

import socket
import time

import pytest

from tests.journeys.rig import Hub
from tests.servers import Influxd, VictoriaMetrics, wait_until


@pytest.fixture
def influxd(tmp_path):
    influxd = Influxd(tmp_path / "influxd", auth=True)
    influxd.ready("CREATE USER hub WITH PASSWORD 'пароль' WITH ALL PRIVILEGES")
    influxd.login = ("hub", "пароль")
    influxd.query("CREATE DATABASE school")
    yield influxd
    influxd.stop()


@pytest.fixture
def victoria(tmp_path):
    victoria = VictoriaMetrics(tmp_path / "victoria")
    victoria.start()
    yield victoria
    victoria.stop()


def fed(folder, broker, hq, local: str, region: str) -> Hub:
    hub = Hub(
        folder,
        broker,
        hq,
        f"""\
influx:
  - {{name: local, api: v1, url: "{local}", database: school, username: hub, password: !secret influx}}
  - {{name: region, api: v2, url: "{region}", org: edu, bucket: schools, token: !secret token}}
""",
    )
    with (folder / "secrets.yaml").open("a") as secrets:
        secrets.write("influx: пароль\ntoken: region-token\n")
    return hub


def stored(hub) -> set[tuple[int, float]]:
    query = "SELECT at, value FROM readings r JOIN signals s ON s.no = r.signal WHERE s.id = 'lux'"
    return {(at, value) for at, value in hub.rows(query)}


def test_every_reading_that_was_stored_is_in_both_databases_whatever_died_meanwhile(
    tmp_path, broker, hq, button, influxd, victoria
):
    hub = fed(tmp_path / "hub", broker, hq, influxd.url, victoria.url).started()
    try:
        for lux in range(600):
            button.publish("school/light-hall/sensor/lux/state", str(lux))
            if lux == 150:
                influxd.kill()
            if lux == 250:
                hub.kill()
                hub.started()
            if lux == 350:
                victoria.stop()
            if lux == 450:
                influxd.start()
                victoria.start()
        button.press_until_stored(1)
        wait_until(lambda: {int(value) for _, value in stored(hub)} == set(range(600)), 20, "all are stored")
        last = max(at for at, _ in stored(hub))

        def in_influxd():
            return {(row["time"], row["lux"]) for row in influxd.query("SELECT lux FROM lighting")}

        def in_victoria():
            return {(at, value) for _, at, value in victoria.samples("lighting_lux")}

        wait_until(lambda: any(at == last for at, _ in in_influxd()), 40, "InfluxDB has the last one")
        wait_until(lambda: any(at == last for at, _ in in_victoria()), 40, "VictoriaMetrics has the last one")
        # Values of one millisecond are one point.
        assert {at for at, _ in in_influxd()} == {at for at, _ in stored(hub)}
        assert in_influxd() <= stored(hub)
        assert in_victoria() <= stored(hub)
        assert {at for at, _ in in_victoria()} == {at for at, _ in stored(hub)}
        wait_until(lambda: influxd.query("SELECT * FROM alarm WHERE type = 'panic'"), 10, "the alarm is there")
        assert hub.count("quarantined") == 0
        assert "failed; it goes on" not in hub.log()
        assert "пароль" not in hub.log()
        assert "region-token" not in hub.log()
    finally:
        hub.stop()


def test_databases_that_are_dead_or_deaf_neither_delay_a_press_nor_the_end(tmp_path, broker, hq, button):
    with socket.create_server(("127.0.0.1", 0)) as deaf, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and never listened on
        addresses = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in (deaf, nobody)]
        hub = fed(tmp_path / "hub", broker, hq, *addresses).started()
        try:
            wait_until(lambda: hub.rows("SELECT 1 FROM databases WHERE name = 'region'"), 20, "one is known to be down")
            wait_until(lambda: {d["state"] for d in hub.status()["databases"]} == {"down"}, 30, "the page says so")
            slowest = 0.0
            for seq in range(20):
                button.publish("school/light-hall/sensor/lux/state", str(seq))
                began = time.monotonic()
                button.press(seq)
                button.wait_for(seq, "stored", 10)
                slowest = max(slowest, time.monotonic() - began)
            assert slowest < 1
        finally:
            began = time.monotonic()
            assert hub.stop() == 0
            assert time.monotonic() - began < 6
