"""Why a message was sent, and what headquarters is still owed, in the reader's words."""

from collections.abc import Mapping
from typing import Final

from hub.domain.alarms import Alarm
from hub.domain.found import found_at
from hub.web.answers import N_
from hub.web.language import gettext, language
from hub.web.page import page
from hub.web.times import clock

REASONS: Final[Mapping[str, str]] = {
    "raised": N_("at once"),
    "found": N_("at once"),
    "pressed_again": N_("it was pressed again"),
    "pressed_earlier": N_("it was pressed earlier than was told"),
    "came_back": N_("it came back"),
    "acknowledged": N_("somebody has it"),
    "reset": N_("it is over"),
    "returned": N_("its cause is gone"),
    "found_over": N_("its cause is gone"),
    "verified": N_("a second sensor has confirmed it"),
    "promoted": N_("an exercise was made real"),
    "outside_the_drill": N_("it was pressed outside the drill"),
    "after_quiet_hours": N_("after the quiet hours"),
    "grouped": N_("together with others"),
    "another_one": N_("one more is down"),
    "over_budget": N_("together with others, when the limit for headquarters had room again"),
    "merged": N_("it goes on as a newer alarm"),
    "shelved": N_("it was put aside"),
    "unshelved": N_("the time for which it was put aside is over"),
    "device_removed": N_("its sensor was removed"),
}


def reason(word: str) -> str:
    """Why a message was sent; an unknown reason by its own name."""
    if word.startswith("escalation_"):
        return gettext("because nobody had acknowledged")
    return gettext(REASONS[word]) if word in REASONS else word.replace("_", " ")


def again(alarm: Alarm) -> str:
    """Why a person was asked for once more, at `asked_at`; empty where one was asked for only once."""
    if alarm.promoted_at and alarm.promoted_at == alarm.asked_at:
        return gettext("Made real")
    if alarm.count < 2 or alarm.asked_at <= alarm.raised_at:
        return ""
    return gettext("Pressed again") if alarm.latching else gettext("It came back")


def found(alarm: Alarm) -> str:
    """When an alarm that nobody saw come was found, and after how long a time without a watch."""
    return found_at(clock(page().config.site.hours, alarm.raised_at), alarm.gap, language())


def owed(alarm: Alarm) -> str:
    """Why headquarters does not know of an alarm yet; empty where nothing is held back."""
    if not alarm.owed:
        return ""
    return gettext(
        "Not sent yet: the limit for headquarters, %(most)d alarms in %(minutes)d minutes, is used up. It is sent "
        "together with others when there is room.",
        **_limit(),
    )


def budget(told: int) -> str:
    """How much of headquarters' budget is used: `told` alarms of the present time."""
    return gettext(
        "Headquarters was told of %(told)d alarms in the last %(minutes)d minutes. The limit is %(most)d; panic and "
        "help do not count.",
        told=told,
        **_limit(),
    )


def _limit() -> dict[str, int]:
    limits = page().config.site.limits
    return {"most": limits.headquarters_at_most, "minutes": max(1, limits.headquarters_within // 60_000)}
