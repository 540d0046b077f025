"""The JSON interface: its bodies, its orders and what each refusal is called."""

from datetime import datetime

import msgspec
import pytest

from hub.domain.commands import Acknowledge, Promote, Reset, StartDrill
from hub.domain.gaps import Gap
from hub.domain.reports import Press, Report
from tests.web.school import INSPECTORS_PIN, PIN


def ack(client, number=1, **body):
    return client.post(f"/api/v1/alarms/{number}/ack", json={"pin": PIN, **body})


def test_the_status_is_the_contracts(school, client):
    school.is_well()
    body = client.get("/api/v1/status").json
    assert {"site", "state", "core", "generated_at", "devices", "alarms", "channels", "databases"} <= set(body)
    assert (body["site"], body["state"], body["core"]) == ("school-1", "ok", "running")
    door = next(device for device in body["devices"] if device["id"] == "door")
    assert door == {
        "id": "door", "kind": "door", "zone": "hall", "status": "ok", "last_seen": "2026-11-24T05:00:00.000Z",
        "signals": {"battery": 80, "contact": "closed"},
    }  # fmt: skip
    assert body["channels"][0] == {
        "name": "hq", "state": "up", "queued": 0, "last_receipt_at": "2026-11-24T05:00:00.000Z",
    }  # fmt: skip
    assert body["databases"] == [{"name": "local", "state": "unproven", "queued": 10}]


def test_an_alarm_carries_its_proof(school, client):
    school.is_well()
    decision = school.core.presses()
    school.store.commit([decision])
    school.after(1).attempts("hq", decision.dispatches[0].alert.event_id)
    school.after(5).happens(Acknowledge(1, "Айгүл", "page", "going"))
    (alarm,) = client.get("/api/v1/alarms", headers={"X-Hub-Pin": PIN}).json
    assert (alarm["id"], alarm["alarm"], alarm["priority"], alarm["state"], alarm["count"]) == (
        1, "panic", "critical", "acknowledged", 1,
    )  # fmt: skip
    steps = [(step["step"], step["channel"], step["by"]) for step in alarm["steps"]]
    assert steps == [
        ("received", None, None), ("stored", None, None), ("sent", "hq", None), ("receipt", "hq", None),
        ("acknowledged", "page", "Айгүл"),
    ]  # fmt: skip
    assert (alarm["status"], alarm["clock"]) == ("actual", "trusted")


def test_what_found_no_connection_was_not_sent(school, client):
    school.is_well()
    decision = school.core.presses()
    school.store.commit([decision])
    event = decision.dispatches[0].alert.event_id

    def steps():
        return [step["step"] for step in client.get("/api/v1/alarms").json[0]["steps"]]

    school.after(1).attempts("hq", event, "unreachable")
    assert steps() == ["received", "stored"]
    school.after(1).attempts("hq", event, "timeout", 2)
    assert steps() == ["received", "stored", "sent"]
    school.after(1).attempts("hq", event, "unreachable", 3)
    assert steps() == ["received", "stored", "sent"]


def test_a_late_press_is_told_with_its_own_moment(school, client):
    decision = school.core.happens(Report("panic-hall", presses=(Press("press", 7, 1, 600),)))
    school.store.commit([decision])
    (alarm,) = client.get("/api/v1/alarms").json
    raised_at, pressed_at = (datetime.fromisoformat(alarm[name]) for name in ("raised_at", "pressed_at"))
    assert (raised_at - pressed_at).total_seconds() == 600


def test_each_message_has_its_reason_and_what_became_of_it(school, client):
    school.is_well()
    decision = school.core.presses()
    school.store.commit([decision])
    school.after(1).attempts("hq", decision.dispatches[0].alert.event_id)
    (alarm,) = client.get("/api/v1/alarms").json
    assert alarm["messages"][0] == {
        "channel": "hq", "type": "alarm.raised", "reason": "raised", "attempts": 1, "sent_at": alarm["steps"][2]["at"],
        "outcome": "delivered", "settled": "delivered", "settled_at": alarm["steps"][3]["at"],
    }  # fmt: skip
    assert (alarm["owed"], alarm["merged_into"]) == ([], None)


def steps(client) -> list[str]:
    (alarm,) = client.get("/api/v1/alarms").json
    return [step["step"] for step in alarm["steps"]]


