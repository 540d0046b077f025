"""A caretaker's work in a real browser: a lamp that is dark, an exercise, two telephones that want the same alarm."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.house import DESK, OTHER_PIN, sign_in
from tests.journeys.rig import PIN, Button
from tests.servers import wait_until

pytestmark = pytest.mark.xdist_group("page")

LUX = "school/light-hall/sensor/lux/state"


@pytest.fixture
def lamp(house):
    lamp = Button(house.broker, "light-hall", boot=0)
    yield lamp
    lamp.publish(LUX, "400")
    lamp.close()


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "lamp.jpg"
    Image.new("RGB", (1200, 900), "#ddd").save(path)
    return path


def dark(lamp, page) -> None:
    """The lamp goes out, and the open page shows what to do by itself."""
    lamp.publish(LUX, "3")
    card = page.locator(".card", has_text="fuse")
    expect(card).to_be_visible(timeout=10_000)
    card.get_by_role("link").click()
    page.wait_for_url("**/tasks/*")


def test_a_dark_lamp_is_a_task_until_there_is_light_again(house, lamp, look, photo):
    page = look("/?lang=en")
    dark(lamp, page)
    task = page.url.split("?")[0]
    page.get_by_role("link", name="Sign in to take it").click()
    page.fill("#pin", PIN)
    page.press("#pin", "Enter")
    page.wait_for_url(f"{task}*")
    page.click("button[value=take]")
    expect(page.locator(".task-state")).to_contain_text("Айгүл does it")
    page.fill("#done-note", "new tube <b>T8</b>")
    page.set_input_files("#photo", photo)
    page.click("button[value=done]")
    expect(page.locator(".task-state")).to_contain_text("the sensor has not confirmed it yet")
    expect(page.locator("#history")).to_contain_text("new tube <b>T8</b>")
    assert (
        page.locator(".photos img").evaluate("async (image) => { await image.decode(); return image.naturalWidth; }")
        > 0
    )
    lamp.publish(LUX, "4")
    page.reload()
    expect(page.locator(".task-state")).to_contain_text("the sensor has not confirmed it yet")
    lamp.publish(LUX, "400")
    expect(page.locator(".task-state")).to_contain_text("Closed: the sensor has confirmed it", timeout=10_000)
    page.goto(f"{house.hub.url}/tasks?lang=en")
    expect(page.locator("#tasks")).to_contain_text("There is nothing to repair.")
    expect(page.locator("#tasks")).to_contain_text("Done lately")
    assert page.complaints == []


def test_an_inspector_accepts_why_a_lamp_stays_dark(house, lamp, look):
    page = look("/login?lang=en", DESK)
    sign_in(page, house.hub, "Марат")
    page.goto(f"{house.hub.url}/?lang=en")
    dark(lamp, page)
    page.get_by_text("Accept why not").click()
    page.select_option("#accept-hours", "72")
    page.fill("#accept-reason", "the lamp is ordered")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator(".task-state")).to_contain_text("Марат has accepted why not")
    expect(page.locator("#history")).to_contain_text("the lamp is ordered")
    page.goto(f"{house.hub.url}/?lang=en")
    expect(page.locator("#floors")).to_be_visible()
    assert page.locator(".card", has_text="fuse").count() == 0
    assert page.complaints == []


def test_in_a_drill_its_button_is_an_exercise_and_another_one_is_real(house, look):
    page = look("/drills?lang=en", has_touch=True)
    sign_in(page, house.hub)
    page.goto(f"{house.hub.url}/drills?lang=en")
    page.check("input[value=panic-hall]")
    page.get_by_role("button", name="Set up the drill").tap()
    expect(page.locator(".said-done")).to_be_visible()
    expect(page.locator("#going")).to_contain_text("not pressed yet")
    drilled, real = Button(house.broker, boot=11), Button(house.broker, "panic-gym", boot=12)
    drilled.press_until_stored(1)
    expect(page.locator("#going")).not_to_contain_text("not pressed yet", timeout=5000)
    expect(page.locator(".top-alarm h1")).to_contain_text("DRILL · Hall")
    page.click("#going a")
    expect(page.locator("#alarm h2")).to_contain_text("DRILL")
    wait_until(lambda: any(a["status"] == "exercise" for a in house.hq.alerts()), 15, "headquarters has an exercise")
    real.press_until_stored(1)
    expect(page.locator(".top-alarm h1").first).to_contain_text("ALARM · Gym", timeout=5000)
    shown = {alarm["device"]: alarm["status"] for alarm in house.hub.alarms() if alarm["alarm"] == "panic"}
    assert shown == {"panic-hall": "exercise", "panic-gym": "actual"}
    page.goto(f"{house.hub.url}/devices/panic-hall?lang=en")
    expect(page.locator(".presses")).to_contain_text("DRILL")
    page.goto(f"{house.hub.url}/drills?lang=en")
    page.get_by_role("button", name="End the drill").tap()
    expect(page.locator("#over")).to_contain_text("Айгүл")
    assert page.complaints == []
    drilled.close()
    real.close()


def test_of_two_telephones_at_once_one_has_the_alarm_and_the_other_is_told_who(house, look):
    button = Button(house.broker, boot=13)
    button.press_until_stored(1)
    button.close()
    number = max(alarm["id"] for alarm in house.hub.alarms() if alarm["device"] == "panic-hall")
    first, second = look("/login"), look("/login")
    for page, pin in ((first, PIN), (second, OTHER_PIN)):
        sign_in(page, house.hub, pin=pin)
        page.goto(f"{house.hub.url}/alarms/{number}?lang=en")
    for page in (first, second):
        page.evaluate("setTimeout(() => document.querySelector('button[value=acknowledge]').click())")
    for page in (first, second):
        expect(page.locator("main > .said")).to_be_visible()
    assert [page.locator(".said-done").count() for page in (first, second)] in ([1, 0], [0, 1])
    loser = first if second.locator(".said-done").count() else second
    winner = "Болат" if loser is first else "Айгүл"
    expect(loser.locator(".said-failed")).to_contain_text("Somebody was quicker")
    expect(loser.locator("#proof")).to_contain_text(f"{winner}, on the page")
    assert [said for page in (first, second) for said in page.complaints if "409" not in said] == []


def test_the_day_s_work_is_done_without_a_script(house, lamp, look):
    page = look("/login?lang=en", java_script_enabled=False)
    sign_in(page, house.hub)
    lamp.publish("school/door-main/sensor/battery/state", "3")
    task = "SELECT id FROM alarms WHERE type = 'battery_low' AND open = 1"
    ((number,),) = wait_until(lambda: house.hub.rows(task), 10, "it is a task")
    page.goto(f"{house.hub.url}/tasks/{number}?lang=en")
    page.click("button[value=take]")
    expect(page.locator(".task-state")).to_contain_text("Айгүл does it")
    page.click("button[value=done]")
    expect(page.locator(".task-state")).to_contain_text("the sensor has not confirmed it yet")
    page.goto(f"{house.hub.url}/drills?lang=en")
    page.check("input[value=panic-gym]")
    page.get_by_role("button", name="Set up the drill").click()
    expect(page.locator("#going")).to_contain_text("not pressed yet")
    page.get_by_role("button", name="End the drill").first.click()
    page.goto(f"{house.hub.url}/rounds?lang=en")
    page.click("main form.order button.strong")
    page.wait_for_url("**/rounds/*")
    expect(page.locator(".item").first).to_be_visible()
