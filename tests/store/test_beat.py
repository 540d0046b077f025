"""A core that is dead, or hangs, is seen; a living one too."""

import os

import pytest

from hub.domain.alarms import Alarm
from hub.store.beat import (
    CALLS_AT_MOST,
    STALE_MS,
    AlreadyRunning,
    Beat,
    Heart,
    beat_path,
    read_pulse,
    spare_path,
)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "hub.db"


def test_a_core_that_never_ran_is_down(store):
    assert read_pulse(store) == (pulse := read_pulse(store))
    assert not pulse.running
    assert pulse.down_since == 0


def test_a_beating_core_runs(store):
    heart = Heart(store)
    heart.start()
    heart.beat(Beat(1, 100, 1000, "connected"))
    pulse = read_pulse(store, now=1500)
    assert pulse.running
    assert pulse.beat == Beat(1, 100, 1000, "connected")
    heart.stop()


def test_a_core_that_ended_is_down_since_its_last_beat(store):
    heart = Heart(store)
    heart.start()
    heart.beat(Beat(1, 100, 1000))
    heart.stop()
    pulse = read_pulse(store, now=1500)
    assert (pulse.running, pulse.down_since) == (False, 1000)


def test_a_core_that_hangs_is_down_though_its_process_lives(store):
    heart = Heart(store)
    heart.start()
    heart.beat(Beat(1, 100, 1000))
    assert not read_pulse(store, now=1000 + STALE_MS).running
    heart.stop()


def test_a_shorter_beat_leaves_nothing_of_a_longer_one(store):
    heart = Heart(store)
    heart.start()
    calls = tuple(Alarm(id=n, device="panic-hall", zone="hall", kind="panic", type="panic", priority="critical")
                  for n in range(CALLS_AT_MOST))  # fmt: skip
    heart.beat(Beat(1, 100, 1000, detail="x" * 200, store="failing", calls=calls))
    assert read_pulse(store, now=1000).beat.calls == calls
    heart.beat(Beat(1, 100, 2000))
    assert read_pulse(store, now=2000).beat == Beat(1, 100, 2000)
    heart.stop()


def test_a_disk_that_takes_a_part_only_is_full(store, spare, monkeypatch):
    heart = Heart(store)
    heart.start()
    refused, write = os.stat(beat_path(store)).st_ino, os.pwrite

    def pwrite(file, text, offset):
        return write(file, text[:100] if os.fstat(file).st_ino == refused else text, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", pwrite)
        heart.beat(Beat(1, 100, 20_000, store="failing"))
        assert read_pulse(store, now=20_500).beat == Beat(1, 100, 20_000, store="failing")
    heart.stop()


def test_two_cores_can_not_share_a_store(store):
    heart = Heart(store)
    heart.start()
    with pytest.raises(AlreadyRunning):
        Heart(store).start()
    heart.stop()


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"{", b'{"pid": "x"}'])
def test_a_torn_file_is_a_core_that_is_down(store, content):
    beat_path(store).write_bytes(content)
    assert not read_pulse(store).running


@pytest.fixture
def spare(store):
    yield spare_path(store)
    spare_path(store).unlink(missing_ok=True)


def test_where_no_file_can_be_made_beside_the_store_the_core_beats_elsewhere(tmp_path, spare):
    store = tmp_path / "a-file" / "hub.db"
    store.parent.write_text("no folder")
    heart, spare = Heart(store), spare_path(store)
    heart.start()
    heart.beat(Beat(1, 100, 1000, store="failing"))
    assert read_pulse(store, now=1500).running
    with pytest.raises(AlreadyRunning):
        Heart(store).start()
    heart.stop()
    assert not read_pulse(store, now=1500).running
    spare.unlink()


def test_a_file_that_takes_no_more_writes_is_still_the_lock_and_the_core_is_seen_to_live(store, spare, monkeypatch):
    heart = Heart(store)
    heart.start()
    heart.beat(Beat(1, 100, 1000))
    refused, write = os.stat(beat_path(store)).st_ino, os.pwrite

    def pwrite(file, text, offset):
        if os.fstat(file).st_ino == refused:
            raise OSError(30, "Read-only file system")
        return write(file, text, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", pwrite)
        heart.beat(Beat(1, 100, 20_000, store="failing"))
        assert read_pulse(store, now=20_500).beat == Beat(1, 100, 20_000, store="failing")
        with pytest.raises(AlreadyRunning):
            Heart(store).start()
    heart.beat(Beat(1, 100, 21_000))
    assert read_pulse(store, now=21_500).beat == Beat(1, 100, 21_000)
    heart.stop()
    assert read_pulse(store, now=21_500).down_since == 21_000
