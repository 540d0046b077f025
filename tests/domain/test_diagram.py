"""The diagram in the documentation is the table."""

from pathlib import Path

from hub.domain.alarms import TRANSITIONS
from hub.domain.diagram import page

DOC = Path(__file__).parents[2] / "docs" / "alarm-states.md"


def test_the_committed_diagram_is_the_generated_one():
    assert DOC.read_text() == page(), "write it anew: python -m hub.domain.diagram > docs/alarm-states.md"


def test_every_transition_is_drawn_once_and_marked_where_the_latch_refuses():
    drawn = [line for line in page().splitlines() if line.startswith("  ") and "[*]" not in line]
    assert len(drawn) == len(TRANSITIONS)
    assert "  unacknowledged --> shelved: shelve ✕" in drawn
    assert "  unacknowledged --> normal: reset ●" in drawn
    assert "  acknowledged --> unacknowledged: repeat" in drawn
