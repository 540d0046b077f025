"""The page as an app, and that nothing comes from another host."""

import re
from pathlib import Path

import pytest

import hub.web

WEB = Path(hub.web.__file__).parent
FILES = [*WEB.glob("templates/*.html"), *WEB.glob("static/*.js"), *WEB.glob("static/*.css"), *WEB.glob("static/*.svg")]


def test_the_manifest_names_the_school_and_icons_that_are_there(client):
    body = client.get("/manifest.webmanifest?lang=ru").get_json(force=True)
    assert body["name"] == "Школа №1"
    for icon in body["icons"]:
        answer = client.get(icon["src"])
        assert (answer.status_code, answer.mimetype) == (200, icon["type"])


def test_the_worker_and_what_it_keeps_are_there(client):
    worker = client.get("/sw.js")
    assert "javascript" in worker.mimetype
    assert worker.headers["Cache-Control"] == "no-cache"
    for kept in re.findall(r'"(/(?:offline|static)[^"]*)"', worker.text):
        assert kept == "/offline/seen" or client.get(kept).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("kk", "Байланыс жоқ"), ("ru", "Нет связи")])
def test_the_offline_page_tells_nothing_of_the_school_s_state(school, client, language, words):
    school.is_well()
    text = client.page("/offline", language)
    assert words in text
    assert "top-ok" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_comes_from_another_host(path):
    found = re.findall(
        r"""(?:src|href|action|url\(|import|fetch\()\s*[=(]?\s*["']?((?:https?:)?//[^\s"')]+)""", path.read_text()
    )
    assert found == []


def test_the_policy_forbids_other_hosts(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe" not in policy
