"""Cameras are looked at by RTSP, whatever they do; none of them holds up the hub."""

import socket
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config.model import Login, Secret
from hub.domain.now import Now
from hub.domain.site import Device
from hub.ingest.cameras import EVERY, IN_ONE_THREAD, REFUSED_FOR, Checker, checkers
from hub.ingest.rtsp import REFUSED, SECONDS, Answer, Head, NoAnswer, ask, head_of
from hub.ingest.rtsp_login import authorization, best
from tests.ingest.camera import SDP, Camera, Guarded, answer, answering, flood, trickle
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


LOGIN = Login("eye", Secret("s3cret"))
PLAIN = 'Digest realm="IP Camera(A1)", nonce="4a8c"'
FULL = 'Digest realm="a b", domain="/", qop="auth,auth-int", nonce="7y/x=", opaque="05ad", algorithm='


def shown(manner, seconds: float = 0.5, login: Login | None = None) -> Answer:
    camera = Camera(manner)
    try:
        begun = time.monotonic()
        seen = ask(camera.url, login, seconds)
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


@pytest.mark.parametrize(
    ("offers", "scheme"),
    [
        ([PLAIN], "Digest"),
        ([PLAIN + ', stale="FALSE", algorithm=MD5'], "Digest"),
        ([FULL + "MD5"], "Digest"),
        ([FULL + "MD5-sess"], "Digest"),
        ([FULL + "SHA-256"], "Digest"),
        ([FULL + "SHA-512-256-sess"], "Digest"),
        (['Basic realm="cam"'], "Basic"),
        (["Basic"], "Basic"),
        (['Basic realm="cam"', PLAIN], "Digest"),
        ([f'Basic realm="cam", {PLAIN}'], "Digest"),
        (["Negotiate", FULL + "TOKEN", PLAIN], "Digest"),
    ],
)
def test_a_camera_is_told_user_and_password_as_it_asks_for_them(offers, scheme):
    for every in (False, True):
        guard = Guarded(*offers, every=every)
        assert shown(guard, 5, LOGIN) == Answer(True)
        assert f"Authorization: {scheme} " in guard.requests[-1]
        assert not any(LOGIN.password.reveal() in request for request in guard.requests)
        assert guard.refusals == 0


def test_the_strongest_hash_is_taken():
    guard = Guarded(*(FULL + name for name in ("MD5", "SHA-256")))
    assert shown(guard, 5, LOGIN) == Answer(True)
    assert "algorithm=SHA-256" in guard.requests[-1]


def test_a_wrong_password_is_told_from_a_dead_camera_and_tried_once():
    for offer in (PLAIN, 'Basic realm="cam"'):
        guard = Guarded(offer, password="another")
        assert shown(guard, 5, LOGIN) == Answer(True, REFUSED, refused=True)
        assert guard.refusals == 1


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        ("404 Not Found", Answer(False, "answers 404 for this stream")),
        ("403 Forbidden", Answer(True, REFUSED, refused=True)),
    ],
)
def test_what_is_behind_the_password_has_to_be_there_and_open_to_the_user(status, seen):
    said = iter([answer("200 OK"), UNAUTHORIZED, answer(status)])
    assert shown(lambda line, method: line.sendall(next(said)), 5, LOGIN) == seen


def test_a_nonce_that_grew_old_meanwhile_is_taken_anew():
    assert shown(Guarded(PLAIN, stale=1), 5, LOGIN) == Answer(True)
    assert shown(Guarded(PLAIN, stale=9), 5, LOGIN).refused


def test_a_way_to_ask_that_nobody_knows_is_told():
    for offer in ("Negotiate", 'Digest realm="r", nonce="1", qop="auth-int"', 'Digest realm="r"', "", "Digest ,,=\x00"):
        assert shown(Guarded(offer), 5, LOGIN).detail == "wants a password in a way that the hub doesn't know"


def test_who_does_not_ask_is_told_nothing():
    camera = Camera(answering(DESCRIBE=answer("200 OK", SDP)))
    assert ask(camera.url, LOGIN) == Answer(True)
    camera.close()
    assert not any("uthorization" in request for request in camera.requests)


