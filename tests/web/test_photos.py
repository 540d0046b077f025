"""Photographs that are kept: small, telling nothing but what they show, and no more than there is room for."""

import io

import pytest
from PIL import Image

from hub.store import album as albums
from hub.store.album import Album
from hub.web import photos
from hub.web.photos import Refused, keep
from tests.web.pictures import picture


@pytest.fixture
def album(tmp_path):
    return Album(tmp_path / "hub.db")


def test_a_kept_photograph_is_small_and_tells_nothing_but_what_it_shows(album):
    (name,) = keep([picture()], album)
    kept = album.read(name)
    with Image.open(io.BytesIO(kept)) as image:
        assert max(image.size) <= photos.LONGEST_SIDE
        assert dict(image.getexif()) == {}
    assert b"telephone" not in kept
    assert (album.folder / f"{name}.jpg").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_what_telephones_make_is_understood(album, form):
    assert keep([picture(form, (800, 600))], album)


def test_a_picture_that_would_fill_the_memory_is_refused(album):
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    bomb.seek(0)
    with pytest.raises(Refused, match="photo_not_understood"):
        keep([bomb], album)


def test_no_more_photographs_than_the_quota(album, monkeypatch):
    monkeypatch.setattr(albums, "QUOTA", 1000)
    with pytest.raises(Refused, match="no_room_for_photos"):
        keep([picture()], album)
    assert list(album.folder.iterdir()) == []


def test_of_too_many_at_once_none_is_kept(album):
    with pytest.raises(Refused, match="too_many_photos"):
        keep([picture()] * 7, album)
    assert not album.folder.exists()


def test_a_photograph_that_was_changed_on_the_disk_is_not_shown(album):
    (name,) = keep([picture()], album)
    (album.folder / f"{name}.jpg").write_bytes(b"another")
    assert album.read(name) is None
    assert album.read("../hub") is None
