"""The monthly round on a telephone, and the posters that it visits."""

import msgspec
import pytest

from hub.domain.events import PosterChecked
from hub.domain.site import Poster
from hub.web.due import round_due_at
from tests.web.school import School

TARGET = "https://111.example/"


@pytest.fixture
def school(tmp_path):
    usual = School(tmp_path / "usual").core.state.site
    devices = {
        name: msgspec.structs.replace(device, role="exit") if name == "door" else device
        for name, device in usual.devices.items()
        if name != "panic-zb"
    }
    school = School(tmp_path, devices=devices, posters={"poster-1": Poster("poster-1", "hall", TARGET)}).start()
    school.says("panic-hall", loop="normal")
    school.says("door", contact="closed")
    yield school
    school.end()


@pytest.fixture
def client(school):
    return school.client().signs_in("caretaker")


def test_a_whole_round(school, client):
    assert "due" not in client.page("/rounds")
    with school.core_answers():
        address = client.post("/rounds").location
        assert "0 of 3" in client.page(address)
        assert "a press is a real alarm" in client.page(address)
        answer = client.post(address, data={"order": "drill"})
        assert "The drill is set up" in client.page(answer.location)
        assert "a press is a real alarm" not in client.page(address)
        school.presses()
        school.says("door", contact="open")
        assert "2 of 3" in client.page(address)
        assert "seen by the hub" in client.page(address)
        assert client.post(address, data={"order": "finish"}).status_code == 409
        answer = client.post(address, data={"order": "fine", "item": "poster:poster-1"})
        assert answer.location.endswith("#poster-poster-1")
        assert "Finished" in client.page(client.post(address, data={"order": "finish"}).location)
    assert "The next round is due by 25 December 2026." in client.page("/rounds")
    assert "the code works" in client.page("/posters")
    school.after(32 * 86_400)
    assert "It is time for the monthly round" in client.page("/rounds")


def test_a_month_is_one_of_the_schools_time(school):
    hours = msgspec.structs.replace(school.config.site.hours, speed=60)
    assert round_due_at(0, hours) * 60 == round_due_at(0, school.config.site.hours) == 31 * 86_400_000


def test_what_does_not_work_is_written_down_with_its_reason(school, client):
    with school.core_answers():
        address = client.post("/rounds").location
        form = {"order": "poor", "item": "poster:poster-1"}
        assert client.post(address, data={**form, "reason": ""}).status_code == 409
        client.post(address, data={**form, "reason": "torn"})
        assert "Айгүл: torn" in client.page(address)
        school.happens_tick()
    assert "contact centre 111 does not work (Hall)" in client.page("/tasks")


def test_the_hub_ticks_buttons_itself_and_only_one_round_goes_on(school, client):
    with school.core_answers():
        address = client.post("/rounds").location
        answer = client.post(f"{address}?lang=en", data={"order": "fine", "item": "button:panic-hall"})
        assert "The hub ticks this by itself" in answer.get_data(as_text=True)
        assert client.post("/rounds").status_code == 409
    assert client.get("/rounds/99").status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_poster_is_printed_in_its_own_language_with_a_code_that_leads_to_the_centre_itself(school, client, language):
    text = client.page("/posters/poster-1", language)
    assert "Саған көмек керек пе?" in text
    assert "<svg" in text
    assert TARGET in text
    assert client.get("/posters/nothing").status_code == 404


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("fine", "The address works."), ("not_found", "no such page"), ("not_checked", "Not checked:")],
)
def test_the_page_says_what_the_daily_look_has_found(school, client, outcome, said):
    assert "Not checked yet." in client.page("/posters")
    school.happens(PosterChecked("poster-1", outcome, "", school.now))
    assert said in client.page("/posters")
