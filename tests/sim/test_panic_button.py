"""The simulated panic button on a real broker: nothing but the hub's receipt ends its call."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.sim.client import Address
from hub.sim.inventory import fitting
from hub.sim.panic_button import PanicButton
from tests.servers import Mosquitto, wait_until
from tests.sim.listener import Listener, listening

GYM = "panic-gym"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path / "broker")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hub(broker: Mosquitto) -> Iterator[Listener]:
    """Hears the button, and answers when the test says so."""
    with listening(broker.port, "hub", broker.users["hub"]) as listener:
        yield listener


@contextmanager
def tended(broker: Mosquitto) -> Iterator[PanicButton]:
    """A button whose owner looks after it."""
    button, stop = PanicButton(fitting(GYM)), threading.Event()
    button.start(Address("127.0.0.1", broker.port, "sensors", broker.users["sensors"]))

    def tend() -> None:
        while not stop.wait(0.05):
            button.tend()

    thread = threading.Thread(target=tend)
    thread.start()
    yield button
    stop.set()
    thread.join()
    button.stop()


def test_a_press_is_repeated_every_two_seconds_at_qos_1_until_the_receipt(broker: Mosquitto, hub: Listener) -> None:
    with tended(broker) as button:
        wait_until(lambda: hub.last(f"school/{GYM}/status") == b"online", 5, "it is online")
        began = time.monotonic()
        assert button.press() == 1
        wait_until(lambda: len(hub.presses(GYM)) >= 3, 8, "two repeats")
        assert 3.5 < time.monotonic() - began < 5.5
        assert {message.qos for message in hub.of(f"school/{GYM}/event")} == {1}
        assert not any(message.retained for message in hub.of(f"school/{GYM}/event"))
        assert all(press == {"event": "panic", "boot": button.boot, "seq": 1} for press in hub.presses(GYM))
        hub.answer(GYM, button.boot, 1, "stored")
        wait_until(lambda: button.lamp == "steady", 2, "the lamp is steady")
        count = len(hub.presses(GYM))
        time.sleep(2.5)
        assert len(hub.presses(GYM)) == count


def test_the_lamp_shows_how_far_help_is(broker: Mosquitto, hub: Listener) -> None:
    with tended(broker) as button:
        wait_until(lambda: hub.last(f"school/{GYM}/text_sensor/lamp/state") == b"off", 5, "the lamp is off")
        button.press()
        for stage, lamp in (("", b"blinking"), ("stored", b"steady"), ("hq", b"green")):
            if stage:
                hub.answer(GYM, button.boot, 1, stage)
            wait_until(lambda shown=lamp: hub.last(f"school/{GYM}/text_sensor/lamp/state") == shown, 2, str(lamp))


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"boot":1,"seq":1,"stage":"stored"}', b"[1]", b'{"boot":"x"}'])
def test_a_foreign_or_broken_receipt_does_not_silence_it(broker: Mosquitto, hub: Listener, payload: bytes) -> None:
    with tended(broker) as button:
        wait_until(lambda: hub.last(f"school/{GYM}/status") == b"online", 5, "it is online")
        button.press()
        hub.client.publish(f"school/{GYM}/receipt", payload, qos=1)
        wait_until(lambda: len(hub.presses(GYM)) >= 2, 5, "a repeat")
        assert button.lamp == "blinking"


def test_a_press_made_while_the_broker_is_away_arrives_when_it_is_back(broker: Mosquitto) -> None:
    with tended(broker) as button:
        wait_until(lambda: button.is_connected, 5, "it is connected")
        broker.kill()
        wait_until(lambda: not button.is_connected, 5, "it has noticed")
        button.press()
        assert button.lamp == "blinking"
        broker.start()
        with listening(broker.port, "hub", broker.users["hub"]) as hub:
            wait_until(lambda: hub.presses(GYM), 15, "the press arrives")
            assert hub.presses(GYM)[0]["seq"] == 1


def test_its_will_says_that_it_is_gone_and_its_goodbye_too(broker: Mosquitto, hub: Listener) -> None:
    with tended(broker):
        wait_until(lambda: hub.last(f"school/{GYM}/status") == b"online", 5, "it is online")
    wait_until(lambda: hub.last(f"school/{GYM}/status") == b"offline", 5, "it is offline")


def test_two_starts_never_share_a_number() -> None:
    boots = {PanicButton(fitting(GYM)).boot for _ in range(20)}
    assert len(boots) == 20
