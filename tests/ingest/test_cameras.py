"""Cameras are looked at by RTSP, whatever they do; none of them holds up the hub."""

import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.now import Now
from hub.domain.site import Device
from hub.ingest.cameras import EVERY, IN_ONE_THREAD, Checker, checkers
from hub.ingest.rtsp import SECONDS, Answer, Head, NoAnswer, ask, head_of
from tests.ingest.camera import SDP, Camera, answer, answering, flood, trickle
from tests.servers import free_port

UNAUTHORIZED = answer("401 Unauthorized", extra='WWW-Authenticate: Digest realm="cam", nonce="1"\r\n')


def flooding_body(line: socket.socket, method: str) -> None:
    if method == "OPTIONS":
        line.sendall(answer("200 OK"))
    else:
        line.sendall(b"RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        flood(line, method)


def one_answer_a_connection(line: socket.socket, method: str) -> bool:
    line.sendall(answer("200 OK", SDP if method == "DESCRIBE" else b""))
    return False


def shown(manner, seconds: float = 0.5) -> Answer:
    camera = Camera(manner)
    try:
        begun = time.monotonic()
        seen = ask(camera.url, seconds)
        assert time.monotonic() - begun < seconds + 1
        return seen
    finally:
        camera.close()


@pytest.mark.parametrize(
    "manner",
    [
        answering(DESCRIBE=answer("200 OK", SDP)),
        answering(DESCRIBE=UNAUTHORIZED),
        answering(OPTIONS=UNAUTHORIZED),
        answering(DESCRIBE=answer("302 Moved", extra="Location: rtsp://127.0.0.1/2\r\n")),
        answering(OPTIONS=answer("501 Not Implemented"), DESCRIBE=answer("200 OK", SDP)),
        one_answer_a_connection,
    ],
    ids=["ok", "password for the stream", "password for all", "moved", "no OPTIONS", "closes after each"],
)
def test_a_camera_that_is_there(manner):
    assert shown(manner, 5) == Answer(True)


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        (answering(DESCRIBE=answer("404 Not Found")), "answers 404 for this stream"),
        (answering(DESCRIBE=answer("503 Service Unavailable")), "answers 503 for this stream"),
        (answering(DESCRIBE=answer("200 OK", SDP.replace(b"video", b"audio"))), "has no video in this stream"),
        (lambda line, method: None, "no answer in time"),
        (trickle, "no answer in time"),
        (flood, "sends too much"),
        (flooding_body, "sends too much"),
        (lambda line, method: line.sendall(b"HTTP/1.1 200 OK\r\n\r\n"), "does not answer in RTSP"),
        (lambda line, method: line.sendall(b"\xff\x00\r\n\r\n" * 9), "does not answer in RTSP"),
        (lambda line, method: False, "closes the connection"),
    ],
    ids=["no stream", "busy", "no video", "hang", "trickle", "flood", "flood later", "http", "garbage", "closes"],
)
def test_a_camera_that_is_not(manner, why):
    assert shown(manner) == Answer(False, why)


def test_where_nobody_listens():
    assert ask(f"rtsp://127.0.0.1:{free_port()}/1") == Answer(False, "Connection refused")


def test_no_picture_is_asked_for_and_no_password_sent():
    camera = Camera(answering(DESCRIBE=UNAUTHORIZED))
    ask(camera.url)
    camera.close()
    assert [request.split(" ")[0] for request in camera.requests] == ["OPTIONS", "DESCRIBE"]
    assert not any("uthorization" in request for request in camera.requests)


@given(st.binary(max_size=400) | st.binary(max_size=100).map(lambda more: b"RTSP/1.0 200 OK" + more))
def test_any_head_has_a_status_or_is_none(data):
    try:
        head = head_of(data)
    except NoAnswer:
        return
    assert 100 <= head.status < 600
    assert head.length >= 0


def test_the_length_is_found_whatever_its_case():
    assert head_of(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\ncontent-length: 12") == Head(200, 12)


def camera(name: str, silent_after: int = 300_000) -> Device:
    return Device(id=name, kind="camera", zone="yard", rtsp=f"rtsp://{name}/1", silent_after=silent_after)


def test_each_camera_is_looked_at_in_its_turn_and_again_after_a_minute():
    looked, told = [], []
    checker = Checker([camera("a"), camera("b", 9000)], told.append, lambda url: looked.append(url) or Answer(True))
    mono = 1000
    while mono < 1000 + EVERY:
        mono += max(1, checker.step(Now(mono, mono)))
    assert looked.count("rtsp://a/1") == 1
    assert looked.count("rtsp://b/1") == 20
    assert told[0].signals == (("reachable", True),)


def test_many_cameras_are_shared_among_threads():
    assert len(list(checkers([camera(f"c{n}") for n in range(IN_ONE_THREAD * 2 + 1)], print))) == 3


def test_the_documented_figures_are_the_code_s():
    doc = (Path(__file__).parents[2] / "docs" / "cameras.md").read_text()
    assert (EVERY, IN_ONE_THREAD, SECONDS) == (60_000, 8, 5.0)
    assert "Every minute" in doc
    assert "Eight cameras share a thread" in doc
    assert "get 5 s" in doc
