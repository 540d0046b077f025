"""The pages as their readers get them."""

import re

import msgspec
import pytest

from hub.domain.commands import Acknowledge, Shelve
from hub.domain.events import Attempted
from hub.domain.reports import Press, Report
from hub.domain.site import Zone
from tests.web.school import PIN, School
from tests.web.test_view import dark, silence

PAGES = (
    "/",
    "/wall",
    "/?wall=1",
    "/zones/hall",
    "/devices/light",
    "/devices/light/week",
    "/alarms",
    "/alarms/1",
    "/silent",
)


def test_all_is_well_is_said_in_three_languages(school, client):
    school.is_well()
    for language, words in (("kk", "Бәрі дұрыс"), ("ru", "Всё в порядке"), ("en", "All is well")):
        text = client.page("/", language)
        assert words in text
        assert f'<html lang="{language}">' in text
    assert "6 датчиктің 6-сы жауап беріп тұр" in client.page("/", "kk")


def test_the_schools_language_is_the_first_and_a_choice_is_remembered(school, client):
    assert '<html lang="kk">' in client.get("/").get_data(as_text=True)
    answer = client.get("/?lang=ru")
    assert "language=ru" in answer.headers["Set-Cookie"]
    assert '<html lang="ru">' in client.get("/").get_data(as_text=True)
    assert '<html lang="ru">' in client.get("/?lang=xx").get_data(as_text=True)


def test_a_task_says_what_where_since_when_and_what_to_do(school, client):
    dark(school.is_well())
    text = client.page("/", "kk")
    assert "1 іс күтіп тұр" in text
    assert "Вестибюль: қараңғы, жарық болуы керек" in text
    assert "10:00-ден бері · 6 минут" in text
    assert "Жарықты қосыңыз" in text


def test_russian_numbers_have_their_three_forms(school, client):
    school.is_well()
    school.says("door", battery=5)
    assert "Ждёт 1 дело" in client.page("/", "ru")
    school.says("panic-zb", battery=5)
    assert "Ждут 2 дела" in client.page("/", "ru")


def test_a_panic_takes_the_header_of_every_page(school, client):
    school.is_well()
    school.presses()
    for address in PAGES:
        text = client.page(address, "kk")
        assert 'class="top top-alarm"' in text, address
        assert "ДАБЫЛ · Вестибюль, дабыл түймесі" in text, address
        assert "Қабылдадым" in text, address


def test_the_page_says_since_when_the_hub_is_down_and_is_not_green(school, client):
    school.is_well().dies()
    school.after(120)
    text = client.page("/", "kk")
    assert "Хаб 10:00-ден бері жұмыс істемей тұр" in text
    assert "Бәрі дұрыс" not in text
    assert "status-ok" not in text
    assert "Хаб не работает с 10:00" in client.page("/", "ru")


def test_pages_before_the_first_start(tmp_path):
    client = School(tmp_path).client()
    for address in ("/", "/wall", "/zones/hall", "/devices/light", "/alarms"):
        assert "The hub has not been started yet" in client.page(address)


@pytest.mark.parametrize("content", [None, b"no database" * 1000])
def test_a_core_that_works_without_a_store_is_neither_down_nor_yet_to_start(tmp_path, content):
    school = School(tmp_path)
    if content is not None:
        (tmp_path / "hub.db").write_bytes(content)
    school.heart.start()
    school.heart.beat(msgspec.structs.replace(school.beat, at=school.now, store="failing"))
    text = school.client().page("/")
    assert "The hub&#39;s memory fails, messages are not kept" in text
    assert "not been started" not in text
    assert "The hub is down" not in text
    assert "status-ok" not in text
    school.heart.stop()


