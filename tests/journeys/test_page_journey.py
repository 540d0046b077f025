"""The page in a real browser, on a real hub: what a caretaker sees, and when."""

import os
import shutil
import time

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.journeys.rig import PIN
from tests.servers import wait_until

pytestmark = pytest.mark.xdist_group("page")

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page_of(browser, hub):
    """Opens a page of the running hub; what its console complains of is in `complaints`."""
    contexts = []

    def open_(address: str = "/", **options: object):
        wait_until(lambda: answers(hub), 20, "the page answers")
        context = browser.new_context(viewport=PHONE, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(hub.url + address)
        return page

    yield open_
    for context in contexts:
        context.close()


def answers(hub) -> bool:
    try:
        return hub.status()["core"] == "running"
    except OSError:
        return False


def test_an_alarm_is_on_the_screen_within_a_second_of_its_press_without_a_reload(hub, button, page_of):
    page = page_of(hub.started() and "/")
    expect(page.locator("#top")).to_contain_text("Штабпен байланыс бар", timeout=15_000)
    page.evaluate("window.same = true")
    pressed = time.monotonic()
    button.press(1)
    page.wait_for_selector(".top-alarm", timeout=10_000)
    took = time.monotonic() - pressed
    assert took < 1, took
    expect(page.locator("h1")).to_contain_text("ДАБЫЛ · Вестибюль, дабыл түймесі")
    assert page.evaluate("window.same") is True
    assert page.complaints == []


def test_acknowledging_with_a_wrong_and_the_right_pin(hub, button, page_of):
    hub.started()
    button.press_until_stored(1)
    page = page_of("/?lang=ru")
    page.click(".alarm .button")
    assert page.complaints == []
    page.fill("#pin", "0000")
    page.fill("#reason", "иду")
    page.click("button[value=acknowledge]")
    expect(page.locator(".said-failed")).to_contain_text("Неверный PIN-код")
    assert page.input_value("#reason") == "иду"
    page.fill("#pin", PIN)
    page.click("button[value=acknowledge]")
    expect(page.locator(".said-done")).to_contain_text("Принято.")
    expect(page.locator("#proof")).to_contain_text("сотрудник, на странице")
    assert hub.alarms()[0]["state"] == "acknowledged"
    assert [words for words in page.complaints if "403" not in words] == []


def test_two_telephones_see_the_same_and_only_one_is_first(hub, button, page_of):
    hub.started()
    button.press_until_stored(1)
    first, second = page_of("/alarms/1?lang=en"), page_of("/alarms/1?lang=en")
    second.fill("#pin", PIN)  # a form that somebody is filling in is left alone
    first.fill("#pin", PIN)
    first.click("button[value=acknowledge]")
    expect(first.locator(".said-done")).to_be_visible()
    expect(second.locator("#alarm")).to_contain_text("acknowledged", timeout=3000)
    assert second.input_value("#pin") == PIN
    second.click("button[value=acknowledge]")
    expect(second.locator(".said-failed")).to_contain_text("Somebody was quicker")


def test_everything_works_without_a_script(hub, button, page_of):
    hub.started()
    page = page_of("/?lang=kk", java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    button.press_until_stored(1)
    wait_until(hub.alarms, 5, "the page knows the alarm")
    page.reload()
    page.click(".alarm .button")
    page.fill("#pin", PIN)
    page.click("button[value=acknowledge]")
    expect(page.locator(".said-done")).to_contain_text("Қабылданды.")
    page.fill("#pin", PIN)
    page.click("button[value=reset_false]")
    expect(page.locator("#proof")).to_contain_text("Аяқталды: жалған")
    for address in ("/zones/hall", "/devices/panic-hall", "/alarms", "/wall"):
        assert page.goto(hub.url + address).status == 200


def test_a_core_that_is_killed_is_seen_on_the_open_page(hub, page_of):
    hub.started()
    page = page_of("/?lang=en")
    hub.kill()
    expect(page.locator("#top")).to_contain_text("The hub is down since", timeout=5000)
    assert page.locator(".status-ok").count() == 0
    hub.started()
    expect(page.locator("#top")).not_to_contain_text("The hub is down", timeout=20_000)


def test_the_page_of_a_killed_core_stays_until_the_next_ones_takes_its_port(hub):
    hub.start()
    hub.page_listens()  # killed as early as can be: the page may not have seen its core at all
    (old,) = hub.pages()
    hub.kill()
    wait_until(lambda: hub.status()["core"] == "down", 5, "the page that is left says so")
    begin = time.monotonic()
    hub.started()
    wait_until(lambda: old not in hub.pages(), 5, "the old page has given way")
    wait_until(lambda: answers(hub), 10, "the new page answers")
    assert time.monotonic() - begin < 6
    assert "it is started again" not in hub.log()


def test_a_page_that_lost_its_server_goes_grey_and_says_since_when(hub, page_of):
    hub.started()
    page = page_of("/?lang=en")
    expect(page.locator(".stale")).to_be_hidden()
    hub.stop()
    expect(page.locator(".stale")).to_be_visible(timeout=20_000)
    expect(page.locator(".stale")).to_contain_text("This page hasn't been updated since")
    assert "lost" in page.evaluate("document.documentElement.className")


@pytest.mark.parametrize("fault", ["nothing comes", "the server fails"])
def test_a_page_that_cannot_follow_goes_grey_though_its_stream_lives(hub, button, page_of, fault):
    hub.started()
    page = page_of("/?lang=en")
    hung = []

    def refuse(route):
        hung.append(route) if fault == "nothing comes" else route.fulfill(status=500, body="")

    page.route(lambda url: url.endswith("/?lang=en"), refuse)
    button.press_until_stored(1)
    expect(page.locator(".stale")).to_be_visible(timeout=20_000)
    assert "ALARM" not in page.locator("#top").inner_text()
    page.unroute_all()
    expect(page.locator("#top")).to_contain_text("ALARM", timeout=20_000)
    expect(page.locator(".stale")).to_be_hidden()


def test_the_page_ends_within_a_second_with_streams_open(hub, page_of):
    hub.started()
    page_of("/")
    begin = time.monotonic()
    assert hub.stop() == 0
    assert time.monotonic() - begin < 3


def test_a_press_goes_before_all_who_look(hub, page_of):
    hub.started()
    page_of("/")
    assert os.getpriority(os.PRIO_PROCESS, hub.page_pid) == min(19, os.getpriority(os.PRIO_PROCESS, hub.pid) + 10)


def test_nothing_sticks_out_of_a_small_telephone(hub, button, page_of):
    hub.started()
    button.press_until_stored(1)
    page = page_of()
    for language in ("kk", "ru", "en"):
        for address in ("/", "/alarms", "/alarms/1", "/zones/hall", "/devices/panic-hall"):
            page.goto(f"{hub.url}{address}?lang={language}", wait_until="domcontentloaded")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
    assert page.complaints == []


def test_the_wall_sounds_while_a_press_waits_for_somebody(hub, button, page_of):
    hub.started()
    page = page_of("/wall?sound=1")
    page.click("#sound")
    wait_until(lambda: page.evaluate("document.documentElement.dataset.sound") == "on", 10, "the sound is on")
    expect(page.locator("#sound")).to_be_hidden()
    assert page.evaluate("document.documentElement.dataset.tones") is None
    button.press_until_stored(1)
    wait_until(lambda: int(page.evaluate("document.documentElement.dataset.tones") or 0) >= 1, 15, "it sounds")
    assert page.complaints == []
