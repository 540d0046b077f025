"""The caretaker's forms: putting aside, maintenance, drills, and what an exercise becomes."""

import re
from pathlib import Path

import msgspec
import pytest

import hub.domain
from hub.config.model import ModbusRead, ModbusUnit, SerialPort
from hub.domain.site import Mapped
from hub.web.answers import ANSWERS
from hub.web.orders import Outcome
from hub.web.words import outcome
from tests.web.school import PIN, School

DOMAIN = Path(hub.domain.__file__).parent


@pytest.fixture
def client(school):
    return school.client().signs_in("caretaker")


def dark(school: School) -> int:
    """A lamp alarm; returns its number."""
    school.is_well()
    school.says("light", lux=3)
    for _ in range(8):
        school.after(60)
        school.says("light", lux=3)
        school.happens_tick()
    return next(alarm.id for alarm in school.core.state.open_alarms() if alarm.device == "light")


def test_every_answer_of_the_core_has_its_sentence():
    answers = set(re.findall(r'answer="(\w+)"', "".join(path.read_text() for path in DOMAIN.glob("*.py"))))
    answers |= {"started", "ended", "no_button", "not_a_button", "too_far", "overlaps", "no_reason", "reason_too_long"}
    answers |= {"taken", "taken_already"}
    own = {"acknowledged", "reset", "not_possible", "closed"}
    own |= {"running", "no_headquarters"}  # of the daily probe, which nobody orders on the page
    assert answers - own - ANSWERS.keys() == set()


def test_an_unheard_of_answer_is_a_sentence_too(school):
    with school.app().test_request_context():
        assert outcome(Outcome("something_new")) == outcome(Outcome("not_understood"))


def test_a_task_is_put_aside_with_reason_and_time_and_taken_back(school, client):
    number = dark(school)
    assert "Put it aside" in client.page(f"/alarms/{number}")
    with school.core_answers():
        answer = client.post(f"/alarms/{number}/shelf", data={"order": "shelve", "hours": "4", "reason": "лампа"})
        assert answer.status_code == 303
        said = client.page(answer.location)
        assert "Put aside. It comes back" in said
        assert "Айгүл · лампа" in said
        answer = client.post(f"/alarms/{number}/shelf", data={"order": "unshelve"})
        assert "Taken back" in client.page(answer.location)


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"hours": "4", "reason": ""}, 409, "Write why"),
        ({"hours": "", "reason": "x"}, 409, "This time is over already"),
        ({"hours": "99999", "reason": "x"}, 409, "This is too long"),
    ],
)
def test_what_is_wrong_with_putting_aside_is_said_and_the_form_stays_open(school, client, form, status, said):
    number = dark(school)
    with school.core_answers():
        answer = client.post(f"/alarms/{number}/shelf?lang=en", data={"order": "shelve", **form})
    assert answer.status_code == status
    text = answer.get_data(as_text=True)
    assert said in text
    assert '<details class="order" open>' in text


def test_a_panic_alarm_cannot_be_put_aside(school, client):
    number = school.is_well().presses()
    assert "Put it aside" not in client.page(f"/alarms/{number}")
    with school.core_answers():
        answer = client.post(f"/alarms/{number}/shelf", data={"order": "shelve", "hours": "1", "reason": "x"})
    assert answer.status_code == 409


@pytest.mark.parametrize("target", ["device:light", "zone:hall"])
def test_maintenance_begins_and_ends(school, client, target):
    school.is_well()
    address = f"/maintenance/{target}"
    with school.core_answers():
        answer = client.post(address, data={"order": "begin", "hours": "4", "reason": "paint"})
        assert "Maintenance has begun" in client.page(answer.location)
        assert "Айгүл · paint" in client.page(address)
        answer = client.post(address, data={"order": "end"})
        assert "Ended." in client.page(answer.location)
        assert client.post(address, data={"order": "end"}).status_code == 409


def test_there_is_no_maintenance_of_what_the_school_does_not_have(client):
    assert client.get("/maintenance/device:nothing").status_code == 404
    assert client.get("/maintenance/roof").status_code == 404


