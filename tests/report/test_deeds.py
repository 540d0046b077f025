"""What people did, in the report and the pack: drills, rounds, findings; held against the journal."""

import re
import shutil
import subprocess
import zipfile
from hashlib import sha256

import msgspec
import pytest

from hub.domain.commands import EndDrill, StartDrill, StartRound
from hub.report import pack
from hub.report.build import read_report
from hub.report.pack import make_pack
from hub.report.printed import spoken
from hub.report.verify import verify_store
from hub.report.verify_pack import verify_pack
from hub.store.album import Album
from tests.report.story import PHOTO, deeds, forge
from tests.servers import program

DAY = 86_400_000


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    story = deeds(tmp_path_factory.mktemp("story"))
    yield story
    story.close()


@pytest.fixture
def no_pdf(monkeypatch):
    monkeypatch.setattr("hub.report.printed.find_spec", lambda name: None)


def later(story, milliseconds=60_000):
    return story.school.now.wall + milliseconds


def report(story, days=365):
    return read_report(story.school.state.site, story.path, later(story), days)


def copied(story, folder):
    """The store with its photographs."""
    copy = folder / "hub.db"
    story.store.connection.execute("VACUUM INTO ?", (str(copy),))
    shutil.copytree(Album(story.path).folder, Album(copy).folder)
    return copy


def packed(story, store, path):
    make_pack(story.school.state.site, store, path, later(story), 365, "ru")
    return verify_pack(path, "", {}).wrong


def test_a_drill_tells_who_when_which_button_and_how_long_the_receipt_took(story):
    (drill,) = report(story).drills
    assert (drill.by, drill.ended_by, drill.until_at - drill.from_at) == ("Айгүл", "", 600_000)
    hall, other = drill.presses
    assert (hall.device, hall.result, hall.pressed_at - drill.from_at, hall.alarm, hall.receipt_ms) == (
        "panic-hall", "received", 60_000, 1, 2000,
    )  # fmt: skip
    assert (other.device, other.result, other.pressed_at) == ("panic-zb", "missed", None)


def test_a_round_tells_each_thing_that_was_looked_at(story):
    (one,) = report(story).rounds
    assert (one.started_by, one.finished_by, one.note) == ("Айгүл", "Айгүл", "in the rain")
    assert {(item.target, item.fine, item.by, item.note) for item in one.items} == {
        ("panic-hall", True, "", ""), ("panic-zb", False, "Айгүл", "the box is locked"),
        ("poster-1", False, "Айгүл", "torn"),
    }  # fmt: skip


def test_findings_tell_who_has_to_do_it_by_when_and_on_what_evidence_they_were_closed(story):
    first, second = report(story).findings
    assert (first.text, first.closed_by, first.evidence, first.photos, first.overdue) == (
        "no light over the exit", "Болат", "a lamp hangs there, 40 lx", (sha256(PHOTO).hexdigest(),), False,
    )  # fmt: skip
    assert (second.assignee, second.due, second.closed_at, second.overdue) == ("contractor", "2027-02-01", None, False)
    until = read_report(story.school.state.site, story.path, later(story, 80 * DAY), 30)
    assert [(row.id, row.overdue) for row in until.findings] == [(2, True)]
    assert (until.headline["findings_open"], until.headline["findings_overdue"]) == (1, 1)


def test_the_main_figures_count_them(story):
    figures = report(story).headline
    names = ("drills", "drill_presses", "drill_presses_received", "rounds_finished", "findings_open", "findings_closed")
    assert [figures[name] for name in names] == [1, 2, 1, 1, 1, 1]


def test_what_somebody_noted_of_a_device_is_in_the_inventory(story):
    item = next(item for item in report(story).inventory if item.device == "door")
    assert (item.model, item.replace_by) == ("MCCGQ11LM", "2027-09-01")


def test_the_pack_holds_them_in_every_form(story, tmp_path):
    path = tmp_path / "pack.zip"
    assert packed(story, story.path, path) == ()
    with zipfile.ZipFile(path) as archive:
        lists = {name: archive.read(f"{name}.csv").decode("utf-8-sig") for name in ("drills", "rounds", "findings")}
        made = msgspec.json.decode(archive.read("report.json"))
        (tmp_path / "report.pdf").write_bytes(archive.read("report.pdf"))
        assert archive.read("finding-1-photo-1.jpg") == PHOTO
    assert "panic-hall;received;2026-11-24T05:01:00.000Z;1;2000" in lists["drills"]
    assert ";poster;poster-1;" in lists["rounds"]
    assert ";a lamp hangs there, 40 lx;finding-1-photo-1.jpg\r\n" in lists["findings"]
    assert "2;the box is locked;device:panic-zb;contractor;2027-02-01;False;" in lists["findings"]
    assert (len(made["drills"]), len(made["rounds"]), len(made["findings"])) == (1, 1, 2)
    command = [program("pdftotext", "poppler-utils"), tmp_path / "report.pdf", "-"]
    text = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    for words in ("Учебные тревоги", "штаб получил", "не нажата", "Обходы", "in the rain", "Замечания", "подрядчик",
                  "устранено"):  # fmt: skip
        assert words in text, words


