"""Reads hub.yaml: a complete, frozen Config, or every mistake in it at once."""

from collections.abc import Mapping
from pathlib import Path

from hub.config.fields import Reading
from hub.config.model import Config
from hub.config.problems import ConfigErrors, Report
from hub.config.schema import HUB
from hub.config.secrets import Secrets
from hub.config.source import Node, parse, read_text

__all__ = ["ConfigErrors", "load"]


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """The configuration in `path`; secrets come from `environ` (HUB_SECRET_NAME) or secrets.yaml beside it.

    Raises ConfigErrors, and nothing else, with every problem that was found. Relative paths in the file are taken
    from its folder. Reads files only; nothing is connected, created or changed.
    """
    report = Report()
    text = read_text(path, report)
    root = None if text is None else parse(path, text, report)
    config = None if root is None else _config(path, root, environ, report)
    errors = report.errors()
    if errors is not None:
        raise errors
    assert config is not None  # whatever could not be read has been reported
    return config


def _config(path: Path, root: Node, environ: Mapping[str, str], report: Report) -> Config | None:
    reading = Reading(path, root, Secrets(path.parent, environ, report), report)
    config: Config | None = reading.attempt(HUB.read, root)[0]
    return config
