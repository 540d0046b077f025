"""Posters of the children's contact centre 111: whether what their codes lead to is still there."""

from typing import Final

import msgspec

from hub.domain.decision import Decision
from hub.domain.events import PosterChecked
from hub.domain.now import Now
from hub.domain.state import SiteState
from hub.domain.work import PosterOutcome, PosterState

WELL: Final = frozenset[PosterOutcome]({"fine", "not_checked"})
"""Where the network lets nobody look, nothing is known; that is said on the page and is no alarm."""


def on_poster_checked(state: SiteState, event: PosterChecked, _now: Now) -> Decision:
    """Keeps what the daily look found; the alarm follows with the next tick. A poster that is no longer configured is
    passed over."""
    if event.poster not in state.site.posters:
        return Decision()
    known = state.posters.get(event.poster) or PosterState(id=event.poster)
    if event.outcome == "not_checked" and known.outcome not in WELL:
        return Decision()  # a network that is away doesn't make a dead address live
    seen = msgspec.structs.replace(known, outcome=event.outcome, detail=event.detail, checked_at=event.at)
    return Decision(posters=(seen,))


def poor_posters(state: SiteState) -> str | None:
    """Ids of the posters that don't work, by the hub's look or by the last scan; None while nothing is known."""
    if not state.posters:
        return None
    poor = (name for name in state.site.posters if name in state.posters and not is_well(state.posters[name]))
    return ", ".join(poor)


def is_well(poster: PosterState) -> bool:
    """Whether nothing speaks against it."""
    return poster.outcome in WELL and poster.scan_fine is not False
