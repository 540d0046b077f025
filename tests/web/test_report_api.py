"""GET /api/v1/report: the report of `hub report`, for whoever has a PIN."""

import pytest

from tests.web.school import INSPECTORS_PIN, PIN


@pytest.mark.parametrize("pin", [PIN, INSPECTORS_PIN])
def test_a_pin_opens_the_report(school, client, pin):
    school.is_well()
    school.presses()
    answer = client.get("/api/v1/report?days=30", headers={"X-Hub-Pin": pin})
    assert answer.status_code == 200
    assert (answer.json["site"], answer.json["days"]) == ("school-1", 30)
    assert [alarm["alarm"] for alarm in answer.json["alarms"]] == ["panic"]


def test_nobody_reads_it_without_or_by_guessing(school, client):
    assert client.get("/api/v1/report").status_code == 403
    for _ in range(6):
        answer = client.get("/api/v1/report", headers={"X-Hub-Pin": "0000"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("days", ["0", "-5", "many", "999999999"])
def test_odd_periods_are_answered(school, client, days):
    school.is_well()
    answer = client.get(f"/api/v1/report?days={days}", headers={"X-Hub-Pin": PIN})
    assert answer.status_code == 200