@pytest.mark.parametrize("readable", [True, False])
def test_a_press_that_only_the_core_s_memory_has_is_on_every_page_and_not_called_stored(tmp_path, readable):
    school = School(tmp_path)
    if readable:
        school.start().is_well()
    else:
        (tmp_path / "hub.db").write_bytes(b"no database" * 1000)
        school.heart.start()
    (pressed,) = school.core.presses().alarms  # decided, and never committed
    proven = msgspec.structs.replace(pressed, hq_receipt_at=pressed.raised_at + 2000)
    school.heart.beat(msgspec.structs.replace(school.beat, at=school.now, store="failing", calls=(proven,)))
    client = school.client()
    for address in ("/", "/wall", "/alarms/1"):
        assert "ALARM" in client.page(address), address
    for address in ("/zones/hall", "/alarms", "/devices/door"):
        assert "ALARM" in client.get(f"{address}?lang=en").get_data(as_text=True), address
    ladder = client.page("/").partition('class="ladder"')[2].partition("</ol>")[0]
    assert re.findall(r'class="(taken|missing)".*?step">([^<]*)', ladder, re.S) == [
        ("taken", "Pressed"), ("missing", "Stored"), ("taken", "Sent"), ("taken", "Headquarters has it"),
        ("missing", "Acknowledged"),
    ]  # fmt: skip
    tall = client.page("/alarms/1").partition('class="ladder tall"')[2].partition("</ol>")[0]
    assert re.search(r"Stored</span> <span class=\"waits\">… awaited", tall)
    assert "no route" not in tall
    (told,) = client.get("/api/v1/status").json["alarms"]
    assert [step["step"] for step in told["steps"]] == ["received", "sent", "receipt"]
    if readable:
        assert client.get("/api/v1/alarms").json == [told]
    answer = client.post("/alarms/1", data={"order": "acknowledge", "pin": PIN})
    assert answer.status_code == 503
    assert "it takes no orders. Call the duty officer: 102." in answer.get_data(as_text=True)
    school.end()


def test_pages_with_a_store_that_cannot_be_read(tmp_path):
    (tmp_path / "hub.db").write_bytes(b"no database" * 1000)
    client = School(tmp_path).client()
    assert "can&#39;t be read" in client.page("/")
    answer = client.get("/alarms?lang=en")
    assert (answer.status_code, "Try again in a minute" in answer.get_data(as_text=True)) == (503, True)


def test_a_device_shows_its_signals_its_history_and_its_alarms(school, client):
    school.is_well()
    for lux in (320, 280, 5):
        school.after(600).says("light", lux=lux)
    school.says("door", contact="open")
    dark(school)
    text = client.page("/devices/light", "ru")
    assert re.search(r"Освещённость</th><td class=\"number\">3 лк", text)
    assert "<polyline" in text
    assert "темно, хотя должно быть светло" in text
    assert "<rect" in client.page("/devices/door")


def test_a_device_that_is_heard_and_not_understood_says_what_is_missing(school, client):
    school.says("door", battery=80)
    for address in ("/devices/door", "/zones/hall"):
        assert "ещё ничего не сообщил из того, для чего установлен: Дверь, Замок" in client.page(address, "ru")
    school.says("door", contact="closed")
    assert "ещё ничего не сообщил" not in client.page("/devices/door", "ru")


def test_silent_devices_are_listed(school, client):
    silence(school.is_well())
    text = client.page("/silent", "kk")
    assert "дерек жоқ" in text
    assert "17 қараша, 10:00-ден бері" in text or "24 қараша, 10:00-ден бері" in text


def test_only_headquarters_receipt_is_said_to_be_headquarters(school, client):
    school.is_well()
    decision = school.says("wc", leak=True)  # goes to the caretaker's messenger alone
    assert "Headquarters has it" not in client.page("/")
    school.attempts("caretaker", decision.dispatches[0].alert.event_id)
    text = client.page("/")
    assert "Sent</span>" in text
    assert "Headquarters has it" not in text


def test_what_headquarters_has_refused_is_not_awaited_in_the_header(school, client):
    school.is_well()
    decision = school.core.presses()
    school.store.commit([decision])
    event = decision.dispatches[0].alert.event_id
    assert "Штаб получил" in header(client)
    school.happens(Attempted("hq", event, "refused", "", 1, school.now, "refused", 0, True))
    assert "Отправлено" in header(client)
    assert "Штаб получил" not in header(client)


