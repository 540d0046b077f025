"""What the core answers to orders, as sentences; the few that carry a number are in `words.outcome`."""

from collections.abc import Mapping
from typing import Final


def N_(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


ANSWERS: Final[Mapping[str, str]] = {
    "not_allowed": N_("Your PIN is right, but this is for the inspector to decide."),
    "not_understood": N_("The hub did not understand this order. Tell the inspector."),
    "recorded": N_("Recorded."),
    "shelved": N_("Put aside. It comes back by itself when the time is over."),
    "unshelved": N_("Taken back: it counts again."),
    "maintained": N_("Maintenance has begun. It ends by itself when the time is over."),
    "ended": N_("Ended."),
    "started": N_("The drill is set up. In its time, presses of these buttons are exercises."),
    "promoted": N_("It is a real alarm now: everybody is told."),
    "no_reason": N_("Write why: one sentence is enough."),
    "reason_too_long": N_("The reason is too long: one or two sentences are enough."),
    "already_over": N_("This time is over already. Choose a later one."),
    "too_long": N_("This is too long. Choose a shorter time."),
    "too_far": N_("This is too far ahead. Choose a nearer time."),
    "overlaps": N_("One of these buttons is in another drill at that time."),
    "no_button": N_("Choose at least one button."),
    "not_a_button": N_("One of these is not a button."),
    "no_such_drill": N_("This drill is over already."),
    "not_maintained": N_("Nobody works there: the maintenance is over already."),
    "unknown_target": N_("The school has no such sensor or zone."),
    "not_an_exercise": N_("This is no exercise: it is real already."),
}
