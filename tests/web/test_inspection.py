"""The inspector's page: figures with their records, findings, the pack."""

import io
import re
import zipfile

import pytest

from hub.domain.commands import Acknowledge, StartDrill, StartRound, TickRound
from hub.report.verify_pack import verify_pack
from hub.store.album import Album
from hub.store.memory import load_state
from tests.web.pictures import picture

HOSTILE = ("<img src=x onerror=alert(1)>", "\u202egnp.exe\u202c", "x" * 10_000, "'; DROP TABLE findings; --")


@pytest.fixture
def inspector(school):
    school.is_well()
    number = school.presses()
    school.after(30)
    school.happens(Acknowledge(number, "Айгүл", "page"))
    school.presses(seq=2, event="test_press")
    return school.client().signs_in("inspector")


def raises(inspector, **changes):
    form = {"order": "raise", "text": "Шам босап тұр", "target": "device:light", "assignee": "akimat",
            "due": "2026-12-01", **changes}  # fmt: skip
    return inspector.post("/inspection/findings?lang=en", data=form)


@pytest.mark.parametrize(
    ("language", "title", "button"),
    [("kk", "Тексеру актісі", "Дабыл түймесі"), ("ru", "Акт обследования", "Тревожная кнопка")],
)
def test_the_page_shows_period_figures_and_their_records(inspector, language, title, button):
    text = inspector.page("/inspection", language)
    assert title in text
    assert "24.11.2026 – 24.11.2026" in text
    assert '<a href="/alarms/1">1</a>' in text
    assert f'<a href="/devices/panic-hall">{button}</a> <span class="detail">panic-hall</span>' in text
    for anchor in re.findall(r'href="#([\w-]+)"', text):
        assert f'id="{anchor}"' in text


def test_the_period_can_be_chosen(inspector):
    assert inspector.page("/inspection?days=30").count('aria-current="true"') == 2
    for odd in ("0", "x", "-1", "99999999999999999999"):
        assert "Inspection report" in inspector.page(f"/inspection?days={odd}")


def test_a_finding_goes_from_raised_to_closed(school, inspector):
    with school.core_answers():
        assert raises(inspector).status_code == 303
        assert "Шам босап тұр" in inspector.page("/inspection")
        refused = inspector.post("/inspection/findings?lang=en", data={"order": "close", "finding": 1, "evidence": ""})
        assert refused.status_code == 409
        assert "on evidence only" in refused.text
        form = {"order": "close", "finding": 1, "evidence": "Бекітілді"}
        assert inspector.post("/inspection/findings", data=form).status_code == 303
    assert "Бекітілді" in inspector.page("/inspection")
    bodies = [row[0] for row in school.store.connection.execute("SELECT body FROM journal WHERE kind = 'finding'")]
    assert ['"by":"Болат"' in body for body in bodies] == [True, True]


def closes(inspector, photo, **changes):
    form = {"order": "close", "finding": 1, "evidence": "Бекітілді", "photo": (photo, "photo.jpg"), **changes}
    return inspector.post("/inspection/findings?lang=en", data=form, content_type="multipart/form-data")


def test_a_photograph_of_the_evidence_is_kept_shown_to_staff_and_taken_away_in_the_pack(
    school, inspector, tmp_path, monkeypatch
):
    monkeypatch.setattr("hub.report.pack.pdf", lambda page: b"%PDF-1.7")
    with school.core_answers():
        raises(inspector)
        assert closes(inspector, picture()).status_code == 303
        pack = inspector.post("/inspection/pack", data={"language": "kk", "days": 365})
    (address,) = re.findall(r'<img src="(/photos/[0-9a-f]{64}\.jpg)" alt="Photograph 1 ', inspector.page("/inspection"))
    kept = inspector.get(address)
    assert kept.mimetype == "image/jpeg"
    assert b"telephone" not in kept.data
    assert school.client().signs_in("caretaker").get(address).status_code == 200
    assert school.client().get(address).status_code == 303
    path = tmp_path / "pack.zip"
    path.write_bytes(pack.data)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("finding-1-photo-1.jpg") == kept.data
        assert "finding-1-photo-1.jpg" in archive.read("report.html").decode()
    assert verify_pack(path, pack.headers["X-Hub-Key"], {}, []).wrong == ()


def test_words_of_evidence_stay_in_the_form_where_the_photograph_is_refused(school, inspector):
    with school.core_answers():
        raises(inspector)
        answer = closes(inspector, io.BytesIO(b"GIF89a"))
    assert answer.status_code == 400
    assert "no photograph" in answer.text
    assert re.search(r"<details open>.*>Бекітілді</textarea>", answer.text, re.S)
    assert school.core.state.findings[1].closed_at == 0


