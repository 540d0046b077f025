"""Headquarters' console in a real browser: what the duty officer of the demonstration sees, and what an answer does."""

import pytest
from playwright.sync_api import expect

from tests.journeys.house import DESK, PHONE, screen

pytestmark = pytest.mark.xdist_group("page")


@pytest.fixture
def console(browser, hq):
    context = browser.new_context(viewport=DESK)
    yield screen(context, f"{hq.url}/?lang=en")
    context.close()


def test_an_officer_sees_the_alarm_without_a_reload_and_the_school_learns_of_the_answer(hub, hq, button, console):
    expect(console.locator("main")).to_contain_text("No open alarms")
    hub.started()
    button.press_until_stored(1)
    alarm = console.locator("article.alarm")
    expect(alarm).to_contain_text("panic button", timeout=5000)
    assert alarm.evaluate("(part) => getComputedStyle(part).backgroundColor") == "rgb(176, 0, 32)", "as an alarm looks"
    console.fill("[name=operator]", "Дулат")
    console.click("text=I've got it")
    expect(alarm).to_contain_text("Acknowledged by: Дулат, the school is being told…", timeout=5000)
    expect(console.locator("article.taken")).to_contain_text("Дулат", timeout=20_000)  # the school has said so
    assert [step["by"] for step in hub.alarms()[0]["steps"] if step["step"] == "acknowledged"] == ["operator"]
    console.set_viewport_size(PHONE)
    assert console.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert console.complaints == []


def test_a_console_that_is_cut_off_says_that_it_may_be_old(hq, console):
    expect(console.locator("#lost")).to_be_hidden()
    hq.stop()
    expect(console.locator("#lost")).to_contain_text("this page may be old", timeout=5000)
