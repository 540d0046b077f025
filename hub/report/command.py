"""The commands `hub verify` and `hub report`: what they print, and their exit codes."""

import sqlite3
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from hub.config.check import load_or_explain
from hub.config.model import WebhookChannel
from hub.domain.decision import Anchor
from hub.report.proofs import BadLog, heads_in_log
from hub.report.verdict import Verdict
from hub.report.verify import verify_store


def run_verify(options: Namespace) -> int:
    """0 where all is well, 1 where something was tampered with (it is named), 2 where there is nothing to verify."""
    try:
        secrets = {"*": options.hq_secret.read_text().strip()} if options.hq_secret is not None else {}
        log = heads_in_log(options.hq_log) if options.hq_log is not None else []
    except (OSError, BadLog, UnicodeDecodeError) as error:
        return _refused(str(error))
    store = options.store
    if store is None:
        config = load_or_explain(options.config)
        if config is None:
            return 2
        store = config.store.path
        webhooks = (channel for channel in config.channels if isinstance(channel, WebhookChannel))
        secrets = {**{channel.name: channel.secret.reveal() for channel in webhooks}, **secrets}
    return _verify_store(store, secrets, log)


def _verify_store(store: Path, secrets: Mapping[str, str], log: list[Anchor]) -> int:
    try:
        verdict = verify_store(store, secrets, log)
    except sqlite3.Error as error:
        return _refused(f"{store}: can't be read: {error}")
    return _told(str(store), verdict)


def _told(what: str, verdict: Verdict) -> int:
    print(f"{what}: {'TAMPERED WITH' if verdict.wrong else 'OK'}")
    for line in (*verdict.wrong, *verdict.found):
        print(f"  {line}")
    return verdict.exit_code


def _refused(why: str) -> int:
    print(f"hub: {why}", file=sys.stderr)
    return 2