@pytest.mark.parametrize("changes", [{"finding": 9}, {"evidence": " "}])
def test_no_photograph_is_kept_where_nothing_is_closed(school, inspector, changes):
    with school.core_answers():
        raises(inspector)
        assert closes(inspector, picture(), **changes).status_code == 409
    assert not Album(school.config.store.path).folder.exists()


def figure(text, key_words):
    """Now and at the last inspection, of a main figure."""
    return re.search(
        rf">{key_words}</a></th><td class=\"number\">(.*?)</td><td class=\"number\">(.*?)</td>", text
    ).groups()


def test_findings_are_compared_with_the_last_inspection(school, inspector):
    with school.core_answers():
        raises(inspector)
        raises(inspector, text="No poster in the hall", target="zone:hall")
        inspector.post("/inspection/pack", data={"days": "365", "language": "kk"})
        school.after(60)
        form = {"order": "close", "finding": 1, "evidence": "Бекітілді"}
        address = inspector.post("/inspection/findings", data=form).location
        text = inspector.page(address.partition("#")[0])
    assert figure(text, "Open findings") == ("1", "2")
    assert figure(text, "Closed findings") == ("1", "0")


def test_drills_and_rounds_are_told_with_who_when_and_what_came_of_it(school, inspector):
    with school.core_answers():
        school.happens(StartDrill(("panic-zb", "wc"), school.now + 600_000, "Айгүл"))
        decision = school.decided(lambda: school.core.after(10).presses("panic-zb", seq=7))
        school.after(2).attempts("hq", decision.dispatches[0].alert.event_id)
        school.happens(StartRound("Айгүл"))
        school.happens(TickRound(1, "button:panic-hall", "Айгүл", False, "out of reach"))
    text = inspector.page("/inspection?done=noted")
    drills, rounds = (re.search(rf'<section id="{part}">.*?</section>', text, re.S)[0] for part in ("drills", "rounds"))
    assert re.search(r"Айгүл.*panic-zb.*2 s.*headquarters has it.*wc.*awaited", drills, re.S)
    assert "out of reach" in rounds
    assert "goes on" in rounds


def test_open_findings_are_known_after_a_restart(school, inspector):
    with school.core_answers():
        raises(inspector)
    state = load_state(school.store.connection, school.config.site, school.core.now)
    assert state.findings[1].text == "Шам босап тұр"
    assert state.next_finding == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_findings_are_refused_or_shown_harmlessly(school, inspector, text):
    with school.core_answers():
        assert raises(inspector, text=text, target="<b>").status_code == 409
        answer = raises(inspector, text=text)
    assert answer.status_code == (409 if len(text) > 1000 else 303)
    page = inspector.page("/inspection")
    assert "<img src=x" not in page
    assert len(text) > 1000 or "<bdi>" in page


@pytest.mark.parametrize("order", ["", "delete", "raise2"])
def test_there_is_no_other_order(inspector, order):
    assert inspector.post("/inspection/findings", data={"order": order, "finding": 1}).status_code == 400


def test_the_pack_is_signed_and_the_next_page_compares_with_it(school, inspector, tmp_path, monkeypatch):
    monkeypatch.setattr("hub.report.pack.pdf", lambda page: b"%PDF-1.7")
    answer = inspector.post("/inspection/pack", data={"language": "kk", "days": 365})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    path = tmp_path / "pack.zip"
    path.write_bytes(answer.data)
    assert verify_pack(path, answer.headers["X-Hub-Key"], {}, []).wrong == ()
    assert "report.pdf" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    with school.core_answers():
        while not school.store.connection.execute("SELECT 1 FROM journal WHERE kind = 'inspection'").fetchone():
            pass
    school.after(120)
    text = inspector.page("/inspection")
    assert "There was no inspection before" not in text
    assert "Болат" in text
    assert inspector.post("/inspection/pack", data={"language": "xx"}).status_code == 400


def test_of_a_pack_that_would_be_too_large_the_page_says_what_to_do(school, inspector, monkeypatch):
    monkeypatch.setattr("hub.report.pack.pdf", lambda page: b"%PDF-1.7")
    monkeypatch.setattr("hub.report.container.PACK_BYTES", 1000)
    answer = inspector.post("/inspection/pack?lang=en", data={"language": "kk", "days": 365})
    assert answer.status_code == 503
    assert "Choose a shorter period" in answer.text


def test_the_open_report_names_nobody_and_no_room(school, inspector):
    for language, words in (("kk", "Ашық есеп"), ("ru", "Открытый отчёт"), ("en", "Open report")):
        text = school.client().page("/open", language)
        assert words in text
        for secret in ("Айгүл", "panic-hall", "Вестибюль", "Hall", "ДАБЫЛ"):
            assert secret not in text
    body = school.client().get("/open.json").json
    assert body["site"] == "school-1"
    assert not {"inventory", "devices_list", "alarms_list"} & set(body)
