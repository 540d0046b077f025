"""A new device on the page, as a new user meets it: a real browser, broker and hub, and a person who signs in."""

import json
import os
import shutil
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect, sync_playwright

from tests.journeys.rig import Hub
from tests.servers import wait_until

pytestmark = pytest.mark.xdist_group("page")

PHONE = {"width": 360, "height": 740}
PASSWORD = "a-password-of-the-tests"
ADMIN = '  - {name: "Дана", role: admin, password: !secret password}   # она одна\n'
ENTRY = (
    "  - {id: door-gym, kind: door, zone: gym, dialect: zigbee2mqtt, topic: zigbee2mqtt/0x01, "
    'name: "Спорт залының есігі"}\n'
)


class School:
    """A hub whose hub.yaml lies in a folder of its own, with comments and an order that nobody else would choose."""

    def __init__(self, folder, broker, hq):
        self.hub = Hub(folder, broker, hq, ADMIN)
        hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        settings = folder / "settings"
        settings.mkdir()
        text = self.hub.config.read_text()
        text = text.replace("store: {path: hub.db}", f"store: {{path: {self.hub.store}}}")
        text = text.replace("devices:\n", "# Құрылғылар: рет бойынша, есіктен бастап\ndevices:   # барлығы\n")
        text = text.replace("channels:\n", "  # бұл жерде тізім бітеді\n\nchannels:\n")
        self.hub.config = settings / "hub.yaml"
        self.hub.config.write_text(text.rstrip() + "\r\n# соңы", newline="")
        (folder / "secrets.yaml").rename(settings / "secrets.yaml")
        with (settings / "secrets.yaml").open("a") as secrets:
            secrets.write(f"password: {hashed}\n")

    def announces(self, button, topic="0x01"):
        door = {"vendor": "Aqara", "model": "MCCGQ11LM", "exposes": [{"name": "contact"}]}
        bridge = [{"friendly_name": topic, "type": "EndDevice", "definition": door}]
        button.publish("zigbee2mqtt/bridge/devices", json.dumps(bridge), retain=True)

    @contextmanager
    def read_only(self):
        """Its settings can be read and not written, for root either."""
        folder = self.hub.config.parent
        folder.chmod(0o555)
        if os.geteuid() == 0:
            self.hub.prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--")
        try:
            yield
        finally:
            folder.chmod(0o755)


@pytest.fixture
def school(tmp_path, broker, hq):
    school = School(tmp_path / "school", broker, hq)
    yield school
    school.hub.stop()


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page(viewport=PHONE)
        browser.close()


def sign_in(page, hub, language="kk"):
    hub.page_listens()
    page.goto(f"{hub.url}/login?lang={language}")
    page.fill("#name", "Дана")
    page.fill("#secret", PASSWORD)
    page.press("#secret", "Enter")
    page.wait_for_selector(".leave")


def test_a_new_door_is_given_a_room_on_a_telephone_and_is_heard_within_seconds(school, button, page):
    hub = school.hub.started()
    sign_in(page, hub)
    page.click("footer summary")
    page.click("footer >> text=Жаңа датчиктер")
    expect(page.locator("main")).to_contain_text("Жаңа датчик табылған жоқ")
    school.announces(button)
    expect(page.locator("form.order h3")).to_have_text("0x01", timeout=20_000)  # the page looks again by itself
    expect(page.locator("main")).to_contain_text("Қай бөлмеде?")
    assert page.locator("#kind-1").input_value() == "door"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    before, pid = hub.config.read_bytes(), hub.pid

    page.select_option("#zone-1", label="Спорт залы")
    page.fill("#name-1", "Спорт залының есігі")
    page.fill("#id-1", "door-gym")
    page.click("form.order button.strong")
    # the page itself has so much patience
    expect(page.locator(".said-done")).to_contain_text("Датчик енді мектептің тізімінде.", timeout=60_000)
    at = before.index("\n  # бұл жерде".encode()) + 1
    assert hub.config.read_bytes() == before[:at] + ENTRY.encode() + before[at:]
    assert hub.pid == pid
    assert hub._process.poll() is None, "the same process, as systemd sees it"

    page.click("main .actions .button")
    expect(page.locator("main h2")).to_contain_text("Спорт залының есігі")

    def says_open():
        button.publish("zigbee2mqtt/0x01", '{"contact":false,"battery":88}')
        return "ашық" in page.locator("#now").inner_text()

    wait_until(says_open, 20, "its readings are on the page that is open, without a reload")
    assert "88" in page.locator("#now").inner_text()
    page.goto(f"{hub.url}/new")
    expect(page.locator("form.order")).to_have_count(0)
    [(by,)] = hub.rows("SELECT body FROM journal WHERE kind = 'adopt'")
    assert json.loads(by)["by"] == "Дана"


REFUSED = {
    "kk": ("«door-main» қысқа атауы бос емес", "«Есік 1» қысқа атау бола алмайды", "құқығы жоқ"),
    "ru": ("Краткое имя «door-main» уже занято", "«Есік 1» не подходит", "Хабу нельзя записывать"),
    "en": ("The short name “door-main” is taken", "“Есік 1” can't be a short name", "may not write its settings"),
}


def test_what_is_refused_is_said_in_plain_words_and_the_file_stays_as_it_is(school, button, page):
    with school.read_only():
        hub = school.hub.started()
        school.announces(button)
        sign_in(page, hub)
        before = hub.config.read_bytes()
        for language, (taken, bad, denied) in REFUSED.items():
            page.goto(f"{hub.url}/new?lang={language}")
            wait_until(lambda: page.reload() and page.locator("form.order").count(), 20, "it is listed")
            for name, sentence in (("door-main", taken), ("Есік 1", bad)):
                page.select_option("#zone-1", "gym")
                page.fill("#id-1", name)
                page.click("form.order button.strong")
                expect(page.locator(".said-failed")).to_contain_text(sentence)
                assert (page.input_value("#id-1"), page.input_value("#zone-1")) == (name, "gym")
            page.fill("#id-1", "door-gym")
            page.click("form.order button.strong")
            expect(page.locator(".said-failed")).to_contain_text(denied, timeout=30_000)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.goto(f"{hub.url}/new?lang=en")
        page.get_by_text("For the technician").click()
        for _ in range(2):  # with the second answer the first one is on the page
            page.wait_for_event("response", lambda answer: answer.url.endswith("/new?lang=en"))
        expect(page.locator(".technical")).to_be_visible()
        assert hub.config.read_bytes() == before
        assert sorted(os.listdir(hub.config.parent)) == ["hub.yaml", "secrets.yaml"]
        button.press_until_stored(1)


def test_a_room_that_somebody_has_taken_out_meanwhile_is_said(school, button, page):
    hub = school.hub.started()
    school.announces(button)
    sign_in(page, hub, "ru")
    page.goto(f"{hub.url}/new")
    wait_until(lambda: page.reload() and page.locator("form.order").count(), 20, "it is listed")
    # in one step: a list in which nothing is chosen yet is swapped when the page looks again, and the room with it
    page.evaluate("document.querySelector('#zone-1').append(new Option('Шатыр', 'attic', false, true))")
    page.click("form.order button.strong")
    expect(page.locator(".said-failed")).to_contain_text("Такого помещения нет: выберите из списка.")