# The examples of RFC 7616, section 3.9.1, and RFC 2069, section 2.4 (its erratum).
@pytest.mark.parametrize(
    ("offer", "password", "response"),
    [
        ('realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, '
         'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"', "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"),
        ('realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
         'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"', "Circle of Life",
         "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ('realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"', "CircleOfLife",
         "1949323746fe6a43ef61f9606e7febea"),
    ],
)  # fmt: skip
def test_digests_are_those_of_the_standards(monkeypatch, offer, password, response):
    monkeypatch.setattr("secrets.token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    found = best(b"RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest " + offer.encode())
    assert found is not None
    line = authorization(found, Login("Mufasa", Secret(password)), "GET", "/dir/index.html")
    assert f'response="{response}"'.encode() in line
    assert b'username="Mufasa"' in line


@given(st.binary(max_size=300).filter(lambda data: b"\r\n" not in data))
def test_whatever_a_camera_offers_the_answer_is_one_line(data):
    found = best(b'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest nonce="1", ' + data)
    if found is not None:
        line = authorization(found, LOGIN, "DESCRIBE", "rtsp://c/1")
        assert line.endswith(b"\r\n")
        assert not set(line[:-2]) & set(b"\r\n")


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

    def look(url: str, login: Login | None) -> Answer:
        looked.append((url, login))
        return Answer(True)

    checker = Checker([camera("a"), camera("b", 9000)], told.append, {"b": LOGIN}, look)
    mono = 1000
    while mono < 1000 + EVERY:
        mono += max(1, checker.step(Now(mono, mono)))
    assert looked.count(("rtsp://a/1", None)) == 1
    assert looked.count(("rtsp://b/1", LOGIN)) == 20
    assert told[0].signals == (("reachable", True),)


def test_a_password_that_was_refused_is_tried_again_after_an_hour_only(caplog):
    tried = []

    def look(url: str, login: Login | None) -> Answer:
        tried.append(login)
        return Answer(True) if login is None else Answer(True, REFUSED, refused=True)

    checker = Checker([camera("a")], lambda report: None, {"a": LOGIN}, look)
    for mono in range(0, REFUSED_FOR + 1, EVERY):
        checker.step(Now(mono, mono))
    assert tried == [LOGIN, *[None] * 59, LOGIN]
    assert [record.getMessage() for record in caplog.records] == [f"camera a: {REFUSED}"]


def test_a_camera_that_refused_a_password_and_then_died_is_dead():
    gone, told = Answer(False, "no answer in time"), []
    said = iter([Answer(True, REFUSED, refused=True), gone])
    checker = Checker([camera("a")], told.append, {"a": LOGIN}, lambda url, login: next(said))
    checker.step(Now(0, 0))
    checker.step(Now(EVERY, EVERY))
    assert [report.signals for report in told] == [(("reachable", True),), (("reachable", False),)]


def test_many_cameras_are_shared_among_threads():
    assert len(list(checkers([camera(f"c{n}") for n in range(IN_ONE_THREAD * 2 + 1)], print, {}))) == 3


def asked_at(checker: Checker, url: str) -> list[int]:
    """When a camera was asked in a thousand seconds in which all others hang."""
    now, asked = 0, []

    def look(where: str, _login: Login | None) -> Answer:
        nonlocal now
        if where == url:
            asked.append(now)
            return Answer(True)
        now += int(SECONDS * 1000)
        return Answer(False, "no answer in time")

    checker._look = look
    while now < 1_000_000:
        pause = checker.step(Now(now, now))
        now += max(1, pause)
    return asked


@given(st.lists(st.sampled_from([6000, 20_000, 45_000, 100_000, 300_000]), min_size=1, max_size=20), st.data())
def test_a_camera_is_asked_in_time_even_if_all_others_of_its_thread_hang(silences, data):
    cameras = [camera(f"c{number}", silent_after) for number, silent_after in enumerate(silences)]
    good = data.draw(st.sampled_from(cameras))
    for checker in checkers(cameras, lambda report: None, {}):
        times = asked_at(checker, good.rtsp)
        assert all(later - before <= good.silent_after for before, later in pairwise(times))


def test_the_documented_figures_are_the_code_s():
    doc = (Path(__file__).parents[2] / "docs" / "cameras.md").read_text()
    assert (EVERY, IN_ONE_THREAD, SECONDS, REFUSED_FOR) == (60_000, 8, 5.0, 3_600_000)
    assert "for an hour" in doc
    assert REFUSED in doc
    assert "Every minute" in doc
    assert "Eight cameras share a thread" in doc
    assert "get 5 s" in doc
