"""The journal of a real hub: headquarters' receipts anchor it, a start and a change of hub.yaml are in it."""

import json
import subprocess
import sys

from tests.servers import wait_until


def command(*words: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "hub", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, timeout=100, check=False)


def verify(hub) -> subprocess.CompletedProcess[str]:
    return command("verify", "-c", hub.config)


def entries(hub, kind: str) -> list[dict]:
    return [json.loads(body) for (body,) in hub.rows("SELECT body FROM journal WHERE kind = ? ORDER BY no", kind)]


def test_a_hub_that_is_killed_and_changed_keeps_a_journal_that_headquarters_proves(hub, hq, button):
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    wait_until(lambda: hub.count("anchors"), 20, "a heartbeat anchors the journal")
    live = verify(hub)
    assert live.returncode == 0, live.stdout
    hub.kill()
    text = hub.config.read_text(encoding="utf-8")
    hub.config.write_text(text.replace("id: hall, floor: 1", "id: hall, floor: 2"), encoding="utf-8")
    hub.started()
    wait_until(lambda: hub.count("anchors", "no > 4") >= 1, 20, "the next heartbeat anchors what came since")
    again = verify(hub)
    assert again.returncode == 0, again.stdout
    assert "bears headquarters' signature" in again.stdout
    first, second = entries(hub, "start")
    assert first["down_since"] == 0 < second["down_since"]
    assert [entry["changed"] for entry in entries(hub, "config")][1:] == [["zones"]]
    hub.stop()


def test_an_inspector_leaves_with_a_pack_that_the_journal_remembers(hub, hq, button, tmp_path):
    hub.started()
    button.press_until_stored(1)
    button.wait_for(1, "hq")
    pack = tmp_path / "pack.zip"
    made = command("report", "-c", hub.config, "--lang", "kk", "--out", pack, "--by", "Inspector", "--days", 30)
    assert made.returncode == 0, made.stderr
    key = command("report", "-c", hub.config, "--fingerprint").stdout.strip()
    assert key in made.stdout
    checked = command("verify", pack, "--key", key)
    assert checked.returncode == 0, checked.stdout
    wait_until(lambda: entries(hub, "inspection"), 20, "the inspection is in the journal")
    (entry,) = entries(hub, "inspection")
    assert (entry["by"], entry["key"], entry["figures"]["alarms"]) == ("Inspector", key.replace(" ", ""), 1)
    assert verify(hub).returncode == 0
    assert command("verify", pack, "--key", "0" * 64).returncode == 1
    assert command("verify", pack, "--key", "abc").returncode == 2
    assert command("report", "-c", hub.config, "--days", 0).returncode == 2
