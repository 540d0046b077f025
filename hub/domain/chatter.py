"""Alarms that come and go again and again: told a few times, then left alone until they calm down.

Three activations within a minute are chattering: ANSI/ISA-18.2 and EEMUA publication 191 give that figure.
Presses never pass here.
"""

import msgspec

from hub.domain.now import Now
from hub.domain.site import Limits


class Chatter(msgspec.Struct, frozen=True):
    """A condition that chatters: what it is now, and since when without a change."""

    holds: bool
    since: Now


def is_judged(chatter: dict[str, Chatter], code: str, holds: bool, limits: Limits, now: Now) -> bool:
    """Whether alarm `code` is to be judged: True unless it chatters. One that has calmed down is forgotten."""
    before = chatter.get(code)
    if before is None:
        return True
    if before.holds is not holds:
        chatter[code] = Chatter(holds, now)
        return False
    if now.ms_since(before.since) < limits.calm_after:
        return False
    del chatter[code]
    return True


def is_one_too_many(activations: dict[str, tuple[int, ...]], code: str, limits: Limits, now: Now) -> bool:
    """Counts one more activation of `code`; True where that makes it chatter, and the count starts anew."""
    recent = [at for at in activations.get(code, ()) if now.mono - at < limits.chatter_within]
    if len(recent) + 1 >= limits.chatter_count:
        activations.pop(code, None)
        return True
    activations[code] = (*recent, now.mono)
    return False
