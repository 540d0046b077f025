"""When the next sign of life is due on a supervised line."""

from typing import Final

from hub.domain.alarms import AlarmState
from hub.domain.alerts import Alert

HEARTBEAT_MS: Final = 60_000
AGAIN_MS: Final = 15_000
"""After one that failed, unless alerts wait: those are tried as soon as the line is, and prove it as well."""
ASKING_MS: Final = 10_000
"""While a person at headquarters is asked for: the answer comes with the receipt of a heartbeat, and would else arrive
after the next step of escalation."""
ASKED_FOR_MS: Final = 600_000
"""Who has not answered by then finds the school waiting as before, a minute at the most."""


class Heartbeats:
    """All times are the steady clock's, in ms. The first one is due at once."""

    def __init__(self) -> None:
        self.due_at = 0
        self._asked: dict[int, int] = {}

    def sent(self, mono: int) -> None:
        """One goes out at `mono`."""
        self._asked = {alarm: until for alarm, until in self._asked.items() if until > mono}
        self.due_at = mono + (ASKING_MS if self._asked else HEARTBEAT_MS)

    def hasten(self, mono: int, ms: int) -> None:
        """The next one is due in `ms` at the latest."""
        self.due_at = min(self.due_at, mono + ms)

    def asked(self, alert: Alert, mono: int) -> None:
        """Headquarters has this alert, and answers with the receipts of heartbeats."""
        if alert.state is AlarmState.UNACKNOWLEDGED and alert.priority in ("critical", "high"):
            self._asked[alert.alarm_id] = mono + ASKED_FOR_MS
            self.hasten(mono, ASKING_MS)
        else:
            self._asked.pop(alert.alarm_id, None)
