"""What those who have not signed in never read: names of people, and what people wrote."""

import itertools
import re

import pytest

from hub.domain.commands import (
    Acknowledge,
    FinishRound,
    FinishTask,
    Maintain,
    Reset,
    Shelve,
    StartDrill,
    StartRound,
    TakeTask,
    TickRound,
    WriteNote,
)
from hub.domain.site import Poster
from tests.web.school import School

NAME, WORDS = "Айгүл", "her own words"
HOUR = 3_600_000
UNLINKED = ("/api/v1/status", "/api/v1/alarms", "/metrics", "/healthz", "/maintenance/zone:hall", "/open.json")
TELL_STAFF = {
    "/alarms/1": (NAME, WORDS),
    "/alarms/2": (NAME, WORDS),
    "/devices/door": (NAME, WORDS),
    "/maintenance/zone:hall": (NAME, WORDS),
    "/tasks": (NAME, WORDS),
    "/tasks/3": (NAME, WORDS),
    "/rounds": (NAME,),
    "/rounds/1": (NAME, WORDS),
    "/drills": (NAME,),
    "/posters": (NAME,),
    "/": (NAME,),
    "/api/v1/alarms": (NAME,),
    "/api/v1/status": (NAME,),
}
"""Addresses that tell staff more; each must, or the tests below would prove nothing."""


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """One in which everything was done that leaves a name or a sentence."""
    posters = {"poster-1": Poster("poster-1", "hall", "https://111.example/")}
    school = School(tmp_path_factory.mktemp("school"), posters=posters).start().is_well()
    school.presses("panic-zb")
    for event in (
        Acknowledge(1, NAME, "page", WORDS),
        Reset(1, NAME, "false", WORDS),
        WriteNote("door", NAME, WORDS, WORDS, "2027-01-01"),
        StartRound(NAME),
        TickRound(1, "poster:poster-1", NAME, False, WORDS),
        StartDrill(("panic-zb",), school.now + HOUR, NAME),
        FinishRound(1, NAME, WORDS),
        StartRound(NAME),
    ):
        school.happens(event)
    school.presses("panic-hall")
    school.happens(Acknowledge(2, NAME, "page", WORDS))
    for device in ("door", "panic-zb"):
        school.says(device, battery=4)
    first, second = sorted(alarm.id for alarm in school.core.state.open_alarms() if alarm.type == "battery_low")
    school.happens(TakeTask(first, NAME))
    school.happens(FinishTask(first, NAME, WORDS))
    school.happens(Shelve(second, school.now + HOUR, NAME, WORDS))
    school.happens(Maintain("zone:hall", school.now + HOUR, NAME, WORDS))
    yield school
    school.end()


def read(client) -> dict[str, str]:
    """Every page that links lead to from the first one, by address, and what no link leads to."""
    waiting, found = ["/", *UNLINKED], {}
    while waiting:
        address = waiting.pop()
        if address not in found:
            answer = client.get(address)
            found[address] = answer.text if answer.status_code == 200 and "image" not in answer.mimetype else ""
            links = re.findall(r'href="(/[^"#?]*)["#]', found[address])
            waiting += [link for link in links if not link.startswith("/static")]
    return found


def test_staff_read_who_did_what_and_why(school):
    found = read(school.client().signs_in("caretaker"))
    told = {address: tuple(word for word in words if word in found[address]) for address, words in TELL_STAFF.items()}
    assert told == TELL_STAFF


def test_an_outsider_reads_no_name_and_nothing_that_people_wrote(school):
    found = read(school.client())
    assert set(TELL_STAFF) <= set(found)
    assert [address for address, text in found.items() if NAME in text or WORDS in text] == []
    assert "a member of staff" in school.client().page("/tasks")
    alarms = school.client().get("/api/v1/alarms").json
    steps = {(alarm["id"], step["step"]): step["by"] for alarm in alarms for step in alarm["steps"]}
    assert (steps[1, "received"], steps[1, "acknowledged"]) == (None, "caretaker"), "that somebody did it, is no secret"


def test_the_stream_names_nobody(school):
    answer = school.client().get("/events")
    said = b"".join(itertools.islice(answer.response, 2)).decode()
    answer.close()
    assert "revision" in said
    assert NAME not in said


def test_a_page_that_was_made_for_staff_is_not_shown_to_outsiders(school):
    staff, stranger = school.client().signs_in("caretaker"), school.client()
    for address in ("/", "/tasks", "/alarms/1", "/"):
        assert NAME in staff.page(address) or address == "/alarms"
        assert NAME not in stranger.page(address)
