"""Whatever the bytes, load gives a Config or ConfigErrors, and every error can be printed."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.config.load import load
from hub.config.model import Config
from hub.config.problems import ConfigErrors

from .files import EXAMPLE, SECRETS, SMALL

VALID = EXAMPLE.read_text()
TOKENS = re.findall(r"\w+|\W", VALID)
SPICE = st.sampled_from(
    ["\t", "*a", "&a ", "!secret ", "!!int ", "[", "{", "]", "}", ": ", "- ", "'", '"', "|", ">", "? ", "<<: ", "~"]
) | st.sampled_from(["\n", "---\n", "%YAML 9\n", '"\\uD800"', "\x85", "\ufeff", "1e999", "0x1", "07:30"])
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(folder: Path, data: bytes) -> None:
    path = folder / "hub.yaml"
    path.write_bytes(data)
    result: Config | ConfigErrors
    try:
        result = load(path, SECRETS)
    except ConfigErrors as errors:
        result = errors
    if isinstance(result, ConfigErrors):
        assert result.problems
        assert all(problem.line > 0 and problem.text.isprintable() for problem in result.problems)
        str(result).encode()


@MANY
@given(data=st.binary(max_size=400))
def test_any_bytes_are_survived(tmp_path: Path, data: bytes) -> None:
    survives(tmp_path, data)


@MANY
@given(text=st.lists(st.one_of(SPICE, st.text(max_size=4)), max_size=60).map("".join))
def test_any_text_that_looks_like_yaml_is_survived(tmp_path: Path, text: str) -> None:
    survives(tmp_path, text.encode(errors="surrogatepass"))


@MANY
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(TOKENS) - 1), st.one_of(SPICE, st.sampled_from(TOKENS), st.text(max_size=3))),
        min_size=1,
        max_size=5,
    )
)
def test_a_valid_file_with_some_words_changed_is_survived(tmp_path: Path, changes: list[tuple[int, str]]) -> None:
    words = list(TOKENS)
    for place, word in changes:
        words[place] = word
    survives(tmp_path, "".join(words).encode(errors="surrogatepass"))


@MANY
@given(secrets=st.lists(st.one_of(SPICE, st.text(max_size=4)), max_size=30).map("".join))
def test_any_secrets_file_is_survived(tmp_path: Path, secrets: str) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_bytes(secrets.encode(errors="surrogatepass"))
    path.chmod(0o600)
    survives(tmp_path, SMALL.replace("hq_secret", "own").encode())


HOSTILE = {
    "brackets": "[" * 200_000,
    "braces": "{" * 200_000,
    "dashes": "- " * 100_000,
    "questions": "? " * 100_000,
    "quoted": '"' + "\\x41" * 50_000,
    "unknown keys": "".join(f"key{number}: 1\n" for number in range(20_000)),
    "one key for ever": "a: 1\n" * 40_000,
    "a long key": "k" * 200_000 + ": 1",
    "a long value": "site: " + "v" * 200_000,
    "a list of nothing": "devices: [" + "{}," * 60_000 + "]",
}


@pytest.mark.timeout(90)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_neither_memory_nor_minutes(tmp_path: Path, text: str) -> None:
    survives(tmp_path, text.encode())
