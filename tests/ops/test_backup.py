import io
import sqlite3
import stat
import tarfile
from contextlib import closing

import pytest

from hub.config.model import Config, Mqtt, Plan, Tls, Web
from hub.config.model import Store as StoreSettings
from hub.ops.backup import NotRestored, back_up, restore
from hub.store.beat import AlreadyRunning, Heart
from hub.store.store import Store
from tests.domain.build import School, site

BESIDE = (
    "hub.yaml", "secrets.yaml", "cert.pem", "key.pem", "plans/1.svg", "hub-key.pem", "hub-page.key",
    "hub-page-sessions.json", "hub.db.announced", "hub.db.new", f"hub-photos/{'a1' * 32}.jpg",
)  # fmt: skip
"""Everything but the store itself, each with its own name as content."""


@pytest.fixture
def saved(tmp_path):
    """A store with one press, its configuration and secrets, and their backup."""
    folder = tmp_path / "old"
    folder.mkdir()
    store = Store(folder / "hub.db")
    store.open()
    store.commit([School().presses()])
    elsewhere = tmp_path / "ca.pem"
    elsewhere.write_text("ca\n")
    for name in BESIDE:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    (folder / "hub-commands.db").write_text("orders of yesterday\n")
    config = Config(
        path=folder / "hub.yaml",
        site=site(),
        mqtt=Mqtt(tls=Tls(ca=elsewhere, cert=folder / "cert.pem", key=folder / "key.pem")),
        store=StoreSettings(path=store.path),
        web=Web(),
        plans=(Plan(1, folder / "plans" / "1.svg"), Plan(2, folder / "plans" / "lost.svg")),
    )
    left_out = back_up(config, tmp_path / "b.tar.gz")  # while the writer has it open
    assert left_out == (elsewhere,)
    epoch = store.connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
    store.close()
    return tmp_path / "b.tar.gz", epoch


def test_what_was_saved_while_the_hub_ran_is_there_again_under_a_new_epoch(saved, tmp_path):
    backup, epoch = saved
    written = restore(backup, tmp_path / "new" / "hub.db", tmp_path / "etc" / "hub.yaml")
    of_config = {"hub.yaml", "secrets.yaml", "cert.pem", "key.pem", "plans/1.svg"}
    assert set(written) == {
        tmp_path / "new" / "hub.db",
        *(tmp_path / ("etc" if name in of_config else "new") / name for name in BESIDE),
    }
    for path in written:
        if path.name != "hub.db":
            assert path.read_text() == "/".join(path.relative_to(tmp_path).parts[1:]) + "\n"
    with closing(sqlite3.connect(tmp_path / "new" / "hub.db")) as database:
        assert database.execute("SELECT device, boot, seq FROM presses").fetchall() == [("panic-hall", 7, 1)]
        (renewed,) = database.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    assert renewed != epoch
    assert stat.S_IMODE((tmp_path / "etc" / "secrets.yaml").stat().st_mode) == 0o600


def test_a_backup_can_be_read_by_its_owner_alone(saved):
    assert stat.S_IMODE(saved[0].stat().st_mode) == 0o600


def test_nothing_that_is_there_is_overwritten(saved, tmp_path):
    (tmp_path / "hub.yaml").write_text("mine")
    with pytest.raises(NotRestored, match="already"):
        restore(saved[0], tmp_path / "new" / "hub.db", tmp_path / "hub.yaml")
    assert (tmp_path / "hub.yaml").read_text() == "mine"
    assert not (tmp_path / "new" / "hub.db").exists()


def test_nothing_is_restored_under_a_running_hub(saved, tmp_path):
    heart = Heart(tmp_path / "new" / "hub.db")
    heart.start()
    with pytest.raises(AlreadyRunning):
        restore(saved[0], tmp_path / "new" / "hub.db", tmp_path / "hub.yaml")
    heart.stop()


@pytest.mark.parametrize("cut", [0, 20, 300])
def test_half_a_backup_is_refused(saved, tmp_path, cut):
    half = tmp_path / "half.tar.gz"
    half.write_bytes(saved[0].read_bytes()[:cut])
    with pytest.raises(NotRestored):
        restore(half, tmp_path / "new" / "hub.db", tmp_path / "hub.yaml")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "other", "files/../../x", "files", ".", "photos/../x.jpg", "photos/a.jpg"],
)
def test_an_archive_with_anything_else_in_it_is_refused(tmp_path, name):
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(NotRestored, match="no backup"):
        restore(tmp_path / "evil.tar.gz", tmp_path / "hub.db", tmp_path / "hub.yaml")


def test_two_files_for_one_place_are_refused(tmp_path):
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        for name in ("hub.db", "hub.yaml", "files/hub.yaml"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(NotRestored, match="the same place"):
        restore(tmp_path / "evil.tar.gz", tmp_path / "hub.db", tmp_path / "hub.yaml")


def test_a_damaged_store_is_not_put_back(saved, tmp_path):
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        for name in ("hub.db", "hub.yaml"):
            member = tarfile.TarInfo(name)
            member.size = 5000
            archive.addfile(member, io.BytesIO(b"x" * 5000))
    with pytest.raises(NotRestored, match="damaged"):
        restore(tmp_path / "bad.tar.gz", tmp_path / "hub.db", tmp_path / "hub.yaml")
    assert not (tmp_path / "hub.db").exists()
