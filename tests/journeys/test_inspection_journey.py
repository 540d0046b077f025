"""A whole inspection in a real browser: look, sort, write down a finding, leave with a pack that proves itself."""

import subprocess
import sys
import zipfile

import pytest
from playwright.sync_api import expect

from tests.journeys.house import DESK, sign_in
from tests.journeys.rig import Button
from tests.servers import program, wait_until

pytestmark = pytest.mark.xdist_group("page")

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
FOUND = f"Кіреберістегі шам жанбайды {KAZAKH}"


@pytest.fixture(scope="module")
def inspected(house):
    """One alarm with headquarters' receipt."""
    button = Button(house.broker)
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    button.publish("school/wc-1/sensor/battery/state", "4")
    wait_until(lambda: len(house.hub.alarms()) == 2, 20, "a press and an empty battery")
    button.close()
    return house


def verify(pack, where) -> subprocess.CompletedProcess[str]:
    """Far from the school: in an empty folder, without its configuration or its store."""
    command = [sys.executable, "-m", "hub", "verify", str(pack)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=where, timeout=60)


def test_an_inspector_leaves_with_a_pack_that_proves_itself(inspected, look, tmp_path):
    page = look("/inspection?lang=en", DESK, accept_downloads=True)
    page.fill("#name", "Марат")
    page.fill("#secret", "not-the-password")
    page.press("#secret", "Enter")
    expect(page.locator(".said-failed")).to_be_visible()
    sign_in(page, inspected.hub, "Марат")
    page.goto(f"{inspected.hub.url}/inspection?lang=en")
    page.get_by_role("link", name="30 days", exact=True).click()
    expect(page.locator("#headline")).to_be_visible()
    page.fill("#text", FOUND)
    page.select_option("#target", "zone:hall")
    page.fill("#due", "2030-01-31")
    page.click("button[value=raise]")
    expect(page.locator(".said-done")).to_be_visible()
    expect(page.locator(".finding")).to_contain_text(FOUND)
    with page.expect_download() as waiting:
        page.click("#pack button[value=kk]")
    pack = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(pack)
    assert [said for said in page.complaints if "403" not in said] == []

    checked = verify(pack, tmp_path)
    assert checked.returncode == 0, checked.stdout
    with zipfile.ZipFile(pack) as archive:
        (tmp_path / "report.pdf").write_bytes(archive.read("report.pdf"))
        names = archive.namelist()
    command = [program("pdftotext", "poppler-utils"), tmp_path / "report.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert set(KAZAKH) <= set(text)
    assert FOUND in " ".join(text.split())
    (alarms,) = (name for name in names if name.endswith("alarms.csv"))
    assert f"{alarms} was changed" in with_one_byte_changed(pack, alarms, tmp_path)


def with_one_byte_changed(pack, name: str, where) -> str:
    """What is said of a pack of which one byte of one file is another."""
    changed = where / "changed.zip"
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(changed, "w") as new:
        for one in old.infolist():
            content = bytearray(old.read(one))
            if one.filename == name:
                content[len(content) // 2] ^= 1
            new.writestr(one, bytes(content))
    checked = verify(changed, where)
    assert checked.returncode == 1, checked.stdout
    return checked.stdout


def test_tables_are_sorted_and_searched(inspected, look):
    page = look("/login?lang=en", DESK)
    sign_in(page, inspected.hub, "Марат")
    page.goto(f"{inspected.hub.url}/inspection?lang=en")
    table = page.locator("#availability table")
    devices = page.locator("#availability tbody tr th")
    expect(table.locator("thead .sort")).to_have_count(7)
    table.locator("thead .sort").first.press("Enter")
    names = [name.strip() for name in devices.all_inner_texts()]
    assert names == page.evaluate("(names) => [...names].sort(new Intl.Collator('en', {numeric: true}).compare)", names)
    expect(table.locator("thead th").first).to_have_attribute("aria-sort", "ascending")
    table.locator("thead .sort").first.click()
    assert [name.strip() for name in devices.all_inner_texts()] == names[::-1]
    table.locator("thead .sort").nth(1).click()
    shares = table.locator("tbody tr").evaluate_all("(rows) => rows.map((row) => row.cells[1].dataset.value)")
    assert [float(one or "-inf") for one in shares] == sorted(float(one or "-inf") for one in shares)
    page.fill("#availability .search", "PANIC")
    assert all("panic" in name for name in table.locator("tbody tr:visible th").all_inner_texts())
    assert table.locator("tbody tr:visible").count() == 2
    page.fill("#availability .search", "")
    assert table.locator("tbody tr:visible").count() == len(names)
    assert page.complaints == []
