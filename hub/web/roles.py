"""Who may order what on the page: one table, asked in one place (`Orders.carry_out`)."""

from collections.abc import Mapping
from typing import Final, Literal

from hub.domain.site import Role

Action = Literal[
    "shelve", "maintain", "drill", "promote", "note", "take_task", "accept_task", "round", "poster", "place"
]  # fmt: skip

_ALL: Final = frozenset[Role]({"caretaker", "inspector", "admin"})
_INSPECTORS: Final = frozenset[Role]({"inspector", "admin"})

MAY: Final[Mapping[Action, frozenset[Role]]] = {
    "shelve": _ALL,
    "maintain": _ALL,
    "drill": _ALL,
    "promote": _ALL,
    "note": _ALL,
    "take_task": _ALL,
    "accept_task": _INSPECTORS,
    "round": _ALL,
    "poster": _ALL,
    "place": _INSPECTORS,
}

REMEMBERED: Final = frozenset[Action]({"take_task", "round"})
"""Orders for which somebody who gave a PIN a while ago on the same telephone is believed; a telephone that lies about
must not turn a press into an exercise or put an alarm aside."""
