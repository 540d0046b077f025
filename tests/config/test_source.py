"""The strict part of YAML, and what is said about everything outside it."""

from pathlib import Path

import pytest

from hub.config.load import load
from hub.config.problems import ConfigErrors

from .files import SMALL, problems, read

REFUSED = {
    "no UTF-8": (SMALL.replace("School", "Школа").encode("cp1251"), "3: is not UTF-8"),
    "UTF-16": (SMALL.encode("utf-16"), "1: is not UTF-8"),
    "a control character": (SMALL.replace("School", "Sch\x00ool"), "3: a control character stands here"),
    "too large": (SMALL + "#" * 256 * 1024, "1: is larger than 256 KiB"),
    "empty": ("", "1: the file is empty"),
    "only comments": ("# nothing\n", "1: the file is empty"),
    "tabs": (SMALL.replace("  id:", "\tid:"), "2: a tab stands where only spaces may"),
    "wrong indentation": (SMALL.replace("  name:", "   name:"), "3: wrong indentation"),
    "a key indented too little": (SMALL.replace("  name:", " name:"), "3: wrong indentation"),
    "an open quote": (SMALL.replace('"School"', '"School'), "5: "),
    "an open bracket": (SMALL.replace("critical, to: hq}", "critical, to: hq"), "15: a ',' or a closing bracket"),
    "an odd first character": (SMALL.replace('"School"', "@School"), "3: a text that begins with this character needs"),
    "an alias": (SMALL.replace('"School"', "*other"), "3: aliases (*name) are not allowed"),
    "an anchor": (SMALL.replace('"School"', "&here School"), "3: anchors (&name) are not allowed"),
    "a merge key": (SMALL.replace("  name:", "  <<: {a: b}\n  name:"), "3: merge keys (<<) are not allowed"),
    "an unknown tag": (
        SMALL.replace('"School"', "!!python/name:os.system x"),
        "3: unknown tag: the only one is !secret",
    ),
    "a standard tag": (SMALL.replace('"School"', "!!str School"), "3: unknown tag"),
    "a secret of many": (SMALL.replace("!secret hq_secret", "!secret [a]"), "12: !secret takes one name"),
    "a key of a list": (SMALL.replace("  name:", "  ? [a]\n  : b\n  name:"), "3: a key must be a plain word"),
    "a secret key": (SMALL.replace("  name:", "  !secret a: b\n  name:"), "3: a key can't be a secret"),
    "a second document": (SMALL + "---\na: b\n", "15: a second document begins here"),
    "deep nesting": ("a: " + "[" * 50_000, "1: is nested more than 12 levels deep"),
    "deep keys": ("? " * 50_000, "1: is nested more than 12 levels deep"),
    "an impossible escape": ('a: "\\UFFFFFFFF"', "1: is not valid YAML"),
    "half a character": (SMALL.replace('"School"', '"\\ud800"'), "3: half a character"),
    "a list as a whole": ("- a\n", "1: must be one value"),
    "a word as a whole": ("hello\n", "1: must be a block of keys"),
}
BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"


@pytest.mark.parametrize(("content", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_strict_yaml_is_refused_with_its_line(tmp_path: Path, content: str | bytes, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(tmp_path, content))


def test_an_alias_bomb_is_refused_where_it_is_laid(tmp_path: Path) -> None:
    found = problems(tmp_path, BOMB)
    assert [problem[0] for problem in found if "anchors" in problem or "aliases" in problem] == ["1", "2", "2", "3"]


def test_words_of_yaml_1_1_stay_what_they_look_like(tmp_path: Path) -> None:
    text = SMALL.replace("id: hall", "id: no").replace("zone: hall", "zone: no").replace('"07:30"', "07:30")
    config = read(tmp_path, text.replace("name: Hall", "name: yes"))
    assert config.site.zones["no"].name == {"kk": "yes", "ru": "yes", "en": "yes"}
    assert config.site.hours.open == 450


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + SMALL.encode()).site.id == "school-1"


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_a_file_that_can_t_be_read_is_one_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigErrors, match=":1: can't be read: "):
        load(tmp_path / name, {})


def test_a_device_that_never_ends_is_too_large_not_a_hang() -> None:
    with pytest.raises(ConfigErrors, match="/dev/zero:1: is larger than 256 KiB"):
        load(Path("/dev/zero"), {})


def test_errors_print_as_file_line_problem(tmp_path: Path) -> None:
    path = tmp_path / "hub.yaml"
    path.write_text("- a\n")
    with pytest.raises(ConfigErrors) as raised:
        load(path, {})
    assert str(raised.value) == f"{path}:1: must be one value, not a list or a block of keys"
