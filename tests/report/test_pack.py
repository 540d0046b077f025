"""The pack: signed, complete, and whatever is changed in it afterwards is named."""

import io
import re
import stat
import subprocess
import zipfile
from contextlib import contextmanager

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.commands import Inspected
from hub.report import container
from hub.report.build import read_report
from hub.report.key import BadKey, fingerprint, key_path, own_key
from hub.report.pack import make_pack
from hub.report.verify_pack import verify_pack
from hub.store.inbox import Inbox
from tests.domain.build import site
from tests.report.story import SECRET, forge, told
from tests.servers import program

KAZAKH = "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя"


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    story = told(tmp_path_factory.mktemp("story"))
    yield story
    story.close()


@pytest.fixture(scope="module")
def made(story, tmp_path_factory):
    """A pack in Kazakh whose school has every letter of the language in its name."""
    school = msgspec.structs.replace(site(), name={"kk": KAZAKH, "ru": KAZAKH})
    path = tmp_path_factory.mktemp("pack") / "pack.zip"
    return path, make_pack(school, story.path, path, story.school.now.wall + 60_000, 365, "kk")


@contextmanager
def without_pdf():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.report.printed.find_spec", lambda name: None)
        yield


@pytest.fixture
def no_pdf():
    """For tests that are about something else."""
    with without_pdf():
        yield


@pytest.fixture(scope="module")
def small(story, tmp_path_factory):
    """A pack without PDF, whose every byte can be tried."""
    with without_pdf():
        path = tmp_path_factory.mktemp("small") / "pack.zip"
        made = make_pack(site(), story.path, path, story.school.now.wall + 60_000, 365, "ru")
    assert "not installed" in made.no_pdf
    return path.read_bytes()


def wrong(path, pinned="", secrets=None):
    return verify_pack(path, pinned, secrets or {}).wrong


def rewritten(source: bytes, path, change):
    """The same files, changed by `change`, in a new archive with the old comment."""
    with zipfile.ZipFile(io.BytesIO(source)) as old:
        files = {name: old.read(name) for name in old.namelist()}
        comment = old.comment
    change(files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in files.items():
            new.writestr(name, data)
        new.comment = comment
    return path


def test_a_pack_is_whole_signed_and_proven(story, made):
    path, pack = made
    verdict = verify_pack(path, pack.key, {"*": SECRET})
    assert verdict.wrong == ()
    assert verdict.found[0].startswith("signed by the key ")
    assert "bears headquarters' signature" in verdict.found[-1]


def test_it_holds_everything_an_inspector_takes_away(made):
    with zipfile.ZipFile(made[0]) as archive:
        assert set(archive.namelist()) == {
            "manifest.json", "manifest.sig", "hub-key.pem", "readme.txt", "report.json", "report.html", "report.pdf",
            "journal.jsonl", "anchors.jsonl", "inventory.csv", "availability.csv", "alarms.csv", "ladder.csv",
            "responses.csv", "deliveries.csv", "tests.csv", "days.csv", "drills.csv", "rounds.csv", "findings.csv",
        }  # fmt: skip
        report = msgspec.json.decode(archive.read("report.json"))
        assert archive.read("alarms.csv").startswith(b"\xef\xbb\xbfid;device;")
    assert [alarm["alarm"] for alarm in report["alarms"]] == ["panic", "leak"]
    assert report["alarms"][0]["response_ms"] == 21_000


def test_the_pdf_has_every_kazakh_letter(made, tmp_path):
    with zipfile.ZipFile(made[0]) as archive:
        (tmp_path / "report.pdf").write_bytes(archive.read("report.pdf"))
    command = [program("pdftotext", "poppler-utils"), tmp_path / "report.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert set(KAZAKH) <= set(text)
    assert "Тексеру актісі" in text
    assert "дабыл түймесі басылды" in " ".join(text.split())
    whole = {"Датчик", "Аймақ,", "Батарея", "Орнатылған", "Вестибюль", "panic-hall"}
    assert whole <= set(text.split()), "no word and no name is broken, however many columns there are"
    assert not re.search(r"\d\d\.\d\d\.\d{0,3}\s", text), "nor is a date"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_byte_changed_anywhere_is_named(small, tmp_path, data):
    place = data.draw(st.integers(0, len(small) - 1))
    other = data.draw(st.integers(1, 255))
    path = tmp_path / "changed.zip"
    path.write_bytes(small[:place] + bytes([small[place] ^ other]) + small[place + 1 :])
    assert wrong(path)


@pytest.mark.parametrize(
    "name", ["report.json", "alarms.csv", "journal.jsonl", "report.html", "manifest.json", "hub-key.pem"]
)
def test_the_file_that_was_changed_is_named(small, tmp_path, name):
    def change(files):
        middle = len(files[name]) // 2
        files[name] = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]

    assert any(name in line for line in wrong(rewritten(small, tmp_path / "p.zip", change)))


def test_files_that_are_missing_or_added_are_named(small, tmp_path):
    def change(files):
        del files["alarms.csv"]
        files["notes.txt"] = b"?"

    found = wrong(rewritten(small, tmp_path / "p.zip", change))
    assert {"alarms.csv is missing", "notes.txt was added"} <= set(found)
    for name in ("manifest.json", "manifest.sig", "hub-key.pem"):
        path = rewritten(small, tmp_path / "p.zip", lambda files, name=name: files.pop(name))
        assert f"{name} is missing" in wrong(path)


def test_a_pack_that_was_only_packed_anew_is_told_from_a_changed_one(small, tmp_path):
    found = wrong(rewritten(small, tmp_path / "p.zip", lambda files: None))
    assert found == ("the archive itself was changed, outside its files: they are as they were signed",)


def test_bytes_before_or_behind_the_archive_are_seen(small, tmp_path):
    path = tmp_path / "p.zip"
    for whole in (b"x" + small, small + b"x"):
        path.write_bytes(whole)
        assert wrong(path)


def test_a_pack_signed_with_another_key_is_not_the_hubs(made, story, tmp_path):
    assert wrong(made[0], "0" * 64) == ("it was signed by another key than the one expected",)


def test_a_school_that_signs_a_changed_report_is_contradicted_by_its_journal(story, tmp_path, no_pdf):
    """Whoever has the hub's computer has its key: the journal, which headquarters has proof of, is what remains."""
    copy = tmp_path / "hub.db"
    story.store.connection.execute("VACUUM INTO ?", (str(copy),))
    forge(copy, "UPDATE alarms SET body = json_set(body, '$.acknowledged_at', json_extract(body, '$.raised_at') + 1000)"
          " WHERE id = 1", "DELETE FROM alarms WHERE id = 2")  # fmt: skip
    path = tmp_path / "pack.zip"
    make_pack(site(), copy, path, story.school.now.wall + 60_000, 365, "ru")
    assert wrong(path) == (
        "alarm 1 in report.json is not what the journal says",
        "alarm 2 is in the journal, but not in report.json",
    )


def test_a_journal_that_was_forged_before_the_pack_was_made_is_named(story, tmp_path, no_pdf):
    copy = tmp_path / "hub.db"
    story.store.connection.execute("VACUUM INTO ?", (str(copy),))
    forge(copy, "DELETE FROM journal WHERE no = 6")
    path = tmp_path / "pack.zip"
    make_pack(site(), copy, path, story.school.now.wall + 60_000, 365, "ru")
    assert wrong(path) == ("the journal in it is not whole: record 6 was removed",)


def test_an_extract_of_the_last_days_is_whole_too(story, tmp_path, no_pdf):
    later = story.school.now.wall + 400 * 86_400_000
    path = tmp_path / "pack.zip"
    made = make_pack(site(), story.path, path, later, 30, "en")
    assert made.report.alarms == ()
    assert wrong(path) == ()


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (lambda: b"", "not a whole ZIP"),
        (lambda: b"PK\x05\x06" + bytes(18), "manifest.json is missing"),
        (lambda: archive({"../../etc/passwd": b"x"}), "a file with the name"),
        (lambda: archive({f"f{n}.txt": b"" for n in range(1001)}), "more than"),
        (lambda: archive({"a.txt": bytes(600_000), "b.txt": bytes(600_000)}), "unpacked it is larger"),
    ],
    ids=["empty", "no files", "path", "many", "bomb"],
)
def test_hostile_archives_are_refused(tmp_path, monkeypatch, whole, why):
    monkeypatch.setattr(container, "FILE_BYTES", 1_000_000)
    path = tmp_path / "p.zip"
    path.write_bytes(whole())
    assert any(why in line for line in wrong(path)), wrong(path)


