"""Why a device was not adopted, in words for whoever stands there with it."""

from collections.abc import Mapping
from typing import Final

from hub.adopt.refusal import Code, Refusal
from hub.web.answers import N_
from hub.web.language import gettext

SENTENCES: Final[Mapping[Code, str]] = {
    "no_kind": N_("Choose what it is."),
    "unknown_zone": N_("There is no such room: choose one of the list."),
    "id_taken": N_("The short name “%(about)s” is taken: choose another one."),
    "bad_id": N_(
        "“%(about)s” can't be a short name: only small Latin letters, digits and hyphens between them, at most 64."
    ),
    "intrudes": N_(
        "“%(about)s” speaks of something that hears, sees or knows people. Nothing of the kind may be in a restroom."
    ),
    "camera_there": N_("The camera “%(about)s” stands in this room: no camera may be in a restroom."),
    "topic_taken": N_("The sensor “%(detail)s” has this address already."),
    "mistakes": N_("With this sensor the hub's settings would not be right."),
    "mistakes_before": N_("The hub's settings (hub.yaml) have mistakes: they have to be put right first."),
    "no_place": N_("The hub can't add to its settings (hub.yaml) by itself: add the sensor by hand."),
    "changed": N_("Somebody else changed the hub's settings just now. Try again."),
    "read_only": N_("The hub may not write its settings: give its user the right to write %(about)s and its folder."),
    "not_writable": N_("The hub's settings could not be written (%(about)s). Is the disk full?"),
}
TECHNICAL: Final = frozenset({"mistakes", "mistakes_before", "no_place", "read_only", "not_writable"})
"""Those whose details help a technician, who reads English."""


def sentence(refusal: Refusal) -> str:
    """In the reader's language."""
    return gettext(SENTENCES[refusal.code], about=refusal.about, detail=refusal.detail)


def details(refusal: Refusal) -> str:
    """For the technician; empty where the sentence says all."""
    return refusal.detail if refusal.code in TECHNICAL else ""
