"""Placing a sensor on the floor plan in a real browser: with a mouse, a finger or the keyboard, and it stays there."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.house import DESK, sign_in

pytestmark = pytest.mark.xdist_group("page")


@pytest.fixture
def plan(house, look):
    """Opens the plan ready for placing; an inspector is signed in."""

    def plan_(viewport, **options):
        page = look("/login?lang=en", viewport, **options)
        sign_in(page, house.hub, "Марат")
        page.goto(f"{house.hub.url}/plan/1?lang=en")
        page.get_by_text("Place the sensors").click()
        expect(page.locator("#placing-how")).to_be_visible()
        return page

    return plan_


def spot(page, across: float, down: float) -> tuple[float, float]:
    """Where that is on the screen; shares of the picture."""
    place = """(svg, [across, down]) => {
      const {width, height} = svg.dataset;
      const {x, y} = new DOMPoint(width * across, height * down).matrixTransform(svg.getScreenCTM());
      return [x, y];
    }"""
    return tuple(page.locator("#plan svg").evaluate(place, [across, down]))


def show(legend) -> None:
    """Below the plan, which stays at the top of the screen."""
    legend.evaluate("(legend) => legend.closest('.place').scrollIntoView()")


def kept(page, device: str) -> tuple[float, float]:
    """In percent, as the page shows it after it was kept."""
    page.get_by_role("button", name="Keep these places").click()
    expect(page.locator(".said-done")).to_be_visible()
    expect(page.locator(f".mark[data-device={device}]")).to_be_visible()
    return tuple(float(page.locator(f"[name={axis}-{device}]").input_value()) for axis in "xy")


def drag(page, mark, across: float, down: float) -> None:
    box = mark.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*spot(page, across, down), steps=6)
    page.mouse.up()


def test_with_a_mouse_from_the_list_and_again_on_the_plan(plan):
    page = plan(DESK)
    legend = page.locator(".place[data-device=door-main] legend")
    show(legend)
    drag(page, legend, 0.25, 0.5)
    assert kept(page, "door-main") == pytest.approx((25, 50), abs=1)
    page.get_by_text("Place the sensors").click()
    page.locator("#plan").scroll_into_view_if_needed()
    drag(page, page.locator(".mark[data-device=door-main]"), 0.75, 0.25)
    assert "/plan/1" in page.url, "dragging a mark does not open it"
    assert kept(page, "door-main") == pytest.approx((75, 25), abs=1)
    page.locator(".mark[data-device=door-main]").click()
    page.wait_for_url("**/devices/door-main*")
    assert page.complaints == []


def test_with_a_finger(plan):
    page = plan({"width": 412, "height": 915}, has_touch=True, is_mobile=True)
    legend = page.locator(".place[data-device=wc-1] legend")
    show(legend)
    box, (x, y) = legend.bounding_box(), spot(page, 0.5, 0.75)
    left, top = box["x"] + 30, box["y"] + box["height"] / 2
    chrome = page.context.new_cdp_session(page)
    touch(chrome, "touchStart", (left, top))
    for step in range(1, 6):
        touch(chrome, "touchMove", (left + (x - left) * step / 5, top + (y - top) * step / 5))
    touch(chrome, "touchEnd")
    assert kept(page, "wc-1") == pytest.approx((50, 75), abs=1)
    assert page.complaints == []


def touch(chrome, kind: str, *points: tuple[float, float]) -> None:
    """As Chromium gets it from a screen."""
    chrome.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_with_the_arrow_keys_and_the_place_is_said(plan):
    page = plan(DESK)
    mark, said = page.locator(".mark[data-device=panic-hall]"), page.locator("#placing-said")
    page.fill("[name=x-panic-hall]", "97")
    page.fill("[name=y-panic-hall]", "40")
    mark.focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile("98 % from the left, 40 % from the top"))
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text(re.compile("100 % from the left, 36 % from the top"))
    expect(mark).to_be_focused()
    assert kept(page, "panic-hall") == (100, 36)
    assert page.complaints == []


def test_with_the_keyboard_and_what_is_wrong_is_not_lost(plan):
    page = plan(DESK)
    page.focus("[name=x-panic-gym]")
    page.keyboard.type("10")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".mark[data-device=panic-gym]")).to_be_visible()
    page.locator("#placing").evaluate("(form) => { form.noValidate = true; }")
    page.fill("[name=x-panic-hall]", "50")
    page.fill("[name=y-panic-hall]", "500")
    page.get_by_role("button", name="Keep these places").click()
    expect(page.locator(".said-failed")).to_be_visible()
    assert page.input_value("[name=x-panic-gym]") == "10"
    page.fill("[name=y-panic-hall]", "50")
    page.focus("[name=y-panic-hall]")
    page.keyboard.press("Enter")
    expect(page.locator(".said-done")).to_be_visible()
    assert (page.input_value("[name=x-panic-gym]"), page.input_value("[name=y-panic-gym]")) == ("10.0", "20.1")
    assert [said for said in page.complaints if "409" not in said and "400" not in said] == []
