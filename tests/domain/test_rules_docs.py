"""docs/rules.md names every limit of a device with its default and where that comes from."""

import re
from pathlib import Path

import pytest

from hub.config.devices import _BY_ROLE, _OWN, SILENT_AFTER
from hub.domain.site import Device

DOC = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()
SOURCES = DOC.partition("## Where the limits come from")[2]
UNITS = {"s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
NO_LIMITS = {"role", "intrusion", "calibrated", "lit", "lit_from", "lit_to"}
LIMITS = sorted({key for keys in _OWN.values() for key in keys} - NO_LIMITS | {"battery_min"})
BARE = Device(id="d", kind="door", zone="z", silent_after=1)


def rows() -> dict[str, tuple[str, str]]:
    found = {}
    for names, default, source in re.findall(r"^\| (`.*?) \| (.*?) \| (.*?) \|$", SOURCES, re.MULTILINE):
        for number, name in enumerate(re.findall(r"`(\w+)`", names)):
            parts = default.split(", ") if names.count("`") > 2 else [default]
            found[name] = parts[number], source
    return found


def figure(text: str) -> float:
    number, _, unit = text.partition(";")[0].partition(" ")
    return float(number) * UNITS.get(unit, 1)


@pytest.mark.parametrize("name", LIMITS)
def test_each_limit_has_its_default_and_its_source(name):
    default, source = rows()[name]
    assert figure(default) == getattr(BARE, name)
    assert len(source) > 10


def test_the_defaults_of_roles_and_silence_are_the_codes():
    held = rows()["held_after"][0]
    assert f"emergency exit {_BY_ROLE['exit']['held_after'] // 60_000} min" in held
    assert f"restricted {_BY_ROLE['restricted']['held_after'] // 1000} s" in held
    said = {figure(one) for one in rows()["silent_after"][0].split(", ")}
    assert said == {float(one) for one in SILENT_AFTER.values()}
