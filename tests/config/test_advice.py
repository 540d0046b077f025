"""`hub check` notes alarms that nobody would be told of, and panics that nobody could prove."""

from pathlib import Path

import pytest

from hub.config.advice import advice
from hub.config.check import check
from tests.config.files import EXAMPLE, SECRETS, read, small

PEOPLE = "  - {name: caretaker, kind: apprise, url: !secret caretaker_url}"
HQ = '  - {name: hq, kind: webhook, url: "https://hq.example/a", secret: !secret hq_secret}'
LINE = '  - {name: line, kind: dc09, host: 10.0.0.5, port: 12128, account: "1017"%s}'
CAP = '  - {name: cap, kind: cap, url: "https://cap.example/in", sender: s@edu.example%s}'


def said(folder: Path, channels: list[str], *routes: str) -> list[str]:
    blocks = {"channels": "\n".join(["channels:", *channels]), "routes": "\n".join(["routes:", *routes])}
    config = read(folder, small(**blocks))
    return [sentence.partition(":")[0] for sentence in advice(config)]


ALONE = "alarms of priority {} go to headquarters' channels alone (hq), which get only the important ones"
ELSE = "  - {priority: [high, medium], to: caretaker}"


def test_the_example_is_as_it_is_meant(tmp_path):
    assert advice(read(tmp_path, EXAMPLE.read_text(encoding="utf-8"))) == ()


@pytest.mark.parametrize(
    ("channels", "routes", "expected"),
    [
        ([HQ], ["  - {priority: critical, to: hq}"],
         ["no route for priority high", "no route for priority medium"]),
        ([HQ], ["  - {priority: [critical, high, medium], to: hq}"], [ALONE.format("high"), ALONE.format("medium")]),
        ([HQ], ["  - {priority: [critical, high, medium], to: hq, headquarters: all}"], []),
        ([HQ, PEOPLE], ["  - {priority: [critical, high, medium], to: hq, after: {1m: caretaker}}"], []),
        ([HQ, PEOPLE], ["  - {priority: critical, to: caretaker, after: {1m: hq}}", ELSE], []),
        ([HQ, LINE % "", PEOPLE], ["  - {priority: critical, to: hq}", ELSE],
         ["channel line is in no route"]),
        ([PEOPLE], ["  - {priority: critical, to: caretaker}", ELSE],
         ["no channel of priority critical can prove that headquarters has a panic (caretaker)"]),
        ([LINE % "", PEOPLE], ["  - {priority: critical, to: line}", ELSE],
         ["no channel of priority critical can prove that headquarters has a panic (line)"]),
        ([LINE % ", key: !secret dc09_key", PEOPLE], ["  - {priority: critical, to: line}", ELSE], []),
        ([CAP % "", PEOPLE], ["  - {priority: critical, to: cap}", ELSE],
         ["no channel of priority critical can prove that headquarters has a panic (cap)"]),
        ([CAP % ", secret: !secret hq_secret", PEOPLE], ["  - {priority: critical, to: cap}", ELSE], []),
    ],
)  # fmt: skip
def test_what_is_noted(tmp_path, channels, routes, expected):
    assert said(tmp_path, channels, *routes) == expected


def test_lines_that_can_prove_are_those_with_a_key(tmp_path):
    sealed = (LINE % ", key: !secret dc09_key").replace("name: line", "name: sealed")
    signed = (CAP % ", secret: !secret hq_secret").replace("name: cap", "name: signed")
    lines = "\n".join(["channels:", HQ, LINE % "", sealed, CAP % "", signed, PEOPLE])
    site = read(tmp_path, small(channels=lines)).site
    assert site.proving == {"hq", "sealed", "signed"}
    assert site.hq_channels == site.proving | {"line", "cap"}


def test_a_note_is_no_mistake(tmp_path, capsys, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "hub.yaml"
    path.write_text(small(), encoding="utf-8")
    assert check(path) == 0
    assert "note: no route for priority medium: nobody is told of tasks" in capsys.readouterr().out
