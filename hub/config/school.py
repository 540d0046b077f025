"""The school itself in hub.yaml: site, limits of its alarms, zones."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hub.config.fields import (
    Reading,
    checked,
    choice,
    day,
    each,
    minutes,
    several,
    slug,
    span,
    text,
    timezone,
    whole,
)
from hub.config.problems import Wrong
from hub.config.sections import Clash, Field, Section, made, needed
from hub.config.source import Node, Scalar
from hub.domain.site import LANGUAGES, Hours, Limits, Zone

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def words(reading: Reading, node: Node) -> Mapping[str, str]:
    """A text by language; a single text is the same in all."""
    if isinstance(node, Scalar):
        said: str = text(reading, node)
        return dict.fromkeys(LANGUAGES, said)
    by_language: dict[str, str] = WORDS.read(reading, node)
    if not by_language:
        raise Wrong(f"must have a text in at least one of {', '.join(LANGUAGES)}")
    return by_language


def _hours(_reading: Reading, values: dict[str, Any]) -> Iterator[Clash]:
    opens, closes = values.get("open"), values.get("close")
    if opens is not None and closes is not None and opens >= closes:
        yield Clash("close", "'close' must be later on the same day than 'open'")


def _weekdays(reading: Reading, node: Node) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(name) for name in several(choice(*WEEKDAYS))(reading, node))


def _days(reading: Reading, node: Node) -> frozenset[Any]:
    return frozenset(each(day)(reading, node))


def _site(_reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    hours = Hours(timezone=values.pop("timezone"), **values.pop("hours"), **values.pop("demo", {}))
    return {"language": "kk", **values, "hours": hours}


WORDS: Final = Section("name", {code: Field(text) for code in LANGUAGES}, made(dict))

HOURS: Final = Section(
    "site.hours",
    {
        "weekdays": needed(_weekdays),
        "open": needed(checked(minutes)),
        "close": needed(checked(minutes)),
        "holidays": Field(_days),
    },
    made(dict),
    _hours,
)

DEMO: Final = Section(
    "site.demo",
    {"speed": needed(whole(1, 86_400)), "anchor": needed(whole(0, 4_102_444_800_000))},
    made(dict),
)

SITE: Final = Section(
    "site",
    {
        "id": needed(slug),
        "name": needed(words),
        "timezone": needed(timezone),
        "language": Field(choice(*LANGUAGES)),
        "hours": needed(HOURS.read),
        "demo": Field(DEMO.read),
    },
    _site,
)


ALARMS: Final = Section(
    "alarms",
    {
        "shelve_at_most": Field(span),
        "maintain_at_most": Field(span),
        "chatter_count": Field(whole(2, 1000)),
        "chatter_within": Field(span),
        "calm_after": Field(span),
        "link_after": Field(span),
        "grace": Field(span),
        "headquarters_at_most": Field(whole(1, 1000)),
        "headquarters_within": Field(span),
    },
    made(Limits),
)


def _zone(_reading: Reading, values: dict[str, Any]) -> Zone:
    return Zone(**{"floor": 1, **values})


ZONE: Final = Section("zones", {"id": needed(slug), "floor": Field(whole(-9, 99)), "name": needed(words)}, _zone)
