"""Both brokers of the demonstration: they start, refuse strangers, keep users to their topics, and end."""

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from hub.sim import broker
from hub.sim.broker import Broker, BrokerFailed, answers
from hub.sim.children import Children
from hub.sim.ports import free_port, listens
from tests.servers import wait_until
from tests.sim.listener import listening

USERS = {"hub": "p-1", "sensors": "p-2", "console": "p-3"}  # no hash can hold the sign; "one" was in one


@pytest.fixture(params=["Mosquitto", "amqtt"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    children = Children(tmp_path)
    try:
        yield broker.start(tmp_path, free_port(), USERS, children, request.param)
    finally:
        children.stop()


def publish(port: int, user: str, topic: str) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    client.username_pw_set(user, USERS[user])
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.publish(topic, b"x", qos=1).wait_for_publish(2)
    client.disconnect()
    client.loop_stop()


@pytest.mark.parametrize(
    ("user", "password", "let_in"),
    [("hub", "p-1", True), ("sensors", "p-2", True), ("hub", "p-2", False), ("nobody", "p-1", False), ("", "", False)],
)
def test_it_lets_in_its_users_and_nobody_else(running: Broker, user: str, password: str, let_in: bool) -> None:
    assert answers(running.port, user, password) is let_in


def test_users_are_kept_to_their_topics(running: Broker) -> None:
    with listening(running.port, "hub", USERS["hub"]) as hub:
        for user, topic in (
            ("console", "school/panic-gym/event"),  # only sensors speak for a button
            ("sensors", "sim/press/panic-gym"),
            ("hub", "school/panic-gym/event"),
            ("console", "sim/press/panic-gym"),
            ("hub", "school/panic-gym/receipt"),
            ("sensors", "school/panic-gym/event"),
        ):
            publish(running.port, user, topic)
        wait_until(lambda: hub.of("school/panic-gym/event"), 5, "what sensors may say")
        topics = sorted(message.topic for message in hub.heard if not message.topic.startswith("$SYS"))
    assert topics == ["school/panic-gym/event", "school/panic-gym/receipt", "sim/press/panic-gym"]


def test_it_ends_when_asked_to(tmp_path: Path) -> None:
    for name in ("Mosquitto", "amqtt"):
        children = Children(tmp_path)
        running = broker.start(tmp_path, free_port(), USERS, children, name)
        began = time.monotonic()
        children.stop()
        assert time.monotonic() - began < 1.5
        assert not listens(running.port)


def test_it_names_itself_and_the_version_to_speak(running: Broker) -> None:
    assert (running.name, running.version) in {("Mosquitto", "5"), ("amqtt", "3.1.1")}


def test_mosquitto_is_taken_where_it_is_installed_and_amqtt_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program, name in ((broker.mosquitto(), "Mosquitto"), (None, "amqtt")):
        monkeypatch.setattr(broker, "mosquitto", lambda found=program: found)
        children = Children(tmp_path)
        try:
            assert broker.start(tmp_path, free_port(), USERS, children).name == name
        finally:
            children.stop()


def test_no_password_stands_in_the_clear_or_open_to_others(running: Broker, tmp_path: Path) -> None:
    files = [
        path for path in tmp_path.iterdir() if path.name in ("passwords", "rights", "mosquitto.conf", "amqtt.json")
    ]
    assert len(files) >= 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(password in (tmp_path / "passwords").read_text() for password in USERS.values())


def test_a_broker_that_cannot_listen_says_why(tmp_path: Path) -> None:
    port = free_port()
    first, second = Children(tmp_path), Children(tmp_path)
    (tmp_path / "second").mkdir()
    try:
        broker.start(tmp_path, port, {"hub": "other"}, first, "Mosquitto")
        with pytest.raises(BrokerFailed, match="ended at once"):
            broker.start(tmp_path / "second", port, USERS, second, "Mosquitto")
    finally:
        second.stop()
        first.stop()


def test_a_missing_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "mosquitto", lambda: "/nonexistent/mosquitto")
    with pytest.raises(BrokerFailed, match="can't be started"):
        broker.start(tmp_path, free_port(), USERS, Children(tmp_path))


def test_where_neither_is_installed_it_says_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "mosquitto", lambda: None)
    monkeypatch.setattr(broker, "find_spec", lambda name: None)
    with pytest.raises(BrokerFailed, match=r"school-safety-hub\[demo\]"):
        broker.start(tmp_path, free_port(), USERS, Children(tmp_path))
