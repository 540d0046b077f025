"""Blocks of keys as tables: one line per key, and every mistake of a block told in one go."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from hub.config.fields import Reader, Reading, choice, each, raw
from hub.config.problems import Reported, Wrong, quoted
from hub.config.source import Entries, Node, Scalar, scalars


class Field(msgspec.Struct, frozen=True):
    """One key. Without `required` it may be missing; its default is then that of what the section builds."""

    read: Reader
    required: bool = False


class Clash(msgspec.Struct, frozen=True):
    """The value of `key` does not go with the others."""

    key: str
    text: str


Build = Callable[[Reading, dict[str, Any]], Any]
Check = Callable[[Reading, dict[str, Any]], Iterable[Clash]]


class Section(msgspec.Struct, frozen=True):
    """A block of keys. `name` is its heading in docs/configuration.md; `build` makes its value when all is right.

    `check` gives what does not go together. It is asked even where some keys are wrong: those are None.
    `explain` may add to what is said about a key that the section doesn't have.
    """

    name: str
    fields: Mapping[str, Field]
    build: Build
    check: Check = lambda reading, values: ()
    explain: Callable[[str], str] = lambda key: ""

    def read(self, reading: Reading, node: Node) -> Any:
        """The built value. Raises Reported after every problem of the block was written down."""
        block = entries(reading, node)
        right = self._known(reading, block)
        values: dict[str, Any] = {}
        for key, field in self.fields.items():
            if key in block.values:
                values[key], good = reading.attempt(field.read, block.values[key], key)
                right = right and good
            elif field.required:
                reading.wrong(block.line, f"'{key}' is missing in {self.name}")
                right = False
        for clash in self.check(reading, values):
            reading.wrong(block.line_of(clash.key), clash.text)
            right = False
        if not right:
            raise Reported
        return self.build(reading, values)

    def _known(self, reading: Reading, block: Entries) -> bool:
        unknown = [key for key in block.values if key not in self.fields]
        left = self.fields.keys() - block.values.keys()
        for key in unknown:
            hint = self.explain(key) or reading.report.near(key, left)
            reading.wrong(block.line_of(key), f"unknown key {quoted(key)} in {self.name}{hint}")
        return not unknown


class Variants(msgspec.Struct, frozen=True):
    """Blocks whose keys depend on the value of one of them: a device's kind, a channel's kind, a database's api."""

    name: str
    key: str
    sections: Mapping[str, Section]

    def read(self, reading: Reading, node: Node) -> Any:
        """As the section that the key names reads it."""
        block = entries(reading, node)
        section = self._chosen(reading, block)
        if section is None:
            self._common(reading, block)
            raise Reported
        return msgspec.structs.replace(section, explain=lambda key: self._explain(section, key)).read(reading, node)

    def _chosen(self, reading: Reading, block: Entries) -> Section | None:
        if self.key not in block.values:
            reading.wrong(block.line, f"'{self.key}' is missing in {self.name}")
            return None
        chosen, good = reading.attempt(choice(*self.sections), block.values[self.key], self.key)
        return self.sections[chosen] if good else None

    def _common(self, reading: Reading, block: Entries) -> None:
        """Tells what is wrong with the keys that mean the same in every variant."""
        first, *others = self.sections.values()
        for key, field in first.fields.items():
            if key in block.values and all(other.fields.get(key) is field for other in others):
                reading.attempt(field.read, block.values[key], key)

    def _explain(self, section: Section, key: str) -> str:
        others = [name for name, other in self.sections.items() if key in other.fields]
        return section.explain(key) or (f": it belongs to {self.key} {', '.join(others)}" if others else "")


def needed(read: Reader) -> Field:
    """A key that must be there."""
    return Field(read, required=True)


def made(struct: Callable[..., Any], without: str = "") -> Build:
    """Builds `struct` of the values by name, but for the key that only chose the variant."""
    return lambda _reading, values: struct(**{key: value for key, value in values.items() if key != without})


def entries(reading: Reading, node: Node) -> Entries:
    """The node as a block of keys. Raises Wrong where it is something else."""
    if isinstance(node, Entries):
        return node
    if not isinstance(node, Scalar) or node.empty:
        raw(reading, node)
    raise Wrong("must be a block of keys")


def doubles(reading: Reading, node: Node, *keys: str) -> None:
    """Writes down every block of the list whose `keys` have the same values as in an earlier one."""
    seen: dict[tuple[str, ...], int] = {}
    for block in getattr(node, "items", ()):
        found = [block.values.get(key) for key in keys] if isinstance(block, Entries) else []
        written = tuple(value.text for value in found if isinstance(value, Scalar) and not value.empty)
        if len(written) < len(keys):
            continue
        if written in seen:
            line = block.line_of(keys[-1])
            reading.wrong(line, f"{keys[-1]} {quoted(written[-1])} is doubled: line {seen[written]} has it already")
        seen.setdefault(written, block.line_of(keys[-1]))


def once(reading: Reading, node: Node, key: str, what: str) -> None:
    """Writes down every value of `key` that stands a second time anywhere in the list of blocks."""
    seen: dict[str, int] = {}
    for value in scalars(node, key):
        if value.text in seen:
            reading.wrong(value.line, f"{what} {quoted(value.text)} is doubled: line {seen[value.text]} has it already")
        seen.setdefault(value.text, value.line)


def distinct(read: Reader, *keys: str) -> Reader:
    """A list of blocks, no two of which have the same values in `keys`."""
    listed = each(read)

    def read_all(reading: Reading, node: Node) -> Any:
        doubles(reading, node, *keys)
        return listed(reading, node)

    return read_all


ANYTHING: Final = Field(raw)
"""A key that only chose the variant, and was checked when it did."""