def header(client) -> str:
    return client.page("/", "ru").partition("</header>")[0]


def test_the_ladder_shows_each_rung_with_its_time_and_what_is_awaited(school, client):
    school.is_well()
    decision = school.core.presses()
    school.store.commit([decision])
    school.after(2).attempts("hq", decision.dispatches[0].alert.event_id, "timeout", 3)
    text = client.page("/alarms/1", "ru")
    assert "3 попытки" in text
    assert "не отвечает" in text
    school.after(2).attempts("hq", decision.dispatches[0].alert.event_id, "delivered", 4)
    school.happens(Acknowledge(1, "Serik", "hq"))
    text = client.page("/alarms/1", "ru")
    assert "Штаб получил" in text
    assert "10:00:04" in text
    assert "сотрудник, hq" in text
    assert "Serik, hq" in client.signs_in("caretaker").page("/alarms/1", "ru")


def test_a_late_press_shows_when_it_was_pressed_and_that_it_was_late(school, client):
    school.is_well()
    school.happens(Report("panic-hall", presses=(Press("press", 7, 1, 130),)))
    for language, words in (
        ("kk", "кешігіп келді, хабқа жеткен уақыты: 10:00:00"), ("ru", "с опозданием, дошло до хаба: 10:00:00"),
        ("en", "late: it reached the hub at 10:00:00"),
    ):  # fmt: skip
        text = client.page("/alarms/1", language)
        ladder = text[text.index('class="ladder tall"') :]
        assert ladder.index("09:57:50") < ladder.index(words)
        assert "09:57:50" in client.page("/", language)


def test_acknowledging_by_the_form(school, client):
    school.presses()
    wrong = client.post("/alarms/1?lang=en", data={"order": "acknowledge", "pin": "0000", "reason": "on my <way>"})
    assert wrong.status_code == 403
    assert "This PIN is not right" in wrong.get_data(as_text=True)
    assert "on my &lt;way&gt;" in wrong.get_data(as_text=True)
    with school.core_answers():
        right = client.post("/alarms/1", data={"order": "acknowledge", "pin": PIN})
    assert (right.status_code, right.headers["Location"]) == (303, "/alarms/1?done=acknowledged")
    assert "Acknowledged." in client.page("/alarms/1?done=acknowledged")


def test_ending_by_the_form(school, client):
    school.presses()
    with school.core_answers():
        assert client.post("/alarms/1", data={"order": "reset_false", "pin": PIN}).status_code == 303
    text = client.page("/alarms/1")
    assert "Ended as false" in text
    assert "<form" not in text


def test_a_form_with_an_unknown_order_or_alarm(school, client):
    school.presses()
    assert client.post("/alarms/1", data={"order": "burn", "pin": PIN}).status_code == 400
    assert client.post("/alarms/9", data={"order": "acknowledge", "pin": PIN}).status_code == 404


def test_a_form_needs_its_token(school):
    school.presses()
    app = school.app()
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    form = {"order": "acknowledge", "pin": PIN}
    assert client.post("/alarms/1", data=form).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/alarms/1").get_data(as_text=True))
    assert token is not None
    with school.core_answers():
        assert client.post("/alarms/1", data={**form, "csrf_token": token[1]}).status_code == 303


