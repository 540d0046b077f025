"""Who may do what: every route of the application, for everybody."""

import itertools
import re
from pathlib import Path

import msgspec
import pytest

from hub.config.model import Web
from hub.web.access import RANK, TABLE, allowed
from hub.web.app import create_app
from tests.web.school import PIN, School

PAGES = Path(__file__).parents[2] / "docs" / "pages.md"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
VALUES = {
    "zone_id": "hall",
    "device_id": "light",
    "number": 1,
    "period": "day",
    "filename": "hub.css",
    "target": "device:light",
}
ROLES = ("", "caretaker", "inspector", "admin")
VIEWERS = ("school", "open", "nobody")


def of_app(school):
    return {
        (method, rule.endpoint): rule
        for rule in school.app().url_map.iter_rules()
        for method in METHODS
        if method in (rule.methods or ())
    }


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One school for all: nothing here changes it."""
    school = School(tmp_path_factory.mktemp("school")).start()
    school.is_well()
    school.presses()
    yield school
    school.end()


def test_every_route_stands_in_the_table_and_nothing_else_does(shared):
    assert set(of_app(shared)) == set(TABLE)


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("role", ROLES)
def test_the_table_holds_for_every_route(shared, role, viewer):
    config = msgspec.structs.replace(shared.config, web=Web(viewer=viewer))
    client = shared.client(config).signs_in(role)
    app = client.application
    for (method, endpoint), rule in of_app(shared).items():
        if endpoint in ("people.logout", "stream.events"):
            continue  # the one ends the session, the other never ends
        with app.test_request_context():
            address = app.url_for(endpoint, **{name: VALUES.get(name, "1") for name in rule.arguments})
        answer = client.open(address, method=method)
        turned_away = answer.status_code == 403 and b"wrong_pin" not in answer.data and endpoint != "people.sign_in"
        turned_away |= answer.status_code == 303 and "/login" in answer.location and endpoint != "people.logout"
        turned_away &= TABLE[method, endpoint] != "pin"
        assert turned_away is not allowed(TABLE[method, endpoint], role, viewer), (method, endpoint, answer.status)


def test_who_may_more_may_all_that_others_may():
    for level, viewer in itertools.product(set(TABLE.values()), VIEWERS):
        answers = [allowed(level, role, viewer) for role in sorted(RANK, key=RANK.__getitem__)]
        assert answers == sorted(answers)


def test_nobody_can_delete_an_alarm(shared):
    assert not any(method == "DELETE" for method, _ in TABLE)
    for role in ROLES:
        client = shared.client().signs_in(role)
        for address in ("/alarms/1", "/api/v1/alarms/1", "/alarms", "/api/v1/alarms"):
            assert client.delete(address).status_code in (404, 405)


def test_an_outsider_is_led_to_signing_in_and_back(shared):
    answer = shared.client().get("/people?x=1")
    assert (answer.status_code, answer.location) == (303, "/login?next=/people?x%3D1")
    assert shared.client().post("/people/end", data={"name": "Айгүл"}).status_code == 403


def test_a_caretaker_is_told_what_the_page_needs(shared):
    answer = shared.client().signs_in("caretaker").get("/people?lang=en")
    assert answer.status_code == 403
    assert "administrator" in answer.text


def test_programs_give_a_pin_in_a_header_where_outsiders_see_nothing(shared):
    config = msgspec.structs.replace(shared.config, web=Web(viewer="nobody"))
    client = create_app(config, shared.live).test_client()
    refused = client.get("/api/v1/status")
    assert (refused.status_code, refused.json["error"]) == (403, "not_allowed")
    assert client.get("/api/v1/status", headers={"X-Hub-Pin": PIN}).status_code == 200
    assert client.get("/api/v1/status", headers={"X-Hub-Pin": "0000"}).json["error"] == "wrong_pin"
    assert client.get("/healthz").status_code == 200


LEVELS = {"anyone": "all", "open": "open", "viewer": "school", "pin": "PIN"}


def test_the_documentation_names_every_address_and_who_may(shared):
    written = {}
    for row in re.findall(r"^\| (.*?) \| (\w+) \| .* \|$", PAGES.read_text(), re.MULTILINE):
        for said in re.findall(r"`([^`]+)`", row[0]):
            method, _, address = said.rpartition(" ")
            written[method or "GET", address] = row[1]
    for (method, endpoint), rule in of_app(shared).items():
        level = TABLE[method, endpoint]
        address = re.sub("<[^>]+>", "<id>", rule.rule)
        assert written.get((method, address)) == LEVELS.get(level, level), (method, address)
