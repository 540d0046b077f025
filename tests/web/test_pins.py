import pyotp
import pytest

from hub.web.pins import Pins, WrongPin
from hub.web.tries import STRANGERS_TRIES, TRIES, LockedOut
from tests.web.school import PASSWORDS, PEOPLE, PIN, TOTP_KEY


class Clock:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock(1000.0)


@pytest.fixture
def pins(tmp_path, clock):
    return Pins(PEOPLE, tmp_path / "hub.db", clock)


def page_anew(tmp_path, wall, boot=0.0):
    """A page that has started again; its steady clock begins anew with the computer."""
    return Pins(PEOPLE, tmp_path / "hub.db", Clock(boot), Clock(wall))


def wrong(pins, address, times=1):
    for _ in range(times):
        with pytest.raises(WrongPin):
            pins.person("0000", address)


def test_a_pin_names_its_person(pins):
    assert pins.person(PIN, "a").name == "Айгүл"


def test_a_lock_out_ends_and_the_next_is_longer(pins, clock):
    wrong(pins, "a", TRIES)
    with pytest.raises(LockedOut) as first:
        pins.person(PIN, "a")
    clock.seconds += 61
    wrong(pins, "a", TRIES)
    with pytest.raises(LockedOut) as second:
        pins.person(PIN, "a")
    assert (first.value.seconds, second.value.seconds) == (60, 120)


def test_one_address_does_not_lock_out_another(pins):
    wrong(pins, "a", TRIES)
    assert pins.person(PIN, "b").role == "caretaker"


def test_a_right_pin_forgives_what_was_wrong_before(pins):
    wrong(pins, "a", TRIES - 1)
    pins.person(PIN, "a")
    wrong(pins, "a", TRIES - 1)
    assert pins.person(PIN, "a")


def test_many_strangers_together_are_locked_out_but_not_a_known_address(pins, clock):
    pins.person(PIN, "caretaker")
    for number in range(STRANGERS_TRIES):
        wrong(pins, f"stranger-{number}")
    with pytest.raises(LockedOut):
        pins.person(PIN, "one more")
    assert pins.person(PIN, "caretaker")
    clock.seconds += 3601
    assert pins.person(PIN, "one more")


def test_a_lock_out_outlives_the_page(tmp_path):
    pins = page_anew(tmp_path, 50_000)
    for _ in range(3):
        pins._tries._now.seconds += 3600
        wrong(pins, "a", TRIES)
    for wall, left in ((50_010, 230), (40_000, 240)):
        with pytest.raises(LockedOut) as locked:
            page_anew(tmp_path, wall, boot=7).person(PIN, "a")
        assert locked.value.seconds == left
    assert page_anew(tmp_path, 50_241).person(PIN, "a")


def test_nobody_gains_guesses_by_bringing_the_page_down(tmp_path):
    for number in range(STRANGERS_TRIES):
        wrong(page_anew(tmp_path, 50_000 + number), f"stranger-{number}")
    with pytest.raises(LockedOut):
        page_anew(tmp_path, 50_100).person(PIN, "one more")
    assert page_anew(tmp_path, 53_601).person(PIN, "one more")


def test_a_caretakers_telephone_is_known_after_a_restart(tmp_path):
    page_anew(tmp_path, 50_000).person(PIN, "caretaker")
    for number in range(STRANGERS_TRIES):
        wrong(page_anew(tmp_path, 50_000), f"stranger-{number}")
    assert page_anew(tmp_path, 50_000).person(PIN, "caretaker")


def signs_in(pins, step):
    pins.with_password("Дана", PASSWORDS["admin"], pyotp.TOTP(TOTP_KEY).generate_otp(step), "a")


def test_a_code_is_good_once_also_over_a_restart(tmp_path):
    signs_in(page_anew(tmp_path, 30_000), 1000)
    with pytest.raises(WrongPin):
        signs_in(page_anew(tmp_path, 30_010), 1000)
    signs_in(page_anew(tmp_path, 30_010), 1001)


def test_a_clock_that_was_ahead_keeps_nobody_out(tmp_path):
    signs_in(page_anew(tmp_path, 90_000_000), 3_000_000)
    signs_in(page_anew(tmp_path, 30_000), 1000)


@pytest.mark.parametrize("content", [b"", b"{", b'{"records": 7}'])
def test_a_file_that_cannot_be_read_is_begun_anew(tmp_path, content):
    (tmp_path / "hub-page-tries.json").write_bytes(content)
    wrong(page_anew(tmp_path, 0), "a")
    assert b'"wrong":1' in (tmp_path / "hub-page-tries.json").read_bytes()


def test_what_was_tried_is_for_its_owner_and_a_right_pin_writes_nothing(tmp_path):
    pins, path = page_anew(tmp_path, 0), tmp_path / "hub-page-tries.json"
    pins.person(PIN, "a")
    assert path.stat().st_mode & 0o077 == 0
    path.unlink()
    pins.person(PIN, "a")
    assert not path.exists()


def test_a_disk_that_refuses_stops_nobody(tmp_path):
    pins = Pins(PEOPLE, tmp_path / "none" / "hub.db")
    wrong(pins, "a", TRIES)
    with pytest.raises(LockedOut):
        pins.person(PIN, "a")
