"""A database that fails in every way it can: nothing is lost, all of it is told, and no secret with it."""

import socket
import time

import pytest

from hub.config.model import Secret
from hub.domain.now import Now
from hub.forward.influx import http
from hub.forward.influx.feeder import Feeder
from hub.store.store import Upkeep
from tests.domain.build import site
from tests.forward.influx.faulty import Faulty
from tests.forward.influx.rig import TOKEN, Rig, v1, v2
from tests.servers import free_port

PASSWORD = "пароль-базы"
SETTINGS = {"v1": lambda url: v1(url, username="hub", password=Secret(PASSWORD)), "v2": v2}


@pytest.fixture
def faulty():
    faulty = Faulty()
    yield faulty
    faulty.close()


@pytest.fixture(params=SETTINGS)
def settings(request):
    return SETTINGS[request.param]


@pytest.fixture
def rig(tmp_path, faulty, settings):
    rig = Rig(tmp_path, settings(faulty.url))
    yield rig
    rig.close()


ANSWERS = {
    "a portal's page": (200, {}, b"<html>log in", "unproven"),
    "a redirect": (302, {"location": "/elsewhere"}, b"", "redirected"),
    "wrong login": (401, {}, b'{"error":"authorization failed"}', "client_error"),
    "no database": (404, {}, b'{"error":"database not found"}', "client_error"),
    "busy": (429, {"retry-after": "120"}, b"", "busy"),
    "its own fault": (500, {}, b'{"error":"timeout"}', "server_error"),
    "an endless answer": (500, {}, b"x" * 1_000_000, "server_error"),
    "no text": (502, {}, b"\xff\xfe\x00", "server_error"),
    "refusing everything": (400, {}, b'{"error":"no"}', "refused"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_not_a_204_keeps_everything_and_is_told(rig, faulty, name):
    status, headers, text, outcome = ANSWERS[name]
    faulty.answer = (status, headers, text)
    rig.lux(1, 2, 3)
    for _ in range(5):
        rig.step()
        rig.clock += 20_000
    state = rig.state()
    assert (state.state, state.outcome, state.last_write_at) == ("down", outcome, 0)
    assert rig.cursor() == 0
    assert rig.quarantined() == []
    rig.clock += 200_000
    faulty.answer = (204, {}, b"")
    rig.run()
    assert rig.state().state == "up"
    assert rig.cursor() == 3
    assert all(f"lux={n}.0" in b"".join(faulty.bodies).decode() for n in (1, 2, 3))


def test_a_wait_that_is_asked_for_is_kept(rig, faulty):
    faulty.answer = (503, {"retry-after": "120"}, b"")
    rig.step()
    asked = len(faulty.bodies)
    rig.clock += 119_000
    rig.step()
    assert len(faulty.bodies) == asked
    rig.clock += 2_000
    rig.step()
    assert len(faulty.bodies) == asked + 1


def test_a_refused_line_is_found_and_kept_with_the_reason(rig, faulty):
    faulty.refuse = b"lux=617.0"
    rig.lux(*range(1000))
    rig.run()
    assert [(line.split()[1], reason) for line, reason in rig.quarantined()] == [("lux=617.0", "it is malformed")]
    assert rig.cursor() == 1000
    assert len(faulty.bodies) < 40


def test_a_line_that_is_too_big_for_a_proxy_goes_in_smaller_parts(rig, faulty):
    rig.lux(*range(400))
    faulty.answer = (413, {}, b"")
    rig.step()
    rig.step()
    faulty.answer = (204, {}, b"")
    rig.clock += 20_000
    rig.run()
    assert rig.cursor() == 400
    assert rig.quarantined() == []


def test_a_database_that_repeats_the_login_does_not_bring_it_into_log_or_page(rig, faulty, caplog):
    secret = PASSWORD if rig.settings.api == "v1" else TOKEN
    faulty.answer = (500, {}, f"you sent {secret}".encode())
    rig.lux(1)
    rig.step()
    assert faulty.tokens[0]
    assert "you sent •••" in rig.state().detail
    assert secret not in caplog.text + rig.state().detail


def test_nobody_there_is_told_once_and_tried_less_and_less(tmp_path, settings, caplog):
    rig = Rig(tmp_path, settings(f"http://127.0.0.1:{free_port()}"))
    rig.lux(1)
    for _ in range(300):
        rig.step()
        rig.clock += 1000
    assert rig.state().outcome == "unreachable"
    assert len([record for record in caplog.records if "is down" in record.message]) == 1
    rig.close()


def test_one_that_accepts_and_never_answers_times_out_and_can_be_left_at_once(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(http, "DEADLINE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        rig = Rig(tmp_path, settings(f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        rig.lux(1)
        rig.step()
        assert rig.state().outcome == "timeout"
        began = time.monotonic()
        rig.close()
        assert time.monotonic() - began < 1


def test_tls_where_there_is_none_is_a_named_fault(tmp_path, faulty, settings):
    rig = Rig(tmp_path, settings(faulty.url.replace("http:", "https:")))
    rig.step()
    assert rig.state().outcome == "unreachable"
    assert rig.state().detail.startswith("TLS")
    rig.close()


def test_readings_that_were_deleted_before_the_database_was_back_are_counted(rig, faulty):
    rig.lux(1, 2)
    rig.run()
    faulty.answer = (500, {}, b"")
    rig.lux(*range(100))
    rig.step()
    rig.store.commit((), upkeep=[Upkeep(keep_readings_from=rig.school.now.wall - 9_500)])
    rig.feeder = rig.new_feeder()
    faulty.answer = (204, {}, b"")
    rig.run()
    assert rig.cursor() == 102
    assert rig.state().lost == 90


def test_what_a_crash_forgot_is_written_again_and_nothing_is_left_out(rig, faulty):
    rig.lux(*range(50))
    rig.step()
    rig.step()
    rig.feeder = rig.new_feeder()  # before the cursor was due
    rig.lux(50)
    rig.run()
    sent = b"\n".join(faulty.bodies).decode()
    assert all(f"lux={n}.0 " in sent for n in range(51))
    assert rig.cursor() == 51


def test_a_token_that_fits_in_no_header_is_a_wrong_token_and_no_traceback(tmp_path, faulty):
    faulty.answer = (401, {}, b"")
    rig = Rig(tmp_path, v2(faulty.url, token=Secret("құпия\r\nx: y")))
    rig.step()
    assert "token is wrong" in rig.state().detail
    rig.close()


def test_a_store_that_can_not_be_read_is_no_fault_of_the_thread(tmp_path):
    feeder = Feeder(v1("http://127.0.0.1:9"), site(), tmp_path / "nowhere.db", lambda _: None)
    assert feeder.step(Now(1, 1)) == 1000
    feeder.close()
