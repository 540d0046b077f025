"""Tasks on the page: taken once, done with a photograph that tells nothing but what it shows, closed by the sensor."""

import io
import os

import pytest

from tests.web.pictures import picture
from tests.web.school import PIN, School


@pytest.fixture
def task(school) -> int:
    """A door's empty battery; the number of its alarm."""
    school.is_well()
    school.says("door", battery=4)
    return next(alarm.id for alarm in school.core.state.open_alarms() if alarm.type == "battery_low")


@pytest.fixture
def client(school):
    return school.client().signs_in("caretaker")


def does(client, number: int, order: str, status: int = 303, **form: object):
    address = f"/tasks/{number}/accept" if order == "accept" else f"/tasks/{number}"
    data = {"order": order, **form}
    answer = client.post(f"{address}?lang=en", data=data, content_type="multipart/form-data")
    assert answer.status_code == status, answer.get_data(as_text=True)[-600:]
    return client.page(answer.location) if status == 303 else answer.get_data(as_text=True)


def test_a_task_says_what_to_do_and_the_status_page_leads_to_it(client, task):
    assert f'href="/tasks/{task}"' in client.page("/")
    assert "Nobody has taken it yet" in client.page("/tasks")
    assert "the battery is low" in client.page(f"/tasks/{task}").lower()


def test_from_taken_over_done_to_closed_by_the_sensor(school, client, task):
    with school.core_answers():
        assert "It is your task now" in does(client, task, "take")
        assert "Айгүл does it" in client.page("/")
        text = does(client, task, "done", reason="new battery", photo=(picture(), "photo.jpg"))
    assert "closes by itself when the sensor confirms it" in text
    assert "new battery" in text
    assert "the sensor has not confirmed it yet" in client.page("/tasks")
    school.says("door", battery=98)
    assert "Closed: the sensor has confirmed it" in client.page(f"/tasks/{task}")
    assert "Closed: the sensor has confirmed it" in client.page("/tasks")


def test_the_second_who_takes_it_is_told(school, task):
    first, second = school.client().signs_in("caretaker"), school.client().signs_in("inspector")
    with school.core_answers():
        does(first, task, "take")
        assert "Somebody else has taken" in does(second, task, "take", 409)


def test_a_task_that_is_given_back_and_one_that_is_over(school, client, task):
    with school.core_answers():
        does(client, task, "take")
        assert "waits for somebody else" in does(client, task, "give_back")
        school.says("door", battery=98)
        assert "over already" in does(client, task, "take", 404)


def test_only_an_inspector_accepts_why_not(school, client, task):
    form = {"hours": "24", "reason": "battery ordered"}
    with school.core_answers():
        assert "It needs signing in as: inspector" in does(client, task, "accept", 403, **form)
        assert "Accept why not" not in client.page(f"/tasks/{task}")
        inspector = school.client().signs_in("inspector")
        assert "Accept why not" in inspector.page(f"/tasks/{task}")
        assert "Accepted. The task comes back" in does(inspector, task, "accept", **form)
    assert "Put aside until" in client.page("/tasks")


def test_photographs_are_for_staff(school, client, task):
    with school.core_answers():
        does(client, task, "done", photo=(picture(), "photo.jpg"))
    name = school.core.state.tasks[task].photos[0]
    answer = client.get(f"/photos/{name}.jpg")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    stranger = school.client()
    assert stranger.get(f"/photos/{name}.jpg").status_code == 303
    assert "1 photograph, for staff only" in stranger.page(f"/tasks/{task}")
    client.post("/logout")
    assert client.get(f"/photos/{name}.jpg").status_code == 303


def test_an_outsider_is_led_to_signing_in_and_back_to_the_task(school, task):
    stranger = school.client()
    with school.core_answers():
        assert "caretaker" in does(stranger, task, "take", 403)
    assert f'href="/login?next=/tasks/{task}' in stranger.page(f"/tasks/{task}")
    answer = stranger.post("/login", data={"secret": PIN, "next": f"/tasks/{task}"})
    assert answer.location == f"/tasks/{task}"


def test_of_an_outsider_no_photograph_is_read(school, task, monkeypatch):
    monkeypatch.setattr("hub.web.security.UPLOAD_LIMIT", 100)
    does(school.client(), task, "done", 403, photo=(io.BytesIO(os.urandom(200_000)), "photo.jpg"))


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [(b"GIF89a", 400, "no photograph"), (b"", 400, "no photograph"), (b"<svg onload=alert(1)>", 400, "no photograph")],
)
def test_what_is_no_photograph_is_refused_with_a_sentence(school, client, task, content, status, said):
    with school.core_answers():
        assert said in does(client, task, "done", status, photo=(io.BytesIO(content), "photo.jpg"))


def test_too_much_at_once_is_refused_before_it_is_read(school, client, task, monkeypatch):
    monkeypatch.setattr("hub.web.security.UPLOAD_LIMIT", 100_000)
    does(client, task, "done", 413, photo=(io.BytesIO(os.urandom(200_000)), "photo.jpg"))


def test_tasks_outlive_a_restart(school, client, task):
    with school.core_answers():
        does(client, task, "take")
    school.end()
    again = School(school.config.path.parent)
    again.core.now = school.core.now
    again.start()
    try:
        assert "Айгүл does it" in again.client().signs_in("caretaker").page(f"/tasks/{task}")
    finally:
        again.end()
