import pytest

from hub.web.pins import STRANGERS_TRIES, TRIES, LockedOut, Pins, WrongPin
from tests.web.school import PEOPLE, PIN


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pins(clock):
    return Pins(PEOPLE, clock)


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