FORGERIES = {
    "UPDATE findings SET body = json_set(body, '$.text', 'nothing') WHERE id = 2": "finding 2",
    "UPDATE findings SET body = json_set(body, '$.due', '2030-01-01') WHERE id = 2": "finding 2",
    "DELETE FROM findings WHERE id = 2": "finding 2",
    "INSERT INTO findings SELECT 3, open, json_set(body, '$.id', 3) FROM findings WHERE id = 1": "finding 3",
    "UPDATE rounds SET body = replace(body, 'torn', 'fine')": "round 1",
    "DELETE FROM rounds": "round 1",
    """UPDATE drills SET body = json_set(body, '$.presses."panic-zb"', json_array(1, 1))""": "drill 1",
    """UPDATE drills SET body = json_set(body, '$.presses."panic-hall"[1]', 1)""": "drill 1",
    "UPDATE drills SET body = json_set(body, '$.by', 'Nobody')": "drill 1",
    "DELETE FROM drills": "drill 1",
    "UPDATE tasks SET body = json_set(body, '$.note', 'done')": "task of alarm 2",
    "UPDATE positions SET x = 1 WHERE device = 'wc'": "place of wc",
    "DELETE FROM positions WHERE device = 'door'": "place of door",
    "INSERT INTO positions VALUES ('light', 1, 1)": "place of light",
    "UPDATE device_notes SET body = json_set(body, '$.replace_by', '2040-01-01')": "door",
}


@pytest.mark.parametrize(("order", "named"), FORGERIES.items())
def test_what_was_changed_behind_the_hubs_back_is_named(story, tmp_path, no_pdf, order, named):
    copy = copied(story, tmp_path)
    assert verify_store(copy, {}).wrong == ()
    forge(copy, order)
    assert [line for line in verify_store(copy, {}).wrong if re.search(rf"\b{named}\b", line)]
    assert (
        "tasks" in order
        or "positions" in order
        or [line for line in packed(story, copy, tmp_path / "pack.zip") if re.search(rf"\b{named}\b", line)]
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.clear(), "finding-1-photo-1.jpg is missing: the hub did not have it any more"),
        (lambda files: files.update({"finding-1-photo-1.jpg": b"x"}), "is not the photograph that report.json names"),
        (lambda files: files.update({"finding-2-photo-1.jpg": b"x"}), "finding-2-photo-1.jpg is of no finding"),
    ],
)
def test_a_school_that_signs_other_photographs_is_contradicted_by_its_journal(
    story, tmp_path, no_pdf, monkeypatch, change, said
):
    files = {"finding-1-photo-1.jpg": PHOTO}
    change(files)
    monkeypatch.setattr(pack, "_photographs", lambda *_: files)
    (wrong,) = packed(story, story.path, tmp_path / "pack.zip")
    assert said in wrong


def test_a_photograph_that_was_exchanged_or_lost_is_named(story, tmp_path, no_pdf):
    copy = copied(story, tmp_path)
    (kept,) = Album(copy).folder.iterdir()
    kept.write_bytes(b"another")
    (wrong,) = verify_store(copy, {}).wrong
    assert wrong.startswith("a photograph of finding 1 is missing or was exchanged")
    assert packed(story, copy, tmp_path / "pack.zip") == (
        "finding-1-photo-1.jpg is missing: the hub did not have it any more",
    )


def test_a_list_that_says_other_than_the_report_is_named(story, tmp_path, no_pdf, monkeypatch):
    monkeypatch.setattr(pack, "csv_files", lambda *_: {"findings.csv": b"id\r\n"})
    assert packed(story, story.path, tmp_path / "pack.zip") == ("findings.csv is not what report.json says",)


def test_what_goes_on_is_whole_too(tmp_path, no_pdf):
    story = deeds(tmp_path)
    school = story.school
    begun = (StartRound("Айгүл"), StartDrill(("panic-zb",), school.now.wall + 600_000, "Айгүл"))
    story.commits(*(school.happens(order) for order in begun), school.after(1).presses("panic-zb"))
    assert [press.result for press in report(story).drills[1].presses] == ["pressed"]
    assert verify_store(story.path, {}).wrong == ()
    assert packed(story, story.path, tmp_path / "pack.zip") == ()
    story.commits(school.after(1).happens(EndDrill(2, "Болат")))
    assert report(story).drills[1].ended_by == "Болат"
    assert packed(story, story.path, tmp_path / "pack.zip") == ()
    story.close()


def test_the_act_tells_times_as_the_pages_do_also_where_the_schools_time_flies(story):
    site, at = story.school.state.site, story.school.now.wall
    hours = msgspec.structs.replace(site.hours, anchor=at, speed=60)
    flying = spoken(report(story), msgspec.structs.replace(site, hours=hours), "ru")["when"]
    assert flying(at) == spoken(report(story), site, "ru")["when"](at)
    assert flying(at + 60_000) == spoken(report(story), site, "ru")["when"](at + 3_600_000)


def test_an_extract_of_the_last_days_holds_open_findings_that_are_older(story, tmp_path, no_pdf):
    made = make_pack(story.school.state.site, story.path, tmp_path / "p.zip", later(story, 80 * DAY), 30, "kk")
    assert [row.id for row in made.report.findings] == [2]
    assert verify_pack(tmp_path / "p.zip", "", {}).wrong == ()