def test_a_drill_is_set_up_its_press_is_an_exercise_and_can_be_made_real(school, client):
    school.is_well()
    with school.core_answers():
        answer = client.post("/drills", data={"button": ["panic-hall"], "minutes": "30"})
        assert "The drill is set up" in client.page(answer.location)
        assert "not pressed yet" in client.page("/drills")
        number = school.presses()
        assert f"alarm {number}" in client.page("/drills")
        assert "Make it a real alarm" in client.page(f"/alarms/{number}")
        answer = client.post(f"/alarms/{number}", data={"order": "promote"})
        assert "It is a real alarm now" in client.page(answer.location)
        answer = client.post("/drills", data={"end": "1"})
        assert "Ended." in client.page(answer.location)


def test_a_drill_can_be_set_up_for_later_in_the_schools_time(school, client):
    school.is_well()
    with school.core_answers():
        form = {"button": ["panic-hall"], "minutes": "30", "from": "2026-01-05T12:00"}
        client.post("/drills", data=form)
        assert client.post("/drills", data={**form, "from": "next week"}).status_code == 409


def test_without_a_button_there_is_no_drill(school, client):
    with school.core_answers():
        answer = client.post("/drills?lang=en", data={"minutes": "30"})
    assert answer.status_code == 409
    assert "Choose at least one button" in answer.get_data(as_text=True)


def test_the_alarms_page_tells_how_much_they_ask(school, client):
    dark(school)
    school.after(2 * 86_400)
    text = client.page("/alarms")
    assert "1 alarm is open for more than a day" in text
    assert "0 sensors send too much" in text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/drills", {"button": ["panic-hall"], "minutes": "30"}),
        ("/maintenance/zone:hall", {"order": "begin", "hours": "4", "reason": "paint"}),
        ("/alarms/{number}/shelf", {"order": "shelve", "hours": "4", "reason": "lamp"}),
    ],
)
def test_a_telephone_that_lies_about_makes_no_alarm_quieter(school, client, address, form):
    address = address.format(number=dark(school))
    school.after(3600)
    with school.core_answers():
        refused = client.post(f"{address}?lang=en", data=form)
        assert (refused.status_code, "This PIN is not right" in refused.text) == (403, True)
        assert 'name="pin"' in refused.text
        assert client.post(address, data={**form, "pin": PIN}).status_code == 303


def test_who_signed_in_with_a_password_needs_no_pin(school):
    client = school.client().signs_in("admin")
    school.after(2 * 3600)
    with school.core_answers():
        assert client.post("/drills", data={"button": ["panic-hall"], "minutes": "30"}).status_code == 303


def test_whoever_is_signed_in_acknowledges_with_one_button(school, client):
    school.is_well().presses()
    assert 'name="pin"' not in client.page("/alarms/1")
    with school.core_answers():
        assert client.post("/alarms/1", data={"order": "acknowledge"}).status_code == 303
    assert "Айгүл, on the page" in client.page("/alarms/1")


def test_without_signing_in_an_exercise_is_made_real_with_a_pin(school, client):
    school.is_well()
    with school.core_answers():
        client.post("/drills", data={"button": ["panic-hall"], "minutes": "30"})
        number = school.presses()
        stranger = school.client()
        assert stranger.post(f"/alarms/{number}", data={"order": "promote", "pin": "0000"}).status_code == 403
        assert stranger.post(f"/alarms/{number}", data={"order": "promote", "pin": PIN}).status_code == 303
    assert next(alarm for alarm in school.core.state.open_alarms() if alarm.id == number).status == "actual"


def offered(client):
    return re.findall(r'name="button" value="([\w-]+)"', client.page("/drills"))


def test_only_what_has_a_button_is_offered_for_a_drill(school, client):
    school.is_well()
    assert offered(client) == ["panic-hall", "panic-zb"]
    school.presses("wc", event="help")
    assert offered(client) == ["panic-hall", "panic-zb", "wc"]


@pytest.mark.parametrize("said", ["map", "modbus"])
def test_a_restroom_has_a_button_where_hub_yaml_says_so(tmp_path, said):
    devices = dict(School(tmp_path / "usual").core.state.site.devices)
    if said == "map":
        devices["wc"] = msgspec.structs.replace(devices["wc"], map={"action": Mapped("help")})
    school = School(tmp_path, devices=devices)
    if said == "modbus":
        unit = ModbusUnit(device="wc", unit=1, read=(ModbusRead(table="coil", at=0, signal="help"),))
        school.config = msgspec.structs.replace(school.config, serial=(SerialPort(port="/dev/a", modbus=(unit,)),))
    school.start()
    assert offered(school.client().signs_in("caretaker")) == ["panic-hall", "panic-zb", "wc"]
    school.end()
