"""From bytes to nodes that know their line. A strict part of YAML: one document, no aliases, no tags but `!secret`.

Values stay text until a field asks for its own form: so `no` is a name, and 07:30 is a time and not 27,000.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from hub.config.problems import Report, quoted

SIZE_LIMIT: Final = 256 * 1024
DEPTH_LIMIT: Final = 12
SECRET_TAG: Final = "!secret"

_WORDING: Final = (
    ("'\\t'", "a tab stands where only spaces may: indent with spaces"),
    ("mapping values are not allowed", "wrong indentation, or a text with ': ' in it that needs quotes"),
    ("sequence entries are not allowed", "wrong indentation: a list can't begin here"),
    ("block mapping keys are not allowed", "wrong indentation: a key can't stand here"),
    ("expected <block end>", "wrong indentation: this line fits neither the block above it nor the one before"),
    ("could not find expected ':'", "a key without ':', or wrong indentation"),
    ("expected ',' or", "a ',' or a closing bracket is missing"),
    ("while scanning a quoted scalar", "a quote is opened here and never closed"),
    ("unexpected end of stream", "a quote is opened and never closed"),
    ("cannot start any token", "a text that begins with this character needs quotes"),
)


class Node(msgspec.Struct, frozen=True):
    """Something in the file, by the line it begins in. A bare Node was found wrong already."""

    line: int


class Scalar(Node, frozen=True):
    """One value as written. `secret`: `text` is the name after `!secret`. `empty`: nothing was written, or null."""

    text: str
    secret: bool = False
    empty: bool = False


class Items(Node, frozen=True):
    """A list."""

    items: tuple[Node, ...]


class Entries(Node, frozen=True):
    """A block of keys, with the line of each."""

    values: dict[str, Node]
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The key's line, or the block's where the key is missing."""
        return self.lines.get(key, self.line)


def blocks(node: Node | None) -> Iterator[Entries]:
    """The blocks of keys in a list; nothing where it is no list."""
    return (block for block in (node.items if isinstance(node, Items) else ()) if isinstance(block, Entries))


def text_of(node: Node | None) -> str:
    """One value as written, empty where it is something else."""
    return node.text if isinstance(node, Scalar) else ""


def scalars(node: Node | None, key: str) -> Iterator[Scalar]:
    """Every value of `key` in a list of blocks, right or wrong; where it is a list itself, those in it."""
    for block in blocks(node):
        found = block.values.get(key)
        for one in found.items if isinstance(found, Items) else (found,):
            if isinstance(one, Scalar) and not one.empty:
                yield one


def pairs(node: Node | None, key: str, other: str) -> Iterator[tuple[str, str]]:
    """The values of two keys of each block in a list, where it has both."""
    for block in blocks(node):
        found = [block.values.get(name) for name in (key, other)]
        texts = [value.text for value in found if isinstance(value, Scalar)]
        if len(texts) == 2:
            yield texts[0], texts[1]


def behind(serial: Node | None) -> list[Scalar]:
    """Every device that the section `serial` lists, right or wrong: on its lines and as its buses' units."""
    units = [device for line in blocks(serial) for device in scalars(line.values.get("modbus"), "device")]
    return [*scalars(serial, "devices"), *units]


def read_text(path: Path, report: Report) -> str | None:
    """The file's text, None where it can't be used; then the report says why."""
    try:
        with path.open("rb") as file:
            return decoded(path, file.read(SIZE_LIMIT + 1), report)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the name is not one of a file"
        report.add(path, 1, f"can't be read: {reason}")
    return None


def decoded(path: Path, data: bytes, report: Report) -> str | None:
    """`data` as text that is neither too large nor holds bytes that are not text."""
    if len(data) > SIZE_LIMIT:
        report.add(path, 1, f"is larger than {SIZE_LIMIT // 1024} KiB")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)) + 1
        report.add(path, line, "is not UTF-8: save the file in that encoding")
        return None
    odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if odd is not None:
        report.add(path, text.count("\n", 0, odd.start()) + 1, "a control character stands here that is not text")
        return None
    return text


def parse(path: Path, text: str, report: Report) -> Node | None:
    """The file's one node. None where it is no YAML at all; lesser faults leave a bare Node in their place."""
    return _Parser(path, report).document(text)


class _Broken(Exception):
    """Nothing after this place can be understood."""


class _Parser:
    def __init__(self, path: Path, report: Report) -> None:
        self._path = path
        self._report = report

    def document(self, text: str) -> Node | None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        try:
            next(self._events)  # the stream's start
            if not isinstance(next(self._events), yaml.DocumentStartEvent):
                self._wrong(1, "the file is empty")
                return None
            root = self._node(next(self._events), 1)
            next(self._events)  # the document's end
            after = next(self._events)
            if isinstance(after, yaml.DocumentStartEvent):
                self._wrong(_line(after.start_mark), "a second document begins here: only one is allowed")
        except _Broken:
            return None
        except yaml.MarkedYAMLError as error:
            self._wrong(_line(error.problem_mark or error.context_mark), _worded(error))
            return None
        except (yaml.YAMLError, ValueError, OverflowError):  # an escape or a version beyond all bounds
            self._wrong(1, "is not valid YAML: a number in an escape or in %YAML is impossible")
            return None
        return root

    def _wrong(self, line: int, text: str) -> None:
        self._report.add(self._path, line, text)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event.start_mark)
        if depth > DEPTH_LIMIT:
            self._wrong(line, f"is nested more than {DEPTH_LIMIT} levels deep")
            raise _Broken
        if isinstance(event, yaml.AliasEvent):
            self._wrong(line, "aliases (*name) are not allowed: write the value itself, or quote it")
            return Node(line)
        assert isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent)
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            if any("\ud800" <= char <= "\udfff" for char in event.value):
                self._wrong(line, "half a character (a surrogate) is written here as an escape")
                return Node(line)
            empty = event.style is None and event.value in {"", "~", "null", "Null", "NULL"}
            node = Scalar(line, event.value, secret=event.tag == SECRET_TAG, empty=empty)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Items(line, tuple(self._node(inner, depth + 1) for inner in self._until(yaml.SequenceEndEvent)))
        else:
            node = self._entries(line, depth)
        return node if self._plain(event, line) else Node(line)

    def _plain(self, event: yaml.NodeEvent, line: int) -> bool:
        if event.anchor is not None:
            self._wrong(line, "anchors (&name) are not allowed: write the value out where it is needed, or quote it")
            return False
        tag = getattr(event, "tag", None)
        if tag is None or (tag == SECRET_TAG and isinstance(event, yaml.ScalarEvent)):
            return True
        known = tag == SECRET_TAG
        self._wrong(line, "!secret takes one name" if known else "unknown tag: the only one is !secret NAME")
        return False

    def _entries(self, line: int, depth: int) -> Entries:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if isinstance(key, Scalar) and self._usable(key, lines):
                values[key.text] = value
                lines[key.text] = key.line
            elif isinstance(key, Items | Entries):
                self._wrong(key.line, "a key must be a plain word")
        return Entries(line, values, lines)

    def _usable(self, key: Scalar, lines: dict[str, int]) -> bool:
        if key.secret:
            self._wrong(key.line, "a key can't be a secret")
        elif key.text == "<<":
            self._wrong(key.line, "merge keys (<<) are not allowed: write the keys out")
        elif key.text in lines:
            self._wrong(key.line, f"key {quoted(key.text)} stands here a second time, first in line {lines[key.text]}")
        else:
            return True
        return False

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self._events), end):
            yield event


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _worded(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    return next((words for known, words in _WORDING if known in said), "is not valid YAML here")
