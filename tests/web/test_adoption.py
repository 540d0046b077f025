"""The pages /new and /data."""

import contextlib
import re

from hub.adopt.candidates import Candidate, CandidateFile
from hub.store.database import open_reader
from hub.web.datamap import as_text, data_map

DOOR = Candidate(id="door-9", dialect="zigbee2mqtt", topic="zigbee2mqtt/door 9", kind="door", name="Есік 9",
                 model="Aqara", first_seen=1, last_seen=1)  # fmt: skip


def announced(school):
    CandidateFile(school.config.store.path).save({"zigbee2mqtt zigbee2mqtt/door 9": DOOR})


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
    assert (answer.status_code, answer.location) == (303, "/new?done=adopting")
    with contextlib.closing(open_reader(school.config.store.path)) as db:
        [(kept,)] = db.execute("SELECT body FROM journal WHERE kind = 'adopt'").fetchall()
    assert "Болат" in kept


def test_what_is_no_candidate_zone_or_kind_is_refused(school):
    school.is_well()
    announced(school)
    client = school.client()
    client.signs_in("inspector")
    for wrong in ({"zone": "attic"}, {"kind": "microphone"}, {"candidate": "x"}):
        assert client.post("/new", data=form(school, **wrong)).status_code == 400


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
