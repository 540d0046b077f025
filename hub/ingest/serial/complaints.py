"""What a port brought that can't be read: kept like any rejected message, but no faster than the store may be asked."""

import collections
from collections.abc import Callable
from typing import Final

from hub.domain.now import Now
from hub.domain.reports import Rejection
from hub.store.store import Rejected

MOST: Final = 10
"""In a second, of one port. A line that nobody terminated brings thousands; the rest are counted in the next one."""


class Complaints:
    """One port's."""

    def __init__(self, port: str, post: Callable[[Rejected], None]) -> None:
        self._topic, self._post = f"serial:{port}"[:200], post
        self._lately: collections.deque[int] = collections.deque(maxlen=MOST)
        self._untold = 0

    def tell(self, rejection: Rejection, raw: bytes, now: Now) -> None:
        """One of them; `raw` is what came."""
        if len(self._lately) == MOST and now.mono - self._lately[0] < 1000:
            self._untold += 1
            return
        self._lately.append(now.mono)
        more = f" ({self._untold} more before)" if self._untold else ""
        self._untold = 0
        self._post(
            Rejected(now.wall, self._topic, rejection.device, rejection.reason, rejection.detail[:200] + more, raw)
        )
