"""A school with everything that its pages can show, people of all roles, and a browser to look at it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.rig import PIN, Headquarters, Hub
from tests.servers import Mosquitto, wait_until

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
WALL = {"width": 1600, "height": 900}
PASSWORD = "a-password-of-the-tests"
PLAN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="200" height="90" fill="#fff"/></svg>'
OTHER_PIN = "2580"
EXTRA = """\
  - {name: "Болат", role: caretaker, pin: !secret other_pin}
  - {name: "Ада", role: admin, password: !secret password}
  - {name: "Марат", role: inspector, password: !secret password}
posters:
  - {id: poster-hall, zone: hall, target: "https://111.example/"}
plans:
  - {floor: 1, image: floor-1.svg}
"""
SAYS = {
    "school/panic-hall/binary_sensor/tamper/state": "OFF",
    "school/panic-gym/binary_sensor/tamper/state": "OFF",
    "school/door-main/binary_sensor/contact/state": "OFF",
    "school/light-hall/sensor/lux/state": "400",
    "school/wc-1/binary_sensor/leak/state": "OFF",
}
"""What every device says while all is well."""


class House:
    """Broker, headquarters and hub; a lamp that is dark for a second is a task."""

    def __init__(self, folder: Path) -> None:
        self.broker, self.hq = Mosquitto(folder / "broker"), Headquarters(folder / "hq")
        self.folder = folder

    def start(self) -> "House":
        self.broker.start()
        self.hq.start()
        self.hub = Hub(self.folder / "hub", self.broker, self.hq, EXTRA)
        config = self.hub.config.read_text().replace("min_lux: 150", "min_lux: 150, dark_after: 1s")
        self.hub.config.write_text(config)
        hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash
        with (self.hub.folder / "secrets.yaml").open("a") as secrets:
            secrets.write(f'password: "{hashed(PASSWORD)}"\nother_pin: "{hashed(OTHER_PIN)}"\n')
        (self.hub.folder / "floor-1.svg").write_text(PLAN)
        self.hub.started()
        self.answers()
        return self

    def answers(self) -> None:
        """The page is there, and sees the core."""
        wait_until(lambda: _core(self.hub) == "running", 20, "the page sees the core")

    def stop(self) -> None:
        self.hub.stop()
        self.hq.stop()
        self.broker.stop()


def _core(hub: Hub) -> str:
    try:
        return hub.status()["core"]
    except OSError:
        return ""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def screen(context: BrowserContext, address: str) -> Page:
    """A page; what its console complains of is in `complaints`."""
    page = context.new_page()
    page.complaints = []
    page.on(
        "console", lambda said: page.complaints.append(f"{said.text} {said.location}") if said.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address)
    return page


def sign_in(page: Page, hub: Hub, name: str = "", pin: str = PIN) -> None:
    """With name and password, or as a caretaker with the PIN alone."""
    page.goto(f"{hub.url}/login")
    if name:
        page.fill("#name", name)
    page.fill("#secret" if name else "#pin", PASSWORD if name else pin)
    page.press("#secret" if name else "#pin", "Enter")
    page.wait_for_selector(".leave")
