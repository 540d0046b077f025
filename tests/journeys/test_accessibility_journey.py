"""Every page in a real browser: in each language, on a telephone, a desk and a wall, with the keyboard alone and
without a script; nothing against WCAG 2.2 AA, nothing that sticks out, and a quiet console."""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.house import DESK, PHONE, WALL, sign_in
from tests.journeys.rig import PIN, Button
from tests.servers import wait_until

pytestmark = pytest.mark.xdist_group("page")

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PUBLIC = ("/login", "/open", "/offline")
PAGES = (
    "/", "/wall", "/alarms", "/alarms/1", "/tasks", "/tasks/2", "/rounds", "/rounds/1", "/drills",
    "/maintenance/zone:hall", "/posters", "/posters/poster-hall", "/plan/1", "/people", "/inspection", "/new", "/data",
    "/lines", "/silent", "/zones/hall", "/devices/panic-hall", "/devices/light-hall",
)  # fmt: skip
LANGUAGES = ("kk", "ru", "en")
PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
"""For people who look at what has changed."""


@pytest.fixture(scope="module")
def busy(house):
    """With a press that nobody has acknowledged (alarm 1) and a dark lamp (task 2)."""
    button = Button(house.broker)
    button.press_until_stored(1)
    button.publish("school/light-hall/sensor/lux/state", "5")
    wait_until(lambda: len(house.hub.alarms()) == 2, 20, "an alarm and a task")
    button.close()
    return house


@pytest.fixture
def admin(busy, look):
    """Somebody who may see every page, and has begun a round."""
    page = look("/login", reduced_motion="reduce")
    sign_in(page, busy.hub, "Ада")
    if not busy.hub.count("rounds"):
        page.goto(f"{busy.hub.url}/rounds")
        page.click("main form.order button.strong")
        page.wait_for_url("**/rounds/1*")
        page.goto(f"{busy.hub.url}/plan/1")
        page.click(".placing summary")
        page.fill("[name=x-door-main]", "30")
        page.fill("[name=y-door-main]", "30")
        page.click("#placing button.strong")
        page.wait_for_selector(".mark")
    return page


def test_every_page_is_accessible(busy, admin):
    found = []
    for size, language in ((PHONE, "kk"), (DESK, "ru")):
        admin.set_viewport_size(size)
        for address in (*PUBLIC, *PAGES):
            admin.goto(f"{busy.hub.url}{address}?lang={language}", wait_until="domcontentloaded")
            for wrong in Axe().run(admin, options=RULES).response["violations"]:
                places = json.dumps([node["target"] for node in wrong["nodes"][:3]])
                found.append(f"{address} at {size['width']}: {wrong['id']} {places}")
            name = address.strip("/").replace("/", "-").replace(":", "-") or "status"
            admin.screenshot(path=PICTURES / f"{size['width']}-{language}" / f"{name}.png", full_page=True)
    assert found == []
    assert admin.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_every_screen(busy, admin, language):
    found = []
    for address in (*PUBLIC, *PAGES):
        answer = admin.goto(f"{busy.hub.url}{address}?lang={language}", wait_until="domcontentloaded")
        assert answer.status == 200, address
        assert admin.evaluate("document.documentElement.lang") == language or "/posters/" in address  # it has its own
        for size in (PHONE, DESK, WALL):
            admin.set_viewport_size(size)
            if admin.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append(f"{address} at {size['width']}")
    assert found == []
    assert admin.complaints == []


def test_with_the_keyboard_alone_from_the_first_page_to_an_acknowledged_alarm(busy, look):
    page = look("/?lang=en", DESK)
    page.keyboard.press("Tab")
    assert focused(page) == "To the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    tab_to(page, "I've got it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alarms/1*")
    tab_to(page, "pin", "document.activeElement.id")
    page.keyboard.type(PIN)
    tab_to(page, "I've got it")
    page.keyboard.press("Enter")
    expect(page.locator(".said-done")).to_be_visible()
    assert page.complaints == []


def test_the_keyboard_s_place_is_kept_while_the_page_changes(busy, look):
    page = look("/?lang=en", DESK)
    link = page.locator("a.zone", has_text="Gym")
    link.focus()
    button = Button(busy.broker, "panic-gym", boot=21)
    button.press_until_stored(1)
    button.close()
    expect(page.locator("a.zone-alarm", has_text="Gym")).to_be_visible(timeout=5000)
    expect(link).to_be_focused()


def test_every_page_shows_itself_without_a_script(busy, admin, browser):
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=False, storage_state=admin.context.storage_state()
    )
    page = context.new_page()
    for address in (*PUBLIC, *PAGES):
        answer = page.goto(f"{busy.hub.url}{address}?lang=kk", wait_until="domcontentloaded")
        assert answer.status == 200, address
        expect(page.locator("main :is(h1, h2, h3)").first).to_be_visible()
    context.close()


def focused(page) -> str:
    return page.evaluate("document.activeElement.innerText").strip()


def tab_to(page, wanted: str, what: str = "document.activeElement.innerText.trim()") -> None:
    """Goes on with the Tab key until it is there; on the way every place where one stands can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => outlineStyle + outlineWidth)(getComputedStyle(document.activeElement))"
        )
        assert style != "none0px", f"nobody sees the focus on {focused(page)!r}"
        if page.evaluate(what) == wanted:
            return
    raise AssertionError(f"the Tab key never comes to {wanted!r}")
