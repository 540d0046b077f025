"""The rate budget towards headquarters: how many alerts below critical one school may send there in a time.

A duty officer watches hundreds of schools. EEMUA 191 and IEC 62682 call one alarm in ten minutes acceptable for one
operator; a school that takes more of him than that for long hides the next one's panic. Panic and help are never held
back. Other alarms beyond the budget are owed: they go out together, as one alert, when there is room again.
"""

from collections.abc import Iterable

from hub.domain.alarms import Alarm
from hub.domain.decision import Dispatch
from hub.domain.now import Now
from hub.domain.site import Site
from hub.domain.state import SiteState


class Purse:
    """What is left of the budget at one moment, while several alarms are judged."""

    def __init__(self, state: SiteState, now: Now) -> None:
        limits = state.site.limits
        recent = sum(1 for at in state.spent if now.ms_since(at) < limits.headquarters_within)
        self._site, self._left = state.site, limits.headquarters_at_most - recent
        self.spent = 0

    @property
    def is_empty(self) -> bool:
        return self.spent >= self._left

    def holds_back(self, alarm: Alarm, channel: str) -> bool:
        """Whether this channel is not to be told of the alarm now. Who was told of it reads how it goes on."""
        ours = channel in self._site.hq_channels and channel not in alarm.told
        return ours and alarm.priority != "critical" and self.is_empty

    def pay(self, dispatches: Iterable[Dispatch]) -> None:
        """Counts the alert that these messages bring to headquarters, if they do: once, through however many lines."""
        self.spent += any(costs(self._site, dispatch) for dispatch in dispatches)


def costs(site: Site, dispatch: Dispatch) -> bool:
    """Whether the message takes of the budget: a new alarm below critical, told to headquarters."""
    alert = dispatch.alert
    return dispatch.channel in site.hq_channels and alert.type == "alarm.raised" and alert.priority != "critical"
