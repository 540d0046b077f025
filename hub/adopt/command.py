"""`hub adopt`: lists the devices that announced themselves, and writes one of them into hub.yaml."""

import argparse
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.adopt.candidates import Candidate
from hub.adopt.listed import candidates
from hub.adopt.refusal import NotAdopted
from hub.adopt.write import Wish, adopt
from hub.config.check import load_or_explain
from hub.config.model import Config
from hub.store.beat import read_pulse


def run_adopt(options: argparse.Namespace) -> int:
    """The exit code: 0 done, 1 not adopted, 2 a configuration with mistakes."""
    config = load_or_explain(options.config)
    if config is None:
        return 2
    found = candidates(config)
    if not options.name:
        return _list(found, config)
    chosen = next((one for one in found if options.name in (one.id, one.name, one.topic)), None)
    if chosen is None:
        near = ", ".join(one.id for one in found[:10]) or "none has announced itself"
        print(f"hub: no new device is called '{options.name}' ({near})", file=sys.stderr)
        return 1
    if not options.zone:
        print(f"hub: say where it is: --zone {'|'.join(config.site.zones)}", file=sys.stderr)
        return 1
    try:
        wish = Wish(options.zone, options.kind, options.id, options.label)
        device = adopt(options.config, chosen, wish, os.environ)
    except NotAdopted as error:
        print(f"hub: not adopted: {error}", file=sys.stderr)
        return 1
    print(f"{device} is in {options.config}; the file before is {options.config}.bak")
    print(_taken_over(config.store.path))
    return 0


def _list(found: list[Candidate], config: Config) -> int:
    if not found:
        print("no new devices: whatever announces itself while the hub runs is listed here")
        return 0
    rows = [("NAME", "KIND", "DIALECT", "TOPIC", "MODEL", "FIRST SEEN")]
    for one in found:
        when = datetime.fromtimestamp(one.first_seen / 1000, ZoneInfo(config.site.hours.timezone)).strftime(
            "%Y-%m-%d %H:%M"
        )
        rows.append((one.id, one.kind or "?", one.dialect, one.topic, one.model or one.name, when))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    print(f"\nhub adopt NAME --zone {'|'.join(config.site.zones)} writes one of them into hub.yaml")
    return 0


def _taken_over(store: Path) -> str:
    pulse = read_pulse(store)
    if not pulse.running or pulse.beat is None:
        return "the hub does not run: it will know the device when it is started"
    try:
        os.kill(pulse.beat.pid, signal.SIGHUP)
    except OSError:
        return "the running hub belongs to another user: systemctl reload school-hub"
    return "the running hub takes it over within seconds"
