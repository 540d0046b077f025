"""The table of channels, the settings, the tests' peers and docs/channels.md can't drift apart."""

import json
import re

from hub.config.model import CHANNEL_SETTINGS
from hub.forward.channel import Outcome
from hub.forward.channels import CHANNELS
from hub.forward.channels.webhook import body_of
from tests.forward.alerts import alert
from tests.forward.faults import Fault
from tests.forward.peers import PAGE, PEERS, fault_table, written_table


def test_the_fault_table_in_the_docs_is_what_the_contract_holds() -> None:
    assert written_table() == fault_table(), "run: python -m tests.forward.peers"


def test_every_channel_has_a_peer_that_says_what_becomes_of_each_fault() -> None:
    kinds = {kind for kind, settings in CHANNEL_SETTINGS.items() if settings in CHANNELS}
    assert {peer.kind for peer in PEERS} == kinds
    assert all(set(peer.expected) == set(Fault) for peer in PEERS)


def test_every_channel_and_every_outcome_has_its_place_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not [
        kind for kind, settings in CHANNEL_SETTINGS.items() if settings in CHANNELS and f"\n## `{kind}`" not in page
    ]
    assert not [outcome for outcome in Outcome if f"| `{outcome.value}` |" not in page]


def test_every_key_of_the_body_is_documented_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8").partition("The body, for")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in page.splitlines() if row.startswith("| `")]
    named = [key for row in rows for key in re.findall(r"`(\w+)`", row)]
    assert set(named) == set(json.loads(body_of(alert(), 1)))
