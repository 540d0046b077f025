"""What is wrong in a file, said with its line, so that all of it can be put right at once."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import msgspec

LONGEST_QUOTE = 60
SUGGESTIONS = 100
"""After so many problems nobody reads suggestions, and a hostile file should not buy time with them."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake. Lines count from 1; `text` never holds a secret."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class ConfigErrors(Exception):
    """A configuration that can't be used, with every `Problem` that was found, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Wrong(Exception):
    """What a reader raises about the value it was given."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Reported(Exception):
    """The value can't be used, and why has been written down already."""


class Report:
    """Collects the problems of one run over one or several files."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self._files: list[str] = []

    def add(self, file: Path, line: int, text: str) -> None:
        """Writes a problem down; the same one twice counts once."""
        if str(file) not in self._files:
            self._files.append(str(file))
        self._problems[Problem(str(file), max(line, 1), text)] = None

    def errors(self) -> ConfigErrors | None:
        """All problems by file and line, None where there are none."""
        if not self._problems:
            return None
        return ConfigErrors(sorted(self._problems, key=lambda problem: (self._files.index(problem.file), problem.line)))

    def nearest(self, word: str, names: Iterable[str]) -> str:
        """The one of `names` that `word` was probably meant to be, else an empty text."""
        if len(word) > LONGEST_QUOTE or len(self._problems) > SUGGESTIONS:
            return ""
        by_folded = {name.casefold(): name for name in names}
        close = get_close_matches(word.casefold(), by_folded, 1, 0.5 if len(word) <= 3 else 0.6)
        return by_folded[close[0]] if close else ""

    def near(self, word: str, names: Iterable[str]) -> str:
        """`. Did you mean 'x'?` where one of `names` is close to `word`, else nothing."""
        return did_you_mean(self.nearest(word, names))


def did_you_mean(name: str) -> str:
    """The question that ends a message, nothing for an empty name."""
    return f". Did you mean {quoted(name)}?" if name else ""


def quoted(word: str) -> str:
    """`word` in quotes, short and printable, for a message."""
    shown = word if len(word) <= LONGEST_QUOTE else word[: LONGEST_QUOTE - 1] + "…"
    return "'" + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown) + "'"
