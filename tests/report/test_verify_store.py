"""`hub verify` of a store: the journal, the proofs and the tables; live, and read only."""

import sqlite3

import msgspec
import pytest

from hub.cli import main
from hub.domain.commands import Acknowledge, RunProbe
from hub.domain.events import Attempted
from hub.domain.reports import Press, Report
from hub.report.proofs import BadLog, heads_in_log, weigh
from hub.report.verify import read_anchors, verify_store
from tests.report.story import SECRET, forge, lines_of, told

ALL = {"*": SECRET}


@pytest.fixture
def story(tmp_path):
    story = told(tmp_path)
    yield story
    story.close()


def wrong(story, secrets=ALL, log=()):
    return verify_store(story.path, secrets, log).wrong


def test_a_store_that_nobody_touched_is_whole_while_it_is_in_use(story):
    verdict = verify_store(story.path, ALL)
    assert verdict.wrong == ()
    assert verdict.exit_code == 0
    assert "bears headquarters' signature" in verdict.found[1]
    story.commits(story.school.presses(seq=3))
    assert wrong(story) == ()


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ("UPDATE journal SET body = replace(body, 'Operator', 'Nobody') WHERE no = 5", "record 5 was altered"),
        ("DELETE FROM journal WHERE no = 4", "record 4 was removed"),
        (
            "UPDATE journal SET no = -no - 1 WHERE no > 3; UPDATE journal SET no = -no WHERE no < 0;"
            " INSERT INTO journal VALUES (4, 1, 'alarm', '{}', 'x')",
            "record 4 was inserted",
        ),
        (
            "UPDATE journal SET no = 0 WHERE no = 6; UPDATE journal SET no = 6 WHERE no = 7;"
            " UPDATE journal SET no = 7 WHERE no = 0",
            "record 6 was moved",
        ),
        ("DELETE FROM journal WHERE no > 6", "records 7 to 8 were removed at the end"),
        ("DELETE FROM journal WHERE no > 7", "record 8 was removed at the end"),
        ("UPDATE alarms SET body = replace(body, 'Operator', 'Nobody') WHERE id = 1", "alarm 1 was altered"),
        ("UPDATE alarms SET open = 1 WHERE id = 1", "alarm 1 was altered"),
        ("DELETE FROM alarms WHERE id = 2", "alarm 2 is missing from the table"),
        (
            "INSERT INTO alarms SELECT 77, device, type, open, raised_at, stored_at, body FROM alarms WHERE id = 1",
            "alarm 77 is in the table, but not in the journal",
        ),
        ("UPDATE presses SET at = at + 1 WHERE seq = 1", "a press of panic-hall (boot 7, number 1) is in the table"),
        ("DELETE FROM presses WHERE seq = 2", "a press of panic-hall (boot 7, number 2) is missing"),
        ("UPDATE outbox SET settled_at = settled_at - 500 WHERE settled = 'delivered'", "is delivered: record"),
        ("UPDATE outbox SET settled = 'delivered' WHERE settled IS NULL", "the journal knows nothing of it"),
        ("DELETE FROM outbox WHERE settled = 'delivered'", "is missing: the journal settled it"),
        ("DELETE FROM outbox WHERE settled IS NULL", "is missing: record"),
        ("UPDATE anchors SET hash = replace(hash, 'a', 'b') WHERE id = 1", "written anew"),
        ("UPDATE anchors SET body = replace(body, '2026', '2027')", "the signature of its receipt is wrong"),
        ("UPDATE anchors SET no = no + 1 WHERE id = 1", "it proves another head"),
    ],
)
def test_what_was_tampered_with_is_named(story, order, named):
    forge(story.path, order)
    assert any(named in line for line in wrong(story)), wrong(story)


def test_a_probe_whose_latency_was_improved_is_named(story):
    school = story.school
    school.state.site = msgspec.structs.replace(school.state.site, proving=frozenset({"hq"}))
    school.state.supervised = frozenset({"hq"})
    story.commits(school.happens(RunProbe("A")))
    heard = school.after(1).happens(Report("hub", presses=(Press("press", 0, 1),)))
    story.commits(heard)
    event, at = heard.dispatches[0].alert.event_id, school.now.wall
    story.commits(school.after(40).happens(Attempted("hq", event, "delivered", "", 1, at, "delivered", 0, True)))
    assert wrong(story) == ()
    forge(story.path, "UPDATE probes SET latency = 12, body = json_set(body, '$.latency', 12)")
    assert wrong(story) == (f"probe 1 was altered: the journal's word about it is record {len(lines_of(story.path))}",)


def test_headquarters_own_log_finds_what_the_school_removed_with_its_proofs(story, tmp_path):
    lines = lines_of(story.path)
    forge(story.path, "DELETE FROM journal WHERE no > 2", "DELETE FROM anchors", "DELETE FROM presses WHERE seq = 2",
          "DELETE FROM outbox WHERE alarm = 2", "DELETE FROM alarms WHERE id = 2")  # fmt: skip
    log = tmp_path / "hq.jsonl"
    log.write_text(f'{{"type":"heartbeat","journal":{{"no":5,"hash":"{lines[4].hash}"}}}}\n\n{{"type":"test"}}\n')
    assert (
        "records 3 to 5 were removed at the end: headquarters' log has proof" in wrong(story, ALL, heads_in_log(log))[0]
    )


def test_a_log_that_is_none_is_refused(tmp_path):
    log = tmp_path / "hq.jsonl"
    log.write_text("heartbeat\n")
    with pytest.raises(BadLog, match=r"hq\.jsonl:1"):
        heads_in_log(log)


def test_a_receipt_is_as_good_as_its_signature(story):
    anchor = read_anchors(story.store.connection)[0]
    assert weigh(anchor, {"hq": SECRET}).word == "signed"
    assert weigh(anchor, {}).word == "not checked"
    assert weigh(anchor, {"hq": "whsec_" + "QUFB" * 8}).wrong


def test_the_command_says_it_by_its_exit_code(story, tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    assert main(["verify", "--store", str(story.path), "--hq-secret", str(secret)]) == 0
    assert capsys.readouterr().out.startswith(f"{story.path}: OK\n")
    forge(story.path, "DELETE FROM journal WHERE no = 4")
    assert main(["verify", "--store", str(story.path)]) == 1
    assert "record 4 was removed" in capsys.readouterr().out
    assert main(["verify", "--store", str(tmp_path / "none.db")]) == 2
    (tmp_path / "text.db").write_text("no database at all, only some text that is long enough to be read as one" * 20)
    assert main(["verify", "--store", str(tmp_path / "text.db")]) == 2
    assert main(["verify", "--store", str(story.path), "--hq-secret", str(tmp_path / "none")]) == 2
    assert main(["verify", "-c", str(tmp_path / "none.yaml")]) == 2


def test_a_copy_on_a_medium_that_nobody_can_write_to_is_verified(story, tmp_path):
    copy = tmp_path / "copy" / "hub.db"
    copy.parent.mkdir()
    story.store.connection.execute("VACUUM INTO ?", (str(copy),))
    copy.chmod(0o444)
    copy.parent.chmod(0o555)
    assert verify_store(copy, ALL).wrong == ()


def test_verifying_changes_nothing(story):
    story.commits(story.school.happens(Acknowledge(2, "A", "page")))
    before = sqlite3.connect(story.path).execute("PRAGMA data_version").fetchone()
    lines = lines_of(story.path)
    verify_store(story.path, ALL)
    assert lines_of(story.path) == lines
    assert sqlite3.connect(story.path).execute("PRAGMA data_version").fetchone() == before
