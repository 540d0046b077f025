"""docs/dialects.md tells of every dialect and every reason; its examples, and those of the firmware, are right."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from hub.config.load import load
from hub.domain.reports import Reason
from hub.ingest.dialects import DIALECTS

DOC = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text()
FIRMWARE = (Path(__file__).parents[2] / "firmware_configs" / "README.md").read_text()
EXAMPLES = [
    dedent(block)
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```", DOC + FIRMWARE, re.MULTILINE | re.DOTALL)
    if "kind: " in block
]


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"serial"}))
def test_each_dialect_has_a_chapter_and_an_example(dialect: str) -> None:
    chapter = re.search(rf"^## {dialect}\n(.*?)(?=^## )", DOC, re.MULTILINE | re.DOTALL)
    assert chapter
    assert f"dialect: {dialect}" in chapter[1]


def test_the_firmware_has_a_line_for_each_kind_it_makes() -> None:
    made = {path.stem.partition("-")[0] for path in (Path(__file__).parents[2] / "firmware_configs").glob("*.yaml")}
    [lines] = [block for block in EXAMPLES if "school/panic-gym" in block]
    assert set(re.findall(r"kind: (\w+)", lines)) == made - {"secrets.example"}


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_for_a_rejection_is_named(reason: Reason) -> None:
    assert f"`{reason}`" in DOC


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.partition(",")[0].splitlines()[0])
def test_each_example_is_a_right_configuration(example: str, tmp_path: Path) -> None:
    zones = "".join(f"  - {{id: {zone}, name: x}}\n" for zone in sorted(set(re.findall(r"zone: ([\w-]+)", example))))
    devices = "".join(f"  {line}\n" for line in example.splitlines())
    path = tmp_path / "hub.yaml"
    path.write_text(
        "site: {id: s, name: x, timezone: Asia/Almaty, hours: {weekdays: [mon], open: '07:30', close: '19:00'}}\n"
        f"zones:\n{zones}devices:\n{devices}"
        "channels: [{name: c, kind: apprise, url: !secret url}]\n"
        "routes: [{priority: [critical, high, medium], to: [c]}]\n"
    )
    assert load(path, {"HUB_SECRET_URL": "json://127.0.0.1"}).site.devices
