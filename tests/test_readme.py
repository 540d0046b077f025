"""README and docs say what is there: every link, folder, command and make target they name exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "firmware_configs/README.md"]
README = PAGES[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_of_docs_is_reached_from_the_readme_or_another_page():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [page.name for page in PAGES[1:-1] if f"({page.name}" not in text and f"docs/{page.name}" not in text] == []


def test_every_folder_that_is_named_exists():
    named = re.findall(r"`((?:hub|docs|tests|firmware_configs|dashboards)/[\w/.]*)`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_and_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"`?\bmake (\w+)`?", README) if f"\n{name}:" not in makefile] == []
    usage = subprocess.run([sys.executable, "-m", "hub", "--help"], capture_output=True, text=True, check=True).stdout
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = set(re.findall(r"`hub ([a-z]+)\b", text))
    assert commands
    assert {name for name in commands if not re.search(rf"^ +{name} ", usage, re.MULTILINE)} == set()
