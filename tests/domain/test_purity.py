"""The domain imports nothing that does I/O, reads no clock, and nothing imports upwards."""

import ast
from pathlib import Path

import pytest

HUB = Path(__file__).parents[2] / "hub"
ALLOWED = {
    "collections", "datetime", "enum", "functools", "itertools", "math", "msgspec", "types", "typing", "zoneinfo", "re",
}  # fmt: skip

# Who may be imported by whom: each folder sees only what stands before it.
LAYERS = ["domain", "config", "ingest", "store", "forward", "report", "web", "sim", "ops"]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", sorted((HUB / "domain").glob("*.py")), ids=lambda path: path.stem)
def test_the_domain_imports_nothing_that_does_io(path):
    outside = {name for name in imports(path) if not name.startswith("hub.domain")}
    assert {name.split(".")[0] for name in outside} <= ALLOWED


@pytest.mark.parametrize("path", sorted((HUB / "domain").glob("*.py")), ids=lambda path: path.stem)
def test_the_domain_reads_no_clock(path):
    source = path.read_text(encoding="utf-8")
    for clock in (".now()", ".today()", ".utcnow()", "time.time", "monotonic"):
        assert clock not in source
