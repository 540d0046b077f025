"""The OpenAPI description is true: it names every JSON address, and the application answers as it says."""

from importlib.resources import files

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hub.report.model import Report
from hub.report.open import OpenReport
from hub.web.routes.api import AckBody, ResetBody
from tests.web.school import PIN, School

ADDRESS = "/api/v1/openapi.json"
ADDRESSES = sorted(msgspec.json.decode(files("hub.web").joinpath("openapi.json").read_bytes())["paths"])
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A school with alarms whose core answers; nobody is locked out for the many wrong PINs."""
    school = School(tmp_path_factory.mktemp("school")).start().is_well()
    school.presses("panic-hall")
    school.presses("panic-zb")
    with pytest.MonkeyPatch.context() as patch, school.core_answers():
        patch.setattr("hub.web.tries.TRIES", 10**9)
        patch.setattr("hub.web.tries.STRANGERS_TRIES", 10**9)
        school.live.look(at_once=True)
        yield school
    school.end()


@pytest.fixture(scope="module")
def described(asked):
    return schemathesis.openapi.from_wsgi(ADDRESS, asked.app())


def answers_as_described(described, address, pin=""):
    (operation,) = described[address].values()
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @few
    @given(operation.as_strategy() | wrong)
    def holds(case):
        headers = {"Accept-Encoding": "identity"}  # the checks don't unpack
        if pin:
            headers["X-Hub-Pin"] = pin
        if pin and isinstance(case.body, dict) and "pin" in case.body:
            case.body["pin"] = pin
        case.call_and_validate(checks=CHECKS, headers=headers)

    holds()


@pytest.mark.parametrize("address", ADDRESSES)
def test_outsiders_are_answered_as_described(described, address):
    answers_as_described(described, address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_a_pin_is_answered_as_described(described, address):
    answers_as_described(described, address, PIN)


def test_the_description_names_exactly_the_json_addresses(school, client):
    found = set()
    for rule in school.app().url_map.iter_rules():
        if rule.rule.startswith("/api/") or rule.rule.endswith(".json") or rule.rule == "/healthz":
            address = rule.rule.replace("<int:number>", "{id}")
            found |= {(address, method.lower()) for method in rule.methods - {"HEAD", "OPTIONS"}}
    paths = client.get(ADDRESS).json["paths"]
    assert {(address, method) for address, methods in paths.items() for method in methods} == found


def test_the_description_has_the_bodies_of_the_code(client):
    models = [Report, OpenReport, AckBody, ResetBody]
    _, schemas = msgspec.json.schema_components(models, ref_template="#/components/schemas/{name}")
    described = client.get(ADDRESS).json["components"]["schemas"]
    written = msgspec.json.decode(msgspec.json.encode(schemas))
    assert {name: described.get(name) for name in written} == written


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_beyond_the_stores_is_no_alarm(client, number):
    answer = client.post(f"/api/v1/alarms/{number}/ack", json={"pin": PIN})
    assert (answer.status_code, answer.json["error"]) == (404, "unknown_address")
    assert client.get(f"/api/v1/alarms?before={number}").status_code == 200
    assert client.get(f"/api/v1/alarms?before=-{number}").json == []
