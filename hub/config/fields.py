"""The kinds of values: a reader takes a node and gives the value, or raises Wrong (or Reported, if said already)."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from hub.config import duration
from hub.config.model import Login, Secret
from hub.config.privacy import is_restroom
from hub.config.problems import Report, Reported, Wrong, did_you_mean, quoted
from hub.config.secrets import Secrets
from hub.config.source import Entries, Items, Node, Scalar, behind, blocks, pairs, scalars, text_of

Reader = Callable[["Reading", Node], Any]

TEXT_LIMIT: Final = 200
_SLUG: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")


class Reading:
    """What readers need beside the node: where the file is, its secrets, and the names declared anywhere in it. Cameras
    leave their `logins` here, which are no part of what is known of a device."""

    def __init__(self, path: Path, root: Node, secrets: Secrets, report: Report) -> None:
        self.path = path
        self.secrets = secrets
        self.report = report
        sections = root.values if isinstance(root, Entries) else {}

        def named(section: str, key: str) -> frozenset[str]:
            # Right or wrong: so one mistake in a name isn't told again by all who refer to it.
            return frozenset(value.text for value in scalars(sections.get(section), key))

        self.zones = named("zones", "id")
        self.devices = named("devices", "id")
        self.channels = named("channels", "name")
        self.on_serial = frozenset(value.text for value in behind(sections.get("serial")))
        self.kinds = dict(pairs(sections.get("devices"), "id", "kind"))
        self.logins: dict[str, Login] = {}
        self.restrooms = frozenset(_restrooms(sections.get("zones"), sections.get("devices")))

    def wrong(self, line: int, text: str) -> None:
        """Writes down a problem that doesn't make the value unreadable."""
        self.report.add(self.path, line, text)

    def attempt(self, read: Reader, node: Node, key: str = "") -> tuple[Any, bool]:
        """The value and True, or None and False after its problem was written down, as that of `key`."""
        try:
            return read(self, node), True
        except Wrong as wrong:
            self.wrong(node.line, f"{key}: {wrong.text}" if key else wrong.text)
        except Reported:
            pass
        return None, False


def _restrooms(zones: Node | None, devices: Node | None) -> Iterator[str]:
    """Ids of the zones that are restrooms."""
    for zone in blocks(zones):
        name = text_of(zone.values.get("id"))
        named = zone.values.get("name")
        names = [text_of(one) for one in (named.values.values() if isinstance(named, Entries) else [named])]
        there = [one.values for one in blocks(devices) if text_of(one.values.get("zone")) == name]
        if name and is_restroom([name, *names], [(text_of(d.get("kind")), text_of(d.get("role"))) for d in there]):
            yield name


def raw(_reading: Reading, node: Node) -> str:
    """The value as written."""
    if type(node) is Node:
        raise Reported
    if not isinstance(node, Scalar):
        raise Wrong("must be one value, not a list or a block of keys")
    if node.secret:
        raise Wrong("can't be a !secret: write the value")
    if node.empty:
        raise Wrong("has no value")
    return node.text


def checked(check: Callable[[str], Any]) -> Reader:
    """One value that `check` turns into its own form; it raises ValueError with what it must be."""

    def read(reading: Reading, node: Node) -> Any:
        text = raw(reading, node)
        try:
            return check(text)
        except ValueError as error:
            raise Wrong(str(error)) from None

    return read


def matching(form: str, must_be: str) -> Reader:
    """A text of a regular form; in a list of several the wrong one is known by what it is."""

    def check(text: str) -> str:
        if not re.fullmatch(form, text):
            raise ValueError(f"{must_be}, not {quoted(text)}")
        return text

    return checked(check)


def _text(text: str) -> str:
    if not text.strip() or len(text) > TEXT_LIMIT or not text.isprintable():
        raise ValueError(f"must be a text of one line, at most {TEXT_LIMIT} characters")
    return text.strip()


text = checked(_text)


_OWN: Final = frozenset({"hub", "page"})


def is_slug(text: str) -> bool:
    """Whether it can be an id."""
    return text not in _OWN and bool(_SLUG.fullmatch(text))


