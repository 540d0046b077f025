"""The commands `hub verify` and `hub report`: what they print, and their exit codes."""

import re
import sqlite3
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hub.config.check import load_or_explain
from hub.config.model import Config, WebhookChannel
from hub.domain.commands import Inspected
from hub.domain.decision import Anchor
from hub.report.build import LONGEST_DAYS
from hub.report.container import BadPack
from hub.report.key import BadKey, fingerprint, grouped, own_key
from hub.report.pack import Made, make_pack
from hub.report.proofs import BadLog, heads_in_log
from hub.report.verdict import Verdict
from hub.report.verify import verify_store
from hub.report.verify_pack import verify_pack
from hub.store.inbox import Inbox


def run_verify(options: Namespace) -> int:
    """0 where all is well, 1 where something was tampered with (it is named), 2 where there is nothing to verify."""
    try:
        secrets = {"*": options.hq_secret.read_text().strip()} if options.hq_secret is not None else {}
        log = heads_in_log(options.hq_log) if options.hq_log is not None else []
    except (OSError, BadLog, UnicodeDecodeError) as error:
        return _refused(str(error))
    if options.pack is not None:
        return _verify_pack(options.pack, options.key, secrets, log)
    store = options.store
    if store is None:
        config = load_or_explain(options.config)
        if config is None:
            return 2
        store = config.store.path
        webhooks = (channel for channel in config.channels if isinstance(channel, WebhookChannel))
        secrets = {**{channel.name: channel.secret.reveal() for channel in webhooks}, **secrets}
    return _verify_store(store, secrets, log)


def _verify_pack(pack: Path, key: str | None, secrets: Mapping[str, str], log: list[Anchor]) -> int:
    pinned = "".join((key or "").split()).replace(":", "").lower()
    if pinned and not re.fullmatch("[0-9a-f]{64}", pinned):
        return _refused("--key takes the whole fingerprint: 64 hex digits, spaces allowed")
    try:
        verdict = verify_pack(pack, pinned, secrets, log)
    except OSError as error:
        return _refused(f"{pack}: {error.strerror}")
    return _told(str(pack), verdict)


def run_report(options: Namespace) -> int:
    """0 after the pack was written and its key's fingerprint printed; 1 where that failed; 2 for wrong arguments."""
    config = load_or_explain(options.config)
    if config is None:
        return 2
    store = config.store.path
    if not store.is_file():
        return _refused(f"{store}: there is no store yet: run the hub first")
    if options.fingerprint:
        return _show_key(store)
    if not 1 <= options.days <= LONGEST_DAYS:
        return _refused(f"--days takes 1 to {LONGEST_DAYS}")
    return _make(options, config)


def _make(options: Namespace, config: Config) -> int:
    store, now = config.store.path, time.time_ns() // 1_000_000
    target = options.out or Path(f"inspection-{config.site.id}-{datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d}.zip")
    language = options.lang or config.site.language
    try:
        made = make_pack(config.site, store, target, now, options.days, language)
    except msgspec.MsgspecError as error:
        return _failed(f"{store}: holds what the hub never wrote ({error}): see hub verify")
    except (OSError, sqlite3.Error, BadKey, BadPack) as error:
        return _failed(str(error))
    print(f"{target}: inspection pack of {config.site.id}, {options.days} days")
    print(f"  signed with the hub's key {grouped(made.key)}")
    if made.no_pdf:
        print(f"  without PDF: {made.no_pdf}; report.html can be printed")
    return _recorded(store, options.by, made)


def _recorded(store: Path, by: str, made: Made) -> int:
    """The core enters it into the journal: at once where it runs, else when it starts."""
    inbox = Inbox(store)
    try:
        inbox.open()
        inbox.give(Inspected(by, made.digest, made.key, made.report.headline))
        inbox.close()
    except sqlite3.Error as error:
        return _failed(f"the pack is whole, but could not be entered into the journal: {error}")
    return 0


def _show_key(store: Path) -> int:
    try:
        print(grouped(fingerprint(own_key(store).public_key())))
    except (OSError, BadKey) as error:
        return _failed(str(error))
    return 0


def _verify_store(store: Path, secrets: Mapping[str, str], log: list[Anchor]) -> int:
    try:
        verdict = verify_store(store, secrets, log)
    except sqlite3.Error as error:
        return _refused(f"{store}: can't be read: {error}")
    return _told(str(store), verdict)


def _told(what: str, verdict: Verdict) -> int:
    print(f"{what}: {'TAMPERED WITH' if verdict.wrong else 'OK'}")
    for line in (*verdict.wrong, *verdict.found):
        print("  " + "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line))
    return verdict.exit_code


def _failed(why: str) -> int:
    print(f"hub: {why}", file=sys.stderr)
    return 1


def _refused(why: str) -> int:
    print(f"hub: {why}", file=sys.stderr)
    return 2
