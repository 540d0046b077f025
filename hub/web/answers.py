"""What the core answers to orders, as sentences; the few that carry a number are in `words.outcome`."""

from collections.abc import Mapping
from typing import Final


def N_(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


ANSWERS: Final[Mapping[str, str]] = {
    "not_understood": N_("The hub did not understand this order. Tell the inspector."),
    "recorded": N_("Recorded."),
    "adopting": N_("The hub writes it down and starts anew. This page looks again by itself."),
    "shelved": N_("Put aside. It comes back by itself when the time is over."),
    "unshelved": N_("Taken back: it counts again."),
    "maintained": N_("Maintenance has begun. It ends by itself when the time is over."),
    "ended": N_("Ended."),
    "started": N_("The drill is set up. In its time, presses of these buttons are exercises."),
    "promoted": N_("It is a real alarm now: everybody is told."),
    "noted": N_("Written down."),
    "note_too_long": N_("This is too long: some sentences are enough."),
    "not_a_date": N_("This is no day of the calendar."),
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
    "taken": N_("It is your task now."),
    "taken_already": N_("Somebody else has taken this task already."),
    "given_back": N_("The task waits for somebody else again."),
    "said_done": N_("Thank you. The task closes by itself when the sensor confirms it."),
    "accepted": N_("Accepted. The task comes back when the time is over."),
    "put_aside": N_("This is put aside: take it back first."),
    "no_such_task": N_("This task is over already."),
    "too_many_photos": N_("These are too many photographs: six are enough."),
    "bad_photo": N_("The photograph could not be kept. Try another one."),
    "photo_not_understood": N_("This is no photograph that can be kept: take a JPEG or PNG picture."),
    "no_room_for_photos": N_("There is no room for more photographs. Say it without one, and tell the inspector."),
    "round_started": N_("The round has begun."),
    "round_goes_on": N_("A round goes on already."),
    "nothing_to_walk": N_("There are no buttons, emergency exits or posters in this school."),
    "ticked": N_("Ticked."),
    "no_such_round": N_("This round is over already."),
    "no_such_item": N_("This is not part of the round."),
    "only_the_sensor": N_("The hub ticks this by itself: press the button or open the door."),
    "items_left": N_("Something is left to do: look at the list."),
    "round_finished": N_("The round is finished and recorded. Thank you."),
    "placed": N_("The places on the plan are kept."),
    "off_the_plan": N_("This place is not on the plan."),
    "pack_too_large": N_("The pack would be too large with all its photographs. Choose a shorter period."),
    "pack_failed": N_("The pack could not be made. Try again; if it stays, tell the administrator."),
    "finding_raised": N_("The finding is recorded."),
    "finding_moved": N_("The finding is given on."),
    "finding_closed": N_("The finding is closed."),
    "no_such_finding": N_("This finding is closed already."),
    "no_text": N_("Write what was found."),
    "no_evidence": N_("A finding is closed on evidence only: write what was done and how you know."),
    "no_date": N_("Choose the day by which it has to be done."),
    "unknown_assignee": N_("Choose who has to do it."),
    "not_an_exercise": N_("This is no exercise: it is real already."),
}