def archive(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=400))
def test_whatever_is_said_in_the_files_is_answered(small, tmp_path, junk):
    def change(files):
        files["manifest.json"] = files["journal.jsonl"] = files["hub-key.pem"] = junk

    assert wrong(rewritten(small, tmp_path / "p.zip", change))


def test_the_key_is_made_once_and_is_for_the_hub_alone(tmp_path):
    store = tmp_path / "hub.db"
    first = own_key(store)
    assert stat.S_IMODE(key_path(store).stat().st_mode) == 0o600
    assert fingerprint(own_key(store).public_key()) == fingerprint(first.public_key())
    assert [path.name for path in tmp_path.iterdir()] == ["hub-key.pem"]
    key_path(store).chmod(0o640)
    with pytest.raises(BadKey, match="chmod 600"):
        own_key(store)
    key_path(store).write_text("no key")
    key_path(store).chmod(0o600)
    with pytest.raises(BadKey, match="not a signing key"):
        own_key(store)
    assert isinstance(first, Ed25519PrivateKey)


def test_openssl_verifies_the_signature_without_the_hub(made, tmp_path):
    with zipfile.ZipFile(made[0]) as archive_:
        archive_.extractall(tmp_path, ["manifest.json", "manifest.sig", "hub-key.pem"])
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "hub-key.pem", "-rawin", "-in", "manifest.json",
               "-sigfile", "manifest.sig"]  # fmt: skip
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    order = "openssl pkey -pubin -in hub-key.pem -outform DER | tail -c 32 | sha256sum"
    said = subprocess.run(order, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.startswith(made[1].key)


def test_an_inspection_is_compared_with_the_last_one(tmp_path):
    story = told(tmp_path)
    story.commits(story.school.happens(Inspected("Inspector", "d" * 64, "k" * 64, {"alarms": 7, "available": None})))
    report = read_report(site(), story.path, story.school.now.wall + 1000)
    story.close()
    assert report.last is not None
    assert (report.last.by, report.last.figures["alarms"]) == ("Inspector", 7)
    assert report.headline["alarms"] == 2


def test_orders_for_the_journal_wait_for_the_core(tmp_path, story):
    inbox = Inbox(tmp_path / "hub.db")
    inbox.open()
    inbox.give(Inspected("A", "d", "k", {"alarms": 1}))
    assert inbox.waiting()[0].command == Inspected("A", "d", "k", {"alarms": 1})
    inbox.close()
