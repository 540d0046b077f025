"""What people read is written in one alphabet: a Latin letter in a Cyrillic word looks right, and is not found, read
aloud or sorted as it should be."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
READ = ("hub/**/*.py", "hub/**/*.po", "hub/**/*.html", "hub/**/*.js", "docs/*.md", "docs/*.yaml", "dashboards/*.json",
        "firmware_configs/**/*.yaml", "*.md")  # fmt: skip
NO_TEXT = re.compile(r"\\[a-z]|\[[^]]*\w-\w[^]]*\]")
"""Escapes, and the ranges of regular expressions."""
WORD = re.compile(r"[^\W\d_]+")
MIXED = re.compile(r"(?=.*[A-Za-z])(?=.*[Ѐ-ӿ])")
STRAIGHT = re.compile(r"[Ѐ-ӿ]\s*(?:''|\\\")|(?:''|\\\")\s*[Ѐ-ӿ]|[Ѐ-ӿ] - [Ѐ-ӿ]|\bN[o°]?\s?\d+\s[Ѐ-ӿ]")


def lines() -> Iterator[tuple[str, str]]:
    for pattern in READ:
        for path in sorted(ROOT.glob(pattern)):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def test_no_word_mixes_latin_and_cyrillic_letters():
    mixed = [
        (where, word) for where, line in lines() for word in WORD.findall(NO_TEXT.sub(" ", line)) if MIXED.match(word)
    ]
    assert mixed == []


def test_quotation_marks_dashes_and_numbers_are_those_of_the_language():
    for language in ("kk", "ru"):
        for path in (ROOT / "hub/web/translations" / language).glob("*.po"):
            said = [line for line in path.read_text("utf-8").splitlines() if line.startswith(("msgstr", '"'))]
            assert [line for line in said if STRAIGHT.search(line)] == [], path.name
