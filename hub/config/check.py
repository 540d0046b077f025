"""The configuration for the command line: every mistake on stderr, or a line that says what there is."""

import os
import sys
from pathlib import Path

from hub.config.advice import advice
from hub.config.load import load
from hub.config.model import Config
from hub.config.problems import ConfigErrors


def load_or_explain(path: Path) -> Config | None:
    """The configuration, with secrets from this process's environment; None after every error was printed to stderr
    as `F:line: problem`."""
    try:
        return load(path, os.environ)
    except ConfigErrors as errors:
        print(errors, file=sys.stderr)
    return None


def check(path: Path) -> int:
    """The exit code of `hub check`: 0 after a line of counts and notes of what is probably not meant on stdout, 2 after
    the errors on stderr."""
    config = load_or_explain(path)
    if config is None:
        return 2
    print(summary(config))
    for sentence in advice(config):
        print(f"note: {sentence}")
    return 0


def summary(config: Config) -> str:
    """One line: the school's id and how many there are of everything."""
    site = config.site
    counts = {
        "zones": site.zones,
        "devices": site.devices,
        "serial lines": config.serial,
        "databases": config.influx,
        "channels": config.channels,
        "people": config.people,
    }
    return f"OK: {site.id}: " + ", ".join(f"{name} {len(things)}" for name, things in counts.items())