def _slug(text: str) -> str:
    if text in _OWN:
        raise ValueError(f"'{text}' is the hub's own name: choose another")
    if not is_slug(text):
        raise ValueError(f"{quoted(text)} is no id: a-z, 0-9 and - between them, at most 64")
    return text


slug = checked(_slug)


def whole(low: int, high: int) -> Reader:
    """A whole number from `low` to `high`."""

    def check(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return checked(check)


def figure(low: float, high: float) -> Reader:
    """A number from `low` to `high`."""

    def check(text: str) -> float:
        if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", text) or not low <= float(text) <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return float(text)

    return checked(check)


port = whole(1, 65535)
span = checked(duration.parse)


def minutes(text: str) -> int:
    """Minutes of the day of a time such as 07:30. Raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None or (of_day := int(match[1]) * 60 + int(match[2])) > 24 * 60:
        raise ValueError('must be a time of the day such as "07:30"')
    return of_day


def _day(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError("must be a date such as 2026-12-16")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is a date that no calendar has") from None


day = checked(_day)


def choice(*values: str) -> Reader:
    """One of `values`."""

    def read(reading: Reading, node: Node) -> str:
        text = raw(reading, node)
        if text not in values:
            raise Wrong(f"must be one of {', '.join(values)}, not {quoted(text)}{reading.report.near(text, values)}")
        return text

    return read


def known(what: str, names: Callable[[Reading], Iterable[str]]) -> Reader:
    """The name of something that is declared in another place of the file."""

    def read(reading: Reading, node: Node) -> str:
        text = raw(reading, node)
        if text not in names(reading):
            raise Wrong(f"unknown {what} {quoted(text)}{reading.report.near(text, names(reading))}")
        return text

    return read


def timezone(reading: Reading, node: Node) -> str:
    """An IANA time zone."""
    name = raw(reading, node)
    try:
        if _ZONE.fullmatch(name) and ZoneInfo(name):
            return name
    except (KeyError, ValueError, OSError):
        pass
    zones = available_timezones()
    cities = {zone.rpartition("/")[2]: zone for zone in zones if zone[0].isupper() and "/" in zone}
    city = reading.report.nearest(name.rpartition("/")[2], cities)
    meant = reading.report.nearest(name, zones) or cities.get(city, "")
    raise Wrong(f"unknown time zone {quoted(name)}{did_you_mean(meant)}")


def several(read: Reader) -> Reader:
    """A list of at least one, none of them twice; a single value may stand without brackets."""
    listed = each(read)

    def read_all(reading: Reading, node: Node) -> tuple[Any, ...]:
        if isinstance(node, Scalar):
            return (read(reading, node),)
        values: tuple[Any, ...] = listed(reading, node)
        if not values:
            raise Wrong("must name at least one")
        if len(set(values)) < len(values):
            raise Wrong("names one of them twice")
        return values

    return read_all


def each(read: Reader) -> Reader:
    """A list; every item is read, so that every mistake is told."""

    def read_all(reading: Reading, node: Node) -> tuple[Any, ...]:
        if not isinstance(node, Items):
            raw(reading, node)
            raise Wrong("must be a list")
        results = [reading.attempt(read, item) for item in node.items]
        if not all(right for _, right in results):
            raise Reported
        return tuple(value for value, _ in results)

    return read_all


def secret(check: Callable[[str], None] = lambda text: None) -> Reader:
    """A `!secret NAME`; `check` raises ValueError with what its value must be."""

    def read(reading: Reading, node: Node) -> Secret:
        if not isinstance(node, Scalar) or not node.secret:
            raw(reading, node)
            raise Wrong("is a secret in the clear: write !secret NAME here, and its value into secrets.yaml")
        found = reading.secrets.find(node.text)
        try:
            check(found.reveal())
        except ValueError as error:
            raise Wrong(f"the secret {error}") from None
        return found

    return read


def file(reading: Reading, node: Node) -> Path:
    """A file that is there, relative to hub.yaml's folder."""
    path = place(reading, node)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        raise Wrong(f"no such file: {quoted(str(path))}")
    return path


def place(reading: Reading, node: Node) -> Path:
    """A path, relative to hub.yaml's folder; nothing needs to be there yet."""
    return reading.path.absolute().parent / str(text(reading, node))
