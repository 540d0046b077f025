"""Every page in a real browser, on a telephone and a desk: nothing against WCAG 2.2 AA, and a quiet console."""

import json
import shutil

import pytest
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.journeys.rig import Hub
from tests.servers import wait_until

pytestmark = pytest.mark.xdist_group("page")

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PUBLIC = ("/login", "/open", "/offline")
PAGES = (
    "/", "/wall", "/alarms", "/alarms/1", "/tasks", "/rounds", "/drills", "/maintenance/zone:hall", "/posters",
    "/posters/poster-hall", "/plan/1", "/people", "/inspection", "/new", "/data", "/lines", "/silent", "/zones/hall",
    "/devices/panic-hall",
)  # fmt: skip


def test_every_page_is_accessible_fits_a_telephone_and_complains_of_nothing(school, button, page):
    button.press_until_stored(1)
    wait_until(lambda: answers(school), 20, "the page knows the alarm")
    found = [*look(page, school, PUBLIC)]
    sign_in(page, school)
    found += look(page, school, PAGES)
    found += look(page, school, [begun(page, school)])
    assert found == []
    assert page.complaints == []


def begun(page, school: Hub) -> str:
    """The address of a round that somebody set out on."""
    page.goto(f"{school.url}/rounds")
    page.click("main form.order button.strong")
    page.wait_for_url("**/rounds/*")
    return "/rounds/1"


def look(page, school: Hub, addresses):
    """What is wrong with each page, in words."""
    for width, language in ((360, "kk"), (1280, "ru")):
        page.set_viewport_size({"width": width, "height": 740})
        for address in addresses:
            answer = page.goto(f"{school.url}{address}?lang={language}", wait_until="domcontentloaded")
            assert answer.status == 200, address
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"{address} at {width}: sticks out"
            for wrong in Axe().run(page, options=RULES).response["violations"]:
                places = json.dumps([node["target"] for node in wrong["nodes"][:3]])
                yield f"{address} at {width}: {wrong['id']} {places}"
