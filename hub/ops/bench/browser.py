"""When a telephone shows the status page: largest contentful paint in a real Chromium that is made slow.

The telephone is that of Chrome's own tools: "mid-tier mobile" (processor slowed four times) on "Slow 4G", called "Fast
3G" before 2024 (1.44 Mbit/s down, 0.675 Mbit/s up, 562.5 ms for each request).
https://chromium.googlesource.com/devtools/devtools-frontend/+/refs/heads/main/front_end/core/sdk/NetworkManager.ts
"""

import shutil
import time
import urllib.request
from typing import TYPE_CHECKING, Final

import msgspec

from hub.ops.bench.figures import Figure, not_measured, percentile
from hub.ops.bench.measures import DEVICES
from hub.ops.bench.rig import Finger, HubUnderTest, NotMeasured, Rig, wait_for
from hub.sim.ports import listens

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

NAME: Final = "status page, 300 devices, largest contentful paint on a slow telephone, p75"
GOAL_SECONDS: Final = 2
LOOKS: Final = 8
LATE_SECONDS: Final = 2
"""What is painted so long after the page has loaded still counts."""
PHONE: "Final[ViewportSize]" = {"width": 360, "height": 740}
SLOWED: Final = 4
SLOW_4G: Final = {
    "offline": False,
    "downloadThroughput": 1.6e6 / 8 * 0.9,
    "uploadThroughput": 750e3 / 8 * 0.9,
    "latency": 150 * 3.75,
}
_PAINTED: Final = """() => new Promise((done) => new PerformanceObserver((list) => {
  const last = list.getEntries().at(-1);
  if (last) done(last.startTime);
}).observe({ type: "largest-contentful-paint", buffered: true }))"""


def first_picture(rig: Rig) -> Figure:
    """Seconds; without a browser the line says what is missing."""
    try:
        took = _looks(rig)
    except NotMeasured as missing:
        return not_measured(NAME, "s", GOAL_SECONDS, str(missing))
    return Figure(NAME, percentile(took, 0.75), "s", GOAL_SECONDS, "at most")


def _looks(rig: Rig) -> list[float]:
    """Each with a new browser's empty cache. Raises NotMeasured where there is no Chromium or no playwright."""
    program = shutil.which("chromium")
    if program is None:
        raise NotMeasured("Chromium is missing (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotMeasured("playwright is missing (pip install 'school-safety-hub[bench]')") from None
    hub = HubUnderTest(rig, "picture", 5, DEVICES)
    hub.start()
    try:
        _some_alarms(rig, hub)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            took = [_look(browser, hub.page) for _ in range(LOOKS)]
            browser.close()
        return took
    finally:
        hub.stop()


def _some_alarms(rig: Rig, hub: HubUnderTest) -> None:
    """A school that has spoken, with a press and five leaks."""
    rig.output("hub.sim.load", "--port", rig.broker.port, "--username", "sensors", "--rate", DEVICES, "--devices",
               DEVICES, "--seconds", 3)  # fmt: skip
    finger = Finger(rig)
    finger.press(0)
    for device in range(2, 22, 4):
        finger.say(f"school/load-{device:03d}/binary_sensor/leak/state", "ON")
    wait_for(lambda: listens(hub.page), 20, "the page answers")
    wait_for(lambda: _alarms(hub.page) >= 6, 20, "the alarms are there")
    finger.close()


def _alarms(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/alarms", timeout=10) as answer:
        return len(msgspec.json.decode(answer.read()))


def _look(browser: "Browser", port: int) -> float:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    chrome = context.new_cdp_session(page)
    chrome.send("Network.enable")
    chrome.send("Network.emulateNetworkConditions", dict(SLOW_4G))
    chrome.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(f"http://127.0.0.1:{port}/", wait_until="load")
    time.sleep(LATE_SECONDS)
    painted = float(page.evaluate(_PAINTED)) / 1000
    context.close()
    return painted
