"""Where `!secret NAME` gets its value: the environment's HUB_SECRET_NAME, else secrets.yaml beside hub.yaml."""

import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from hub.config.model import Secret
from hub.config.problems import Report, Wrong, quoted
from hub.config.source import Entries, Scalar, parse, read_text

FILE: Final = "secrets.yaml"
ENVIRONMENT: Final = "HUB_SECRET_"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class Secrets:
    """All secrets that one hub.yaml may name. The environment wins over the file."""

    def __init__(self, folder: Path, environ: Mapping[str, str], report: Report) -> None:
        self._path = folder / FILE
        self._environ = environ
        self._report = report
        self._file = self._read()

    def find(self, name: str) -> Secret:
        """The secret's value. Raises Wrong where there is none, or none that could be a password."""
        if not _NAME.fullmatch(name):
            raise Wrong("!secret takes a name of letters, digits and _, not the secret itself")
        variable = ENVIRONMENT + name.upper()
        text = self._environ.get(variable, self._file.get(name))
        if text is None:
            near = self._report.near(name, self._file)
            raise Wrong(f"secret {quoted(name)} is neither in {self._path} nor in the environment as {variable}{near}")
        if not text or not text.isprintable():
            raise Wrong(f"secret {quoted(name)} is empty, or holds line breaks or other control characters")
        return Secret(text)

    def _read(self) -> dict[str, str]:
        try:
            mode = stat.S_IMODE(self._path.stat().st_mode)
        except (FileNotFoundError, ValueError):
            return {}
        except OSError as error:
            self._wrong(1, f"can't be read: {error.strerror}")
            return {}
        if mode & 0o077:
            self._wrong(1, f"others than its owner have rights on it (mode {mode:04o}): chmod 600 it")
        text = read_text(self._path, self._report)
        root = None if text is None else parse(self._path, text, self._report)
        if isinstance(root, Entries):
            return dict(self._usable(root))
        if root is not None:
            self._wrong(root.line, "must be lines of the form NAME: value")
        return {}

    def _usable(self, block: Entries) -> Iterator[tuple[str, str]]:
        for name, value in block.values.items():
            if isinstance(value, Scalar) and not value.secret:
                yield name, "" if value.empty else value.text
            else:
                self._wrong(value.line, "a secret must be one text")

    def _wrong(self, line: int, text: str) -> None:
        self._report.add(self._path, line, text)
