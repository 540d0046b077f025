"""What leads out of the hub, as the pages show it: channels to people and databases. Pure."""

from typing import Final, Literal

import msgspec

from hub.config.model import Config
from hub.web.facts import Facts

LineState = Literal["up", "down", "unproven"]
_TOLD: Final = ("state", "since", "outcome", "detail", "lost", "too_old", "refused")


class LineView(msgspec.Struct, frozen=True):
    """One channel. `hq`: it ends at headquarters and can prove it. Times are UTC in ms, 0 for never."""

    name: str
    hq: bool
    state: LineState
    since: int
    queued: int
    last_receipt_at: int
    outcome: str
    detail: str


class DatabaseView(msgspec.Struct, frozen=True):
    """One database; `queued` counts the readings that it has not got yet. `since`, `outcome`, `detail` and the counts
    are as in `hub.store.store.DatabaseState`."""

    name: str
    state: LineState
    queued: int
    written_at: int
    since: int = 0
    outcome: str = ""
    detail: str = ""
    lost: int = 0
    too_old: int = 0
    refused: int = 0


def lines_of(config: Config, facts: Facts) -> tuple[LineView, ...]:
    """Each channel of hub.yaml, in its order."""
    lines = []
    for channel in config.channels:
        known = facts.channels.get(channel.name)
        lines.append(
            LineView(
                name=channel.name,
                hq=channel.name in config.site.hq_channels,
                state=_line_state(known.state) if known is not None else "unproven",
                since=known.since if known is not None else 0,
                queued=facts.queued.get(channel.name, 0),
                last_receipt_at=known.last_receipt_at if known is not None else 0,
                outcome=known.outcome if known is not None else "",
                detail=known.detail if known is not None else "",
            )
        )
    return tuple(lines)


def _line_state(word: str) -> LineState:
    return "up" if word == "up" else "down" if word == "down" else "unproven"


def best_hq_line(lines: tuple[LineView, ...]) -> LineView | None:
    """The best of headquarters' lines, None where there is none."""
    ranks = {"up": 0, "unproven": 1, "down": 2}
    return min((line for line in lines if line.hq), key=lambda line: ranks[line.state], default=None)


def databases_of(config: Config, facts: Facts) -> tuple[DatabaseView, ...]:
    """Each database of hub.yaml, in its order."""
    views = []
    for database in config.influx:
        written = facts.databases.get(database.name)
        done = max(written.reading if written is not None else 0, facts.first_reading - 1)
        queued = max(0, facts.last_reading - done)
        said = written.said if written is not None else None
        view = DatabaseView(database.name, "unproven", queued, written.at if written is not None else 0)
        if said is not None:
            told = {name: getattr(said, name) for name in _TOLD}
            written_at = max(view.written_at, said.last_write_at)
            view = msgspec.structs.replace(view, written_at=written_at, **told)
        views.append(view)
    return tuple(views)
