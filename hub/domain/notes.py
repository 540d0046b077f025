"""What people write about a device: a note, its model, and when it has to be replaced."""

from datetime import date
from typing import Final

import msgspec

from hub.domain.commands import WriteNote
from hub.domain.decision import Decision, Entry
from hub.domain.now import Now
from hub.domain.state import DeviceNote, SiteState

NOTE_LIMIT: Final = 1000
"""Characters of a note: some sentences, not a file."""
MODEL_LIMIT: Final = 100


def on_write_note(state: SiteState, event: WriteNote, now: Now) -> Decision:
    """`answer` is `noted`, `unknown_target`, `note_too_long` or `not_a_date`. The new note replaces the one before,
    which stays in the journal; empty fields say that nothing is known."""
    if event.device not in state.site.devices:
        return Decision(answer="unknown_target")
    if len(event.note) > NOTE_LIMIT or len(event.model) > MODEL_LIMIT:
        return Decision(answer="note_too_long")
    if event.replace_by and not _is_date(event.replace_by):
        return Decision(answer="not_a_date")
    note = DeviceNote(
        device=event.device,
        note=event.note.strip(),
        model=event.model.strip(),
        replace_by=event.replace_by,
        at=now.wall,
        by=event.by,
    )
    body = {key: value for key, value in msgspec.to_builtins(note).items() if key != "at"}
    return Decision(notes=(note,), journal=(Entry("note", now.wall, body),), answer="noted")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
