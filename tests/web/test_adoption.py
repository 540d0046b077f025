"""The pages /new and /data."""

import contextlib
import re

import msgspec
import pytest

from hub.adopt.candidates import Candidate, CandidateFile
from hub.adopt.refusal import CODES, Refusal
from hub.store.database import open_reader
from hub.web import refusals
from hub.web.datamap import as_text, data_map

DOOR = Candidate(id="door-9", dialect="zigbee2mqtt", topic="zigbee2mqtt/door 9", kind="door", name="Есік 9",
                 model="Aqara", first_seen=1, last_seen=1)  # fmt: skip


def announced(school, **changes):
    known = {"zigbee2mqtt zigbee2mqtt/door 9": msgspec.structs.replace(DOOR, **changes)}
    CandidateFile(school.config.store.path).save(known)


def form(school, **more):
    zone = next(iter(school.config.site.zones))
    return {"candidate": "zigbee2mqtt zigbee2mqtt/door 9", "zone": zone, "kind": "door", "name": "Есік", **more}


def test_only_an_inspector_gives_rooms(school):
    announced(school)
    client = school.client()
    assert client.get("/new").status_code in (302, 303, 401, 403)
    client.signs_in("caretaker")
    assert client.get("/new").status_code == 403
    assert client.post("/new", data=form(school)).status_code == 403
    inspector = school.client()
    inspector.signs_in("inspector")
    page = inspector.get("/new?lang=ru").get_data(as_text=True)
    assert "Есік 9" in page
    assert "В каком помещении?" in page
    assert re.search(r'value="door" selected', page)


def test_the_wish_goes_to_the_core_under_the_persons_name(school):
    school.is_well()
    announced(school)
    client = school.client()
    client.signs_in("inspector")
    with school.core_answers():
        answer = client.post("/new", data=form(school))
    assert (answer.status_code, answer.location) == (303, f"/new?wanted=door-9&at={school.now}&done=adopting")
    with contextlib.closing(open_reader(school.config.store.path)) as db:
        [(kept,)] = db.execute("SELECT body FROM journal WHERE kind = 'adopt'").fetchall()
    assert "Болат" in kept


def test_what_is_no_candidate_zone_or_kind_is_refused(school):
    school.is_well()
    announced(school)
    client = school.client()
    client.signs_in("inspector")
    for wrong in ({"kind": "microphone"}, {"candidate": "x"}):
        assert client.post("/new", data=form(school, **wrong)).status_code == 400


REFUSED = {
    "unknown_zone": ({"zone": "attic"}, ("Мұндай бөлме жоқ", "Такого помещения нет", "There is no such room")),
    "id_taken": ({"id": "panic-hall"}, ("бос емес", "уже занято", "“panic-hall” is taken")),
    "bad_id": ({"id": "Есік 9"}, ("«Есік 9» қысқа атау бола алмайды", "не подходит", "can&#39;t be a short name")),
    "intrudes": ({"kind": "restroom", "name": "Микрофон"}, ("дәретханаға", "в санузле", "in a restroom")),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_can_be_refused_at_once_is_and_the_form_keeps_what_was_filled_in(school, code):
    school.is_well()
    announced(school)
    client = school.client()
    client.signs_in("inspector")
    wrong, sentences = REFUSED[code]
    for language, sentence in zip(("kk", "ru", "en"), sentences, strict=True):
        answer = client.post(f"/new?lang={language}", data=form(school, **{"name": "Жаңа есік", **wrong}))
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert sentence in text
        assert f'value="{wrong.get("name", "Жаңа есік")}"' in text
        assert "http-equiv" not in text
    with contextlib.closing(open_reader(school.config.store.path)) as db:
        assert db.execute("SELECT count(*) FROM journal WHERE kind = 'adopt'").fetchone()[0] == 0


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_refusal_is_said_in_words(school, code, language):
    announced(school, refusal=Refusal(code, "the-thing", "hub.yaml:3: what is wrong"), refused_at=5)
    client = school.client()
    client.signs_in("inspector")
    text = client.page("/new", language)
    assert "%(" not in text
    shown = re.search(r"said-failed.*?<span>(.*?)</span>", text, re.DOTALL)[1]
    assert shown.count(":") >= 1
    assert ("what is wrong" in text.replace(shown, "")) == (code in refusals.TECHNICAL)
    if language != "en":
        assert not re.search(r"\b(the|room|sensor|settings)\b", shown.replace("the-thing", "")), shown


def test_the_page_looks_again_until_it_knows_what_became_of_the_order(school):
    school.is_well()
    announced(school)
    client = school.client()
    client.signs_in("inspector")
    waiting = f"/new?wanted=door-9&at={school.now}&done=adopting"
    assert 'http-equiv="refresh" content="5"' in client.page(waiting)
    assert "This page looks again by itself" in client.page(waiting)
    announced(school, refusal=Refusal("changed"), refused_at=school.now + 1)
    refused = client.page(waiting)
    assert "http-equiv" not in refused
    assert "Somebody else changed" in refused
    announced(school, refusal=Refusal("changed"), refused_at=school.now - 1)
    assert "http-equiv" in client.page(waiting), "that was an earlier attempt"
    assert "said-failed" not in client.page(waiting)
    school.after(61)
    assert "has not added the sensor" in client.page(waiting)
    done = client.page(f"/new?wanted=door&at={school.now}&done=adopting")
    assert "belongs to the school now" in done
    assert 'href="/devices/door"' in done


def test_while_there_is_nobody_new_the_page_looks_again(school):
    client = school.client()
    client.signs_in("inspector")
    assert 'http-equiv="refresh"' in client.page("/new")
    assert client.get("/new?wanted=x&at=nonsense").status_code == 200
    assert client.get(f"/new?wanted=x&at={10**30}").status_code == 200


def test_the_data_map_is_a_page_and_a_file_in_three_languages(school):
    client = school.client()
    for language, title in (("kk", "Деректер картасы"), ("ru", "Карта данных"), ("en", "Data map")):
        assert title in client.get(f"/data?lang={language}").get_data(as_text=True)
        answer = client.get(f"/data/file?lang={language}")
        assert answer.get_data(as_text=True).startswith(f"# {title}")
        assert f"-{language}.md" in answer.headers["Content-Disposition"]


def test_the_data_map_names_every_sensor_and_every_addressee_but_no_secret(school):
    text = as_text(data_map(school.config, "en"))
    site = school.config.site
    for device in site.devices.values():
        assert device.id in text or any(name in text for name in device.name.values())
    for channel in school.config.channels:
        assert channel.name in text
    assert "hq.example" in text
    assert "whsec" not in text
    assert "+7701" not in text
    assert "Microphones, cameras" in text
    assert "15 minutes" in text