def test_alarms_go_on_page_by_page(school, client):
    alarms = []
    for number in range(120):
        school.core.after(300)
        decision = school.core.says("door", tamper=number % 2 == 0)
        alarms.append(decision)
        if number % 2:
            alarms.append(school.core.happens(Acknowledge(number // 2 + 1, "x", "page")))
    school.store.commit(alarms)
    first = client.page("/alarms")
    assert first.count('class="alarm-row ') == 50
    older = re.search(r'href="(/alarms\?before=\d+)"', first)
    assert older is not None
    assert client.page(older[1]).count('class="alarm-row ') == 10


@pytest.mark.parametrize("address", ["/nope", "/zones/nope", "/devices/nope", "/devices/light/year", "/alarms/999"])
def test_what_is_not_there_is_said_in_plain_words(client, address):
    answer = client.get(f"{address}?lang=ru")
    assert (answer.status_code, "Такой страницы нет." in answer.get_data(as_text=True)) == (404, True)


def test_a_fault_of_the_page_is_said_in_plain_words(school):
    app = school.app()
    app.config["TESTING"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fault() -> str:
        raise RuntimeError("secret")

    app.view_functions["status.wall"] = fault
    answer = app.test_client().get("/wall?lang=kk")
    assert answer.status_code == 500
    assert "Бет мұны орындай алмады" in answer.get_data(as_text=True)
    assert "secret" not in answer.get_data(as_text=True)


HOSTILE = "<script>alert(1)</script>\u202e\"'&" + "ә" * 10_000


def test_hostile_names_and_notes_are_shown_harmlessly(tmp_path):
    plain = School(tmp_path / "plain").config.site
    text = {"kk": HOSTILE}
    devices = {name: msgspec.structs.replace(device, name=text) for name, device in plain.devices.items()}
    zones = {name: Zone(name, zone.floor, text) for name, zone in plain.zones.items()}
    school = School(tmp_path, devices=devices, zones=zones, name=text).start()
    client = school.client()
    school.is_well()
    school.says("light", firmware="<img src=x onerror=alert(1)>")
    school.presses()
    with school.core_answers():
        client.post("/alarms/1", data={"order": "acknowledge", "pin": PIN, "reason": "<b onclick=x>" * 100})
    for address in PAGES:
        page = client.page(address)
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert "<b onclick" not in page, address
    school.end()


def test_every_answer_carries_its_guard(school, client):
    school.presses()
    for address in (*PAGES, "/api/v1/status", "/nope", "/healthz"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_no_page_has_inline_scripts_styles_or_foreign_addresses(school, client):
    school.is_well()
    school.presses()
    for address in PAGES:
        text = client.page(address)
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", text), address
        assert not re.search(r'(?:href|src)="(?:https?:)?//', text), address


def test_the_key_is_kept_for_its_owner_alone(school, tmp_path):
    first = school.app().secret_key
    key = tmp_path / "hub-page.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert school.app().secret_key == first == key.read_bytes()


def test_pages_are_compressed_for_those_who_ask(school, client):
    school.is_well()
    small = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(client.get("/").data) / 2


def test_an_open_stream_tells_of_changes_and_has_its_limit(school):
    school.is_well()
    app = school.app()
    client = app.test_client()
    stream = client.get("/events?lang=en")
    told = stream.response
    assert b"retry: " in next(told)
    school.presses()
    school.live.look(at_once=True)
    assert next(told).startswith(b"event: changed")
    school.live.end()
    stream.close()
    streams = app.extensions["school-hub"].streams
    assert streams.open == 0
    streams.open = streams.limit
    assert client.get("/events").status_code == 503


@pytest.mark.parametrize("address", ["/alarms", "/tasks", "/rounds"])
def test_a_number_that_nothing_can_have_is_not_there(client, address):
    assert client.get(f"{address}/{10**30}").status_code in (303, 404)


def test_a_leak_that_is_over_sends_nobody_to_the_tap_and_one_that_is_put_aside_is_not_nothing(school, client):
    school.is_well()
    school.says("wc", leak=True)
    assert "Shut the water off" in client.page("/")
    school.says("wc", leak=False)
    for address in ("/", "/alarms/1"):
        text = client.page(address)
        assert "Shut the water off" not in text
        assert "Its cause is gone" in text
    school.happens(Shelve(1, school.now + 3_600_000, "Айгүл", "the plumber comes"))
    assert "1 thing is put aside" in client.page("/")
    assert "0 things" not in client.page("/")
