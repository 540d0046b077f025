"""A verified intrusion: two independent signals within half an hour. Only then is headquarters told by default.

The time is that of sequential confirmation in BS 8243 (30 to 60 minutes). Movement alone verifies nothing, since a
guard on his round moves as well.
"""

from typing import Final

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.conditions import Judgement

WITHIN_MS: Final = 1_800_000
SECOND_SIGNALS: Final = frozenset({"intrusion", "door_forced", "tamper"})


def verify(judgement: Judgement) -> None:
    """Tells headquarters of each open intrusion that another device has confirmed."""
    open_ = [alarm for name in judgement.state.devices for alarm in judgement.device(name).open.values()]
    for alarm in open_:
        if alarm.type == "intrusion" and not alarm.verified and _second_signal(open_, alarm):
            verified = msgspec.structs.replace(alarm, verified=True)
            judgement.keep(judgement.tell(verified, "alarm.updated", "verified"))


def _second_signal(open_: list[Alarm], alarm: Alarm) -> bool:
    return any(
        other.type in SECOND_SIGNALS
        and other.device != alarm.device
        and abs(other.asked_mono - alarm.asked_mono) <= WITHIN_MS
        for other in open_
    )