def test_a_press_after_the_acknowledgement_has_a_ladder_of_its_own(school, client):
    school.is_well()
    first = school.core.presses()
    school.store.commit([first])
    school.after(1).attempts("hq", first.dispatches[0].alert.event_id)
    school.happens(Acknowledge(1, "Айгүл", "page"))
    assert steps(client)[-1] == "acknowledged"
    again = school.after(60).core.presses(seq=2)
    school.store.commit([again])
    assert steps(client) == ["received", "stored"]
    header = client.page("/")
    assert header.count("awaited") == 3
    page = client.page("/alarms/1")
    proof, messages = page[page.index('id="proof"') :].split('id="messages"')
    order = [proof.index(word) for word in ("Acknowledged", "Pressed again", "Sent: hq")]
    assert order == sorted(order)
    assert order[-1] < proof.rindex("awaited")
    assert "somebody has it" in messages
    school.after(1).attempts("hq", again.dispatches[0].alert.event_id)
    school.happens(Acknowledge(1, "Болат", "page"))
    assert steps(client) == ["received", "stored", "sent", "receipt", "acknowledged"]


def test_a_receipt_of_the_exercise_proves_nothing_of_the_real_alarm(school, client):
    school.is_well()
    school.happens(StartDrill(("panic-hall",), school.now + 600_000, "Айгүл"))
    drill = school.core.presses()
    school.store.commit([drill])
    school.after(1).attempts("hq", drill.dispatches[0].alert.event_id)
    school.after(1).happens(Promote(1, "Дулат", "hq"))
    assert steps(client) == ["received", "stored"]
    assert client.page("/").count("awaited") == 3
    assert "Made real" in client.page("/alarms/1")
    assert client.get("/api/v1/alarms").json[0]["promoted_at"] == client.get("/api/v1/alarms").json[0]["asked_at"]


def test_what_was_found_after_a_gap_says_so(school, client):
    school.is_well()
    door = school.core.state.devices["door"]
    school.core.state.devices["door"] = msgspec.structs.replace(door, gap=Gap(school.core.now, 240_000))
    school.after(6).says("door", tamper=True)
    assert "Found at 10:00 (after a gap of 4 min)" in client.page("/alarms/1")
    assert client.get("/api/v1/alarms").json[0]["gap"] == 240_000


def test_a_late_acknowledgement_of_headquarters_is_a_step(school, client):
    school.presses("panic-hall")
    school.happens(Reset(1, "Айгүл", "real"))
    school.after(60).happens(Acknowledge(1, "Дулат", "hq"))
    (alarm,) = client.get("/api/v1/alarms").json
    assert alarm["state"] == "normal"
    assert [(step["step"], step["channel"]) for step in alarm["steps"]][-1] == ("acknowledged", "hq")
    page = client.get("/alarms/1?lang=en").get_data(as_text=True)
    assert "Acknowledged as well" not in page
    assert "after the alarm had ended" in page


def test_headquarters_that_has_it_after_somebody_else_is_a_step_as_well(school, client):
    school.presses("panic-hall")
    school.happens(Acknowledge(1, "Айгүл", "page"))
    school.after(60).happens(Acknowledge(1, "Дулат", "hq"))
    page = client.get("/alarms/1?lang=en").get_data(as_text=True)
    assert "Acknowledged as well" in page
    assert "after the alarm had ended" not in page


def test_what_headquarters_is_owed_is_shown(school, client):
    site = school.core.state.site
    route = msgspec.structs.replace(site.routes[-1], to=("hq",), headquarters="all")
    limits = msgspec.structs.replace(site.limits, headquarters_at_most=1)
    school.core.state.site = msgspec.structs.replace(site, routes=(site.routes[0], route), limits=limits)
    school.says("wc", leak=True)
    school.says("wc", smoke=True)
    assert [alarm["owed"] for alarm in client.get("/api/v1/alarms").json] == [["hq"], []]
    assert "is used up" in client.get("/alarms/2?lang=en").get_data(as_text=True)
    burden = client.get("/alarms?lang=en").get_data(as_text=True)
    assert "Headquarters was told of 1 alarms in the last 10 minutes" in burden
    assert "1 alarm waits for its turn" in burden


def test_alarms_are_newest_first_and_go_on_before_a_number(school, client):
    school.presses("panic-hall")
    school.presses("panic-zb")
    assert [alarm["id"] for alarm in client.get("/api/v1/alarms").json] == [2, 1]
    assert [alarm["id"] for alarm in client.get("/api/v1/alarms?before=2").json] == [1]


def test_before_the_first_start_there_are_no_alarms(tmp_path):
    from tests.web.school import School

    client = School(tmp_path).client()
    assert client.get("/api/v1/alarms").json == []
    assert client.get("/api/v1/status").json["core"] == "down"


def test_acknowledging_with_the_right_pin(school, client):
    school.presses()
    with school.core_answers():
        answer = ack(client, reason="going")
    assert (answer.status_code, answer.json["result"]) == (200, "acknowledged")
    alarm = client.get("/api/v1/alarms", headers={"X-Hub-Pin": PIN}).json[0]
    assert (alarm["state"], alarm["steps"][-1]["by"]) == ("acknowledged", "Айгүл")


