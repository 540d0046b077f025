"""The inspection report for the pages: a year of it takes a second of a small computer, so it is made now and then."""

import sqlite3
import tempfile
import threading
from pathlib import Path
from typing import Final

import msgspec

from hub.config.model import Config
from hub.domain.commands import Inspected
from hub.domain.site import Language
from hub.report.build import LONGEST_DAYS, build_report, read_store
from hub.report.container import BadPack
from hub.report.key import BadKey
from hub.report.model import Report
from hub.report.open import OpenReport, last_midnight, open_report
from hub.report.pack import Made, make_pack
from hub.web.faults import StoreUnreadable
from hub.web.live import Live

KEPT_MS: Final = 60_000
"""So old may a page's figures be; its time stands on it."""
OPEN_KEPT_MS: Final = 3_600_000
"""The open report stands as of the last midnight; only a repair can change it during the day."""
PERIODS: Final = (30, 90, 365)


class PackFailed(Exception):
    """The pack could not be made; the message says why, for the log. `too_large` where a shorter period would do."""

    def __init__(self, why: str, *, too_large: bool = False) -> None:
        super().__init__(why)
        self.too_large = too_large


class Reports:
    """Shared by all threads of the page. One report is made at a time."""

    def __init__(self, config: Config, live: Live) -> None:
        self._config, self._live = config, live
        self._lock = threading.Lock()
        self._packing = threading.Lock()
        self._made: dict[int, Report] = {}
        self._open: tuple[int, OpenReport] | None = None

    def report(self, days: int, *, fresh: bool = False) -> Report:
        """Over the last `days` (1 to 3660); `fresh` for one of this moment. Raises StoreUnreadable."""
        days = min(max(1, days), LONGEST_DAYS)
        with self._lock:
            now, kept = self._live.now(), self._made.get(days)
            if not fresh and kept is not None and 0 <= now - kept.generated_at < KEPT_MS:
                return kept
            try:
                records = read_store(self._config.site, self._config.store.path, now, days)
                made = build_report(self._config.site, records, now, days)
            except (sqlite3.Error, msgspec.MsgspecError):
                raise StoreUnreadable from None
            if days in PERIODS:
                self._made[days] = made
            return made

    def open_report(self) -> OpenReport:
        """What may be published. Raises StoreUnreadable."""
        with self._lock:
            site, now = self._config.site, self._live.now()
            if (
                self._open is not None
                and 0 <= now - self._open[0] < OPEN_KEPT_MS
                and self._of_today(self._open[0], now)
            ):
                return self._open[1]
            try:
                made = open_report(site, read_store(site, self._config.store.path, now, 366), now)
            except (sqlite3.Error, msgspec.MsgspecError):
                raise StoreUnreadable from None
            self._open = (now, made)
            return made

    def _of_today(self, made_at: int, now: int) -> bool:
        zone = self._config.site.hours.timezone
        return last_midnight(zone, made_at) == last_midnight(zone, now)

    def pack(self, days: int, language: Language) -> tuple[bytes, Made]:
        """An inspection pack as a ZIP. Raises PackFailed."""
        with self._packing, tempfile.TemporaryDirectory(prefix="hub-pack-") as folder:
            target = Path(folder) / "pack.zip"
            config, now = self._config, self._live.now()
            try:
                made = make_pack(config.site, config.store.path, target, now, min(max(1, days), LONGEST_DAYS), language)
                return target.read_bytes(), made
            except BadPack as error:
                raise PackFailed(str(error), too_large=True) from None
            except (sqlite3.Error, msgspec.MsgspecError, OSError, BadKey) as error:
                raise PackFailed(str(error)) from None


def inspected(by: str, made: Made) -> Inspected:
    """What the journal is told of a pack."""
    return Inspected(by, made.digest, made.key, made.report.headline)
