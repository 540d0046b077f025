"""Every text of the pages is translated, and nothing is translated that no page says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import hub.web

WEB = Path(hub.web.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "N_": None}
PLACES = re.compile(r"%\((\w+)\)[sd]")


def said() -> set[object]:
    """Message ids in code and templates; one with a plural is a pair."""
    options = {"**/templates/**.html": {"trim_blocks": "true", "silent": "false"}}
    return {found[2] for found in extract_from_dir(WEB, METHODS, options, keywords=KEYWORDS)}


def catalogues(language: str) -> Iterator[tuple[Path, Catalog]]:
    for path in sorted((WEB / "translations" / language).glob("*.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=language, abort_invalid=True)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_text_is_translated_and_no_translation_is_unused(language):
    translated = set()
    for path, catalogue in catalogues(language):
        for message in catalogue:
            if not message.id:
                continue
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(forms), f"{path.name}: {message.id!r} is empty"
            assert not message.fuzzy, f"{path.name}: {message.id!r} is fuzzy"
            assert message.id not in translated, f"{path.name}: {message.id!r} is in two catalogues"
            translated.add(message.id)
    assert said() - translated == set(), "not translated"
    assert translated - said() == set(), "no page says this"


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_translations_keep_the_places_for_values_and_their_plural_forms(language):
    forms_needed = {"kk": 1, "ru": 3}[language]
    for path, catalogue in catalogues(language):
        for message in catalogue:
            if not message.id:
                continue
            source = message.id if isinstance(message.id, tuple) else (message.id,)
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            assert len(forms) == (forms_needed if len(source) == 2 else 1), f"{path.name}: {message.id!r}"
            for form in forms:
                assert set(PLACES.findall(form)) == set(PLACES.findall(source[-1])), f"{path.name}: {message.id!r}"
