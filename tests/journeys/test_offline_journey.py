"""The page when it is cut off, in a real browser: it never stays green, says since when, and comes back by itself."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from tests.journeys.house import DESK, SAYS, WALL, sign_in
from tests.journeys.rig import Button
from tests.servers import wait_until

pytestmark = pytest.mark.xdist_group("offline")  # it mostly waits

WELL = re.compile(r"\btop-ok\b")


@pytest.fixture
def well(house):
    """All devices have been heard and headquarters has given a receipt: the page has earned its green."""
    voice = Button(house.broker, "light-hall", boot=0)
    for topic, payload in SAYS.items():
        voice.publish(topic, payload)
    voice.close()
    wait_until(lambda: house.hub.status()["state"] == "ok", 30, "all is well")
    return house


def test_an_all_is_well_does_not_stay_green_over_a_killed_core(well, look):
    page, wall = look("/?lang=en", DESK), look("/wall?lang=en", WALL)
    for one in (page, wall):
        expect(one.locator("#top")).to_have_class(WELL)
        expect(one.locator("h1")).to_contain_text("All is well")
    well.hub.kill()
    for one in (page, wall):
        expect(one.locator("#top")).not_to_have_class(WELL, timeout=5000)
        expect(one.locator("#top")).to_contain_text("The hub is down since")
        expect(one.locator("body")).not_to_contain_text("All is well")
        assert one.locator(".status-ok, .icon-ok, .zone-ok, .floor-ok").count() == 0
    well.hub.started()
    for one in (page, wall):
        expect(one.locator("#top")).not_to_contain_text("The hub is down", timeout=20_000)
        assert one.complaints == [] or all("ERR_" in said for said in one.complaints)


def test_a_broken_stream_is_said_with_the_page_s_own_age_and_mends_itself(well, look):
    page = look("/?lang=en", DESK)
    expect(page.locator(".updated")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    page.evaluate("window.same = true")
    os.kill(well.hub.page_pid, signal.SIGSTOP)  # its streams stay open and say nothing more
    expect(page.locator(".stale")).to_be_visible(timeout=20_000)
    expect(page.locator(".stale")).to_contain_text(re.compile(r"This page hasn't been updated since \d\d:\d\d"))
    expect(page.locator(".answer-ok")).to_be_hidden()
    os.kill(well.hub.page_pid, signal.SIGCONT)
    expect(page.locator(".stale")).to_be_hidden(timeout=20_000)
    assert page.evaluate("window.same") is True, "it was not loaded again"


def test_offline_the_app_says_since_when_in_its_language_and_returns_with_the_hub(well, look):
    page = look("/?lang=ru")
    wait_until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), 10, "the worker works")
    page.goto(f"{well.hub.url}/alarms?lang=kk")
    seen = "caches.match('/offline').then((kept) => kept.text()).then((text) => text.includes('Байланыс жоқ'))"
    wait_until(lambda: page.evaluate(seen), 10, "the page for bad times speaks Kazakh")
    noted = "caches.match('/offline/seen').then((kept) => kept ? kept.text() : '0').then(Number)"
    first = page.evaluate(noted)
    wait_until(lambda: page.evaluate(noted) > first, 15, "an open page notes that the hub is there")
    well.hub.stop()
    page.reload()
    expect(page.locator("h1")).to_contain_text("Байланыс жоқ")
    expect(page.locator("#since time")).to_contain_text(re.compile(r"\d\d:\d\d"))
    assert "мектеп" not in page.locator("main").inner_text().replace("Мектеп соңғы рет", "")
    well.hub.started()
    expect(page.locator("#list")).to_be_visible(timeout=30_000)
    assert page.url.startswith(f"{well.hub.url}/alarms")


def test_a_page_that_is_not_there_keeps_its_header_alive_without_asking_for_itself(house, look):
    page = look("/tasks/99999?lang=en")
    expect(page.locator("h2")).to_contain_text("There is no such page.")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    button = Button(house.broker, "panic-gym", boot=31)
    button.press_until_stored(1)
    button.close()
    expect(page.locator(".top-alarm")).to_be_visible(timeout=5000)
    assert sum("/tasks/99999" in address for address in asked) <= 1
    expect(page).to_have_title(re.compile("There is no such page"))


def test_a_page_whose_session_has_ended_leads_to_the_sign_in(house, look):
    page = look("/login?lang=en")
    sign_in(page, house.hub, "Ада")
    page.goto(f"{house.hub.url}/lines?lang=en")
    page.context.clear_cookies()
    page.evaluate("refresh()")
    expect(page).to_have_url(re.compile(r"/login\?next="))
