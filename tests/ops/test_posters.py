"""The daily look at what the posters lead to: real servers, and what a network can do to it."""

import socket
import ssl
import threading
import urllib.error
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.domain.now import Now
from hub.domain.site import Poster
from hub.ops import posters
from hub.ops.posters import EVERY_MS, FIRST_MS, PosterWatch, fetched, look


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/200")
        else:
            self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "outcome"),
    [("200", "fine"), ("moved", "fine"), ("404", "not_found"), ("410", "not_found"), ("503", "broken"),
     ("403", "not_checked"), ("round", "broken")],
)  # fmt: skip
def test_what_a_real_site_answers(site, path, outcome):
    assert look(f"{site}/{path}", fetched).outcome == outcome


def test_a_site_that_does_not_listen():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert look(f"http://127.0.0.1:{taken.getsockname()[1]}/", fetched).outcome == "no_connection"


def raising(error):
    def fetch(_url, _seconds):
        raise error

    return fetch


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (urllib.error.URLError(ssl.SSLCertVerificationError("expired")), "not_secure"),
        (urllib.error.URLError(socket.gaierror(socket.EAI_AGAIN, "later")), "not_checked"),
        (urllib.error.URLError(OSError(101, "network unreachable")), "not_checked"),
        (TimeoutError(), "no_connection"),
        (ValueError("no address"), "broken"),
    ],
)
def test_what_a_network_does(error, outcome):
    assert look("https://111.example/", raising(error)).outcome == outcome


@pytest.mark.parametrize(("names_work", "outcome"), [(True, "no_address"), (False, "not_checked")])
def test_a_name_that_is_not_found_counts_only_where_names_are_found_at_all(monkeypatch, names_work, outcome):
    monkeypatch.setattr(posters, "_names_work", lambda: names_work)
    error = urllib.error.URLError(socket.gaierror(socket.EAI_NONAME, "unknown"))
    assert look("https://111.example/", raising(error)).outcome == outcome


@pytest.mark.parametrize(
    ("target", "final", "outcome"),
    [
        ("https://111.example/", "https://www.111.example/kk", "fine"),
        ("https://111.example/", "http://111.example/", "moved"),
        ("https://111.example/", "https://casino.test/", "moved"),
        ("https://bala.gov.kz/", "https://new.bala.gov.kz/", "fine"),
        ("https://bala.gov.kz/", "https://other.gov.kz/", "moved"),
    ],
)
def test_where_a_redirect_may_lead(target, final, outcome):
    assert look(target, lambda _url, _seconds: (200, final)).outcome == outcome


def test_each_target_is_looked_at_once_a_day_however_many_posters_lead_there():
    target, asked, posted = "https://111.example/", [], []

    def fetch(url, _seconds):
        asked.append(url)
        return 200, url

    watch = PosterWatch({name: Poster(name, "hall", target) for name in ("a", "b")}, posted.append, fetch)
    assert watch.step(Now(0, 0)) == FIRST_MS
    watch.step(Now(FIRST_MS, FIRST_MS))
    watch.step(Now(FIRST_MS + 5, FIRST_MS + 5))
    assert asked == [target]
    assert {checked.poster for checked in posted} == {"a", "b"}
    watch.step(Now(FIRST_MS + EVERY_MS, FIRST_MS + EVERY_MS))
    assert len(asked) == 2