def test_ending_an_alarm_with_a_verdict(school, client):
    school.presses()
    with school.core_answers():
        answer = client.post("/api/v1/alarms/1/reset", json={"pin": INSPECTORS_PIN, "verdict": "drill"})
    assert (answer.status_code, answer.json["result"]) == (200, "reset")
    assert client.get("/api/v1/alarms").json[0]["reset_as"] == "drill"


def test_twice_acknowledged_is_a_conflict(school, client):
    school.presses()
    with school.core_answers():
        ack(client)
        answer = ack(client)
    assert (answer.status_code, answer.json["error"]) == (409, "not_possible")


def test_an_alarm_that_is_over_is_a_conflict(school, client):
    school.presses()
    with school.core_answers():
        client.post("/api/v1/alarms/1/reset", json={"pin": PIN, "verdict": "real"})
        answer = ack(client)
    assert (answer.status_code, answer.json["error"]) == (409, "closed")


def test_an_unknown_alarm_is_not_found(school, client):
    answer = ack(client, 77)
    assert (answer.status_code, answer.json["error"]) == (404, "unknown_alarm")


def test_a_wrong_pin_is_refused_and_five_lock_out(school, client):
    school.presses()
    for _ in range(5):
        answer = client.post("/api/v1/alarms/1/ack", json={"pin": "0000"})
        assert (answer.status_code, answer.json["error"]) == (403, "wrong_pin")
    answer = ack(client)
    assert (answer.status_code, answer.json["error"]) == (429, "locked_out")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_dead_core_takes_no_orders(school, client):
    school.presses()
    school.dies()
    answer = ack(client)
    assert (answer.status_code, answer.json["error"]) == (503, "core_down")


def test_a_core_that_does_not_answer_leaves_the_order_pending(school, client, monkeypatch):
    monkeypatch.setattr("hub.web.orders.ANSWER_SECONDS", 0.05)
    school.presses()
    answer = ack(client)
    assert (answer.status_code, answer.json["result"]) == (202, "pending")


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({"json": {}}, 400, "wrong_body"),
        ({"json": {"pin": 4711}}, 400, "wrong_body"),
        ({"json": []}, 400, "wrong_body"),
        ({"data": b"{", "content_type": "application/json"}, 400, "wrong_body"),
        ({"data": b"\xff\xfe", "content_type": "application/json"}, 400, "wrong_body"),
        ({"data": {"pin": PIN}}, 415, "not_json"),
        ({"data": b"x" * 100_000, "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_a_body_that_is_none(school, client, options, status, error):
    school.presses()
    answer = client.post("/api/v1/alarms/1/ack", **options)
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.json["message"]


def test_a_verdict_that_is_none(school, client):
    school.presses()
    answer = client.post("/api/v1/alarms/1/reset", json={"pin": PIN, "verdict": "perhaps"})
    assert (answer.status_code, answer.json["error"]) == (400, "wrong_body")


@pytest.mark.parametrize("pin", ["", "12", "4711 ", "٤٧١١", "4" * 5000, "'; DROP TABLE alarms"])
def test_a_pin_that_is_none_is_wrong(school, client, pin):
    school.presses()
    answer = client.post("/api/v1/alarms/1/ack", json={"pin": pin})
    assert (answer.status_code, answer.json["error"]) == (403, "wrong_pin")


def test_an_address_of_the_interface_that_is_none(client):
    assert (client.get("/api/v1/x").json["error"], client.get("/api/v1/x").status_code) == ("unknown_address", 404)
    assert client.get("/api/v1/alarms/1/ack").json["error"] == "wrong_method"


def test_the_message_is_in_the_readers_language(school, client):
    answer = client.post("/api/v1/alarms/5/ack?lang=ru", json={"pin": PIN})
    assert answer.json["message"] == "Тревоги с таким номером нет."


def test_healthy_and_not(school, client):
    school.is_well()
    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})
    school.beats(store="failing")
    assert client.get("/healthz").json["reasons"] == ["store_failing"]
    school.beats(unrecorded=7)
    assert client.get("/healthz").json["reasons"] == ["store_failing", "records_dropped"]
    assert "hub_unrecorded 7" in client.get("/metrics").get_data(as_text=True)
    school.beats(store="ok")
    assert client.get("/healthz").status_code == 200
    school.dies()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["reasons"]) == (503, ["core_down"])


def test_metrics_are_prometheus_text(school, client):
    school.is_well()
    school.presses()
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    lines = answer.get_data(as_text=True).splitlines()
    assert "hub_core_up 1" in lines
    assert 'hub_devices{status="alarm"} 1' in lines
    assert 'hub_open_alarms{alarm="panic",priority="critical",state="unacknowledged"} 1' in lines
    assert 'hub_channel_queued{channel="hq"} 1' in lines
    names = [line.split("{")[0].split(" ")[0] for line in lines if not line.startswith("#")]
    declared = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert set(names) == declared
