"""A panic button's memory: presses stay until the hub has confirmed each, and the lamp tells how far help is. Pure.

The times are those of the firmware in `firmware_configs/packages/numbered_press.yaml`.
"""

from typing import Final, Literal

import msgspec

Lamp = Literal["off", "blinking", "steady", "green"]

REPEAT: Final = 2.0
"""Seconds between repeats of a press that nobody has confirmed."""

GREEN_FOR: Final = 60.0
STEADY_FOR: Final = 1800.0
"""Seconds until the lamp goes out: after headquarters' receipt, and where that one doesn't come."""

WAITING_LIMIT: Final = 12
"""Unconfirmed presses; whoever presses on adds nothing to them."""


class Receipt(msgspec.Struct, frozen=True):
    """What the hub answers: the press of this boot and number is stored, or headquarters has it."""

    boot: int
    seq: int
    stage: Literal["stored", "hq"]


class Latch:
    """Numbers presses within one `boot`, a random number of each start. Times are seconds of a monotonic clock."""

    def __init__(self, boot: int) -> None:
        self.boot = boot
        self.seq = 0
        self._due: dict[int, float] = {}
        self._confirmed: tuple[int, str] = (0, "")
        self._changed = 0.0

    def press(self, now: float) -> int:
        """One press; its number. It is due for sending at once."""
        if len(self._due) < WAITING_LIMIT:
            self.seq += 1
            self._due[self.seq] = now
        return self.seq

    def due(self, now: float) -> list[int]:
        """Numbers of the presses to send now, oldest first; each is due again after REPEAT until it is confirmed."""
        numbers = [seq for seq, when in self._due.items() if when <= now]
        for seq in numbers:
            self._due[seq] = now + REPEAT
        return numbers

    def hurry(self, now: float) -> None:
        """Everything unconfirmed is due now: the broker is back."""
        self._due = dict.fromkeys(self._due, now)

    def confirm(self, receipt: Receipt, now: float) -> bool:
        """Whether the receipt is for a press of this boot; others change nothing."""
        if receipt.boot != self.boot or not 0 < receipt.seq <= self.seq:
            return False
        self._due.pop(receipt.seq, None)
        reached = (receipt.seq, receipt.stage)
        if receipt.seq >= self._confirmed[0] and self._confirmed not in ((receipt.seq, "hq"), reached):
            self._confirmed, self._changed = reached, now
        return True

    def lamp(self, now: float) -> Lamp:
        """Blinking: not confirmed yet. Steady: stored. Green: headquarters has it. Then off."""
        if self._due:
            return "blinking"
        seq, stage = self._confirmed
        if seq and stage == "hq" and now - self._changed < GREEN_FOR:
            return "green"
        if seq and stage == "stored" and now - self._changed < STEADY_FOR:
            return "steady"
        return "off"
