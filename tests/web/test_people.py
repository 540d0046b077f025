"""Signing in and out, and what ends a session."""

import http.client
import re
import threading
from urllib.parse import urlencode

import pyotp
import pytest
from flask import request
from waitress.server import create_server

from hub.config.model import Web
from hub.store.inbox import Inbox
from hub.web.security import own_address
from hub.web.serve import options
from hub.web.sessions import LASTS_MS
from tests.web.school import INSPECTORS_PIN, PASSWORDS, PEOPLE, PIN, TOTP_KEY


def sign_in(client, name, secret, code="", **more):
    return client.post("/login?lang=en", data={"name": name, "secret": secret, "code": code, **more})


def changes(school):
    inbox = Inbox(school.config.store.path)
    inbox.open()
    found = [(order.command.change, order.command.by, order.command.role) for order in inbox.waiting()]
    inbox.close()
    return found


def test_a_caretaker_signs_in_with_a_pin(school, client):
    answer = sign_in(client, "", PIN, next="/alarms")
    assert (answer.status_code, answer.location) == (303, "/alarms")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("page="))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Айгүл · caretaker" in client.page("/")


def test_an_inspectors_pin_opens_no_more_than_a_caretakers(school, client):
    sign_in(client, "", INSPECTORS_PIN)
    assert "Болат · caretaker" in client.page("/")


def test_a_password_belongs_to_its_name(school, client):
    assert sign_in(client, "  болат ", PASSWORDS["inspector"]).status_code == 303
    assert "Болат · inspector" in client.page("/")
    for name, word in (("Болат", "wrong words"), ("Дана", PASSWORDS["inspector"]), ("Nobody", "x"), ("", "")):
        assert sign_in(school.client(), name, word).status_code == 403


def test_a_code_is_good_once(school, client):
    code = pyotp.TOTP(TOTP_KEY).now()
    words = PASSWORDS["admin"]
    assert sign_in(client, "Дана", words).status_code == 403
    assert sign_in(client, "Дана", words, "000000").status_code == 403
    assert sign_in(client, "Дана", words, f"{code[:3]} {code[3:]}").status_code == 303
    assert sign_in(client, "Дана", words, code).status_code == 403


def test_guessing_is_locked_out_and_stands_in_the_journal(school, client):
    school.is_well()
    for _ in range(5):
        assert sign_in(client, "Болат", "guess").status_code == 403
    answer = sign_in(client, "Болат", PASSWORDS["inspector"])
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert changes(school) == [("locked_out", "", "")]


def test_signing_in_and_out_stands_in_the_journal(school, client):
    client.signs_in("inspector")
    client.post("/logout")
    with school.core_answers():
        school.live.look()
    assert changes(school) in ([], [("in", "Болат", "inspector"), ("out", "Болат", "inspector")])
    with school.core_answers():
        while changes(school):
            pass
    bodies = [row[0] for row in school.store.connection.execute("SELECT body FROM journal WHERE kind = 'login'")]
    assert ['"change":"in"' in body for body in bodies] == [True, False]


def test_a_copied_cookie_is_worth_nothing_after_signing_out(school, client):
    client.signs_in("admin")
    copy = client.get_cookie("page").value
    client.post("/logout")
    thief = school.client()
    thief.set_cookie("page", copy)
    assert thief.get("/people").status_code == 303
    again = school.client()  # the page has started anew: what was ended stays ended
    again.set_cookie("page", copy)
    assert again.get("/people").status_code == 303


@pytest.mark.parametrize("role", LASTS_MS)
def test_a_session_ends_by_itself(school, client, role):
    client.signs_in(role)
    school.after(LASTS_MS[role] / 1000 - 1)
    assert "Sign out" in client.page("/")
    school.after(2)
    assert "Sign out" not in client.page("/")


def test_an_administrator_ends_all_sessions_of_somebody(school, client):
    app = school.app()
    phone, admin = (type(client)(app, school.live) for _ in range(2))
    phone.signs_in("caretaker")
    admin.signs_in("admin")
    school.after(1)
    assert "Айгүл" in admin.page("/people")
    answer = admin.post("/people/end", data={"name": "Айгүл"})
    assert answer.status_code == 303
    assert "is signed out on all devices" in admin.page(answer.location)
    assert "Sign out" not in phone.page("/")
    school.after(1)
    assert "Sign out" in phone.signs_in("caretaker").page("/")
    assert admin.post("/people/end", data={"name": "Nobody"}).status_code == 404


def test_another_password_in_hub_yaml_voids_the_session(school, client, monkeypatch):
    client.signs_in("inspector")
    cookie = client.get_cookie("page").value
    import msgspec

    people = tuple(msgspec.structs.replace(p, password=p.pin) if p.role == "inspector" else p for p in PEOPLE)
    school.config = msgspec.structs.replace(school.config, people=people)
    after = school.client()
    after.set_cookie("page", cookie)
    assert "Sign out" not in after.page("/")


def test_a_forged_cookie_is_nobodys(school, client):
    client.set_cookie("page", "eyJzaWduZWRfaW4iOlsi0JTQsNC90LAiLCJhZG1pbiJdfQ.aaaaaa.bbbbbb")
    assert client.get("/people").status_code == 303


def test_forms_need_their_token(school):
    app = school.app()
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    for address in ("/login", "/logout", "/alarms/1"):
        assert client.post(address, data={"secret": PIN}).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    signed_in = type(school.client())(app, school.live).signs_in("admin")
    app.config["WTF_CSRF_ENABLED"] = True
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and not rule.rule.startswith("/api/")]
    assert len(posts) > 12
    for rule in posts:
        address = re.sub("<int[^>]*>", "1", rule.rule).replace("<target>", "zone:hall").replace("<device_id>", "door")
        assert signed_in.post(address).status_code == 400, address


@pytest.mark.parametrize("asked", ["//evil.example", "https://evil.example", "/\\evil.example", "", None, "/a\nb"])
def test_nobody_is_led_away_from_the_page(school, client, asked):
    assert own_address(asked) == "/"


def test_hostile_names_are_shown_harmlessly(school, client):
    for name in ("<script>alert(1)</script>", "\u202eevil\u202c", "x" * 10_000, "\x00", "{{7*7}}"):
        answer = sign_in(client, name, "guess")
        assert answer.status_code in (403, 429)
        assert "<script>alert" not in answer.text
        assert "49" not in answer.text or "{{7*7}}" not in name
        assert len(answer.text) < 12_000


@pytest.mark.parametrize(("web", "secure"), [(Web(proxy="127.0.0.1"), True), (Web(), False)])
def test_behind_tls_the_cookie_goes_by_tls_only_and_a_stranger_is_known_by_his_own_address(school, web, secure):
    app = school.app()
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    server = create_server(app, host="127.0.0.1", port=0, **options(web))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        body = urlencode({"secret": PIN}).encode()
        connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=10)
        connection.request("POST", "/login", body, {**headers, "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        assert answer.status == 303
        (cookie,) = (value for name, value in answer.getheaders() if name == "Set-Cookie" and value.startswith("page="))
        connection.close()
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(10)
    assert ("Secure" in cookie, "HttpOnly" in cookie, "SameSite=Strict" in cookie) == (secure, True, True)
    assert seen == ["192.0.2.7" if secure else "127.0.0.1"]
