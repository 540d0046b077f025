"""What is committed is there, whole; what is refused changes nothing."""

import sqlite3
from contextlib import closing

import msgspec
import pytest

from hub.domain.alarms import Alarm
from hub.domain.commands import Acknowledge, EndDrill, EndMaintenance, Maintain, Reset, Shelve, StartDrill
from hub.domain.decision import Decision, Entry, Hasten
from hub.domain.events import Attempted
from hub.domain.now import Now
from hub.domain.reports import Linked, Press, Report
from hub.store.database import NewerSchema, open_reader, open_writer
from hub.store.memory import load_state
from hub.store.outbox import next_due
from hub.store.readings import Fold, read_after
from hub.store.store import PAYLOAD_KEPT, QUARANTINED_KEPT, REJECTED_KEPT, Quarantined, Rejected, Store, Upkeep
from tests.domain.build import School, site


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "hub.db")
    store.open()
    yield store
    store.close()


@pytest.fixture
def reader(store):
    with closing(open_reader(store.path)) as connection:
        yield connection


def test_the_journey_of_a_press_is_one_transaction(store, reader):
    decision = School().presses()
    store.commit([decision])
    counts = [reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in
              ("alarms", "presses", "outbox", "journal", "readings")]  # fmt: skip
    assert counts == [1, 1, 1, 2, 1]


def test_a_decision_that_can_not_be_written_leaves_nothing_behind(store, reader):
    decision = School().presses()
    twice = msgspec.structs.replace(decision, presses=decision.presses * 2)
    with pytest.raises(sqlite3.IntegrityError):
        store.commit([twice])
    assert reader.execute("SELECT count(*) FROM alarms").fetchone()[0] == 0
    store.commit([decision])
    assert reader.execute("SELECT count(*) FROM alarms").fetchone()[0] == 1
    assert reader.execute("SELECT count(*) FROM journal").fetchone()[0] == 2


def test_after_a_restart_the_hub_knows_what_it_knew(store):
    school = School()
    decisions = [
        school.presses(seq=1),
        school.says("door", contact="open", battery=80),
        school.says("wc", leak=True),
        school.happens(Acknowledge(1, "A", "page")),
        school.happens(Report("panic-zb", held=(("press", True),))),
    ]
    store.commit(decisions)
    after = load_state(store.connection, site(), Now(school.now.wall + 60_000, 99))
    assert after.presses == school.state.presses
    assert after.next_alarm == school.state.next_alarm
    assert [a.id for a in after.open_alarms()] == [a.id for a in school.state.open_alarms()]
    for device, known in school.state.devices.items():
        assert {s: k.value for s, k in after.devices[device].signals.items()} == {
            s: k.value for s, k in known.signals.items()
        }
    seen = after.devices["door"].seen
    assert seen is not None
    assert seen.mono == 99 - 60_000


def test_flags_come_back_as_flags_and_figures_as_figures(store, reader):
    school = School()
    store.commit([school.says("wc", leak=False, humidity=1), school.says("light", lux=1.0)])
    values = [reading.value for _, reading in read_after(reader, 0, 10)]
    assert [type(value) for value in values] == [bool, int, float]


def test_the_snapshot_and_what_came_after_are_the_whole(store, reader):
    school = School()
    store.commit([school.says("light", lux=float(lux)) for lux in range(10)])
    fold = Fold()
    fold.load(reader)
    store.commit([school.after(1).says("light", lux=77.0)], upkeep=[Upkeep(snapshot=fold.copy())])
    fresh = Fold()
    fresh.load(reader)
    fold.follow(reader)
    assert fresh.latest == fold.latest
    assert fresh.seen == fold.seen
    assert fresh.latest["light", "lux"].value == 77.0


def test_a_retained_value_is_known_but_no_sign_of_life(store, reader):
    store.commit([School().says("light", retained=True, lux=5.0)])
    fold = Fold()
    fold.load(reader)
    assert fold.latest["light", "lux"].retained
    assert "light" not in fold.seen


def test_old_readings_go_and_new_ones_stay(store, reader):
    school = School()
    store.commit([school.says("light", lux=1.0)])
    store.commit([school.after(3600).says("light", lux=2.0)])
    store.commit([], upkeep=[Upkeep(keep_readings_from=school.now.wall - 1)])
    assert [reading.value for _, reading in read_after(reader, 0, 10)] == [2.0]


def test_refused_messages_are_a_ring_with_a_count_of_all(store, reader):
    one = Rejected(1, "t", "d", "not_json", "", b"x" * 2000)
    store.commit([], rejected=[one] * (REJECTED_KEPT + 5))
    assert reader.execute("SELECT count(*), max(length(payload)) FROM rejected").fetchone()[:] == (
        REJECTED_KEPT,
        PAYLOAD_KEPT,
    )
    assert reader.execute("SELECT count FROM rejected_counts").fetchone()[0] == REJECTED_KEPT + 5


def test_refused_points_are_bounded(store, reader):
    points = tuple(Quarantined("local", number, 1, "line", "reason") for number in range(QUARANTINED_KEPT + 5))
    store.commit([], upkeep=[Upkeep(quarantined=points, cursors=(("local", 7),))])
    assert reader.execute("SELECT count(*) FROM quarantined").fetchone()[0] == QUARANTINED_KEPT
    assert reader.execute("SELECT reading FROM cursors WHERE name = 'local'").fetchone()[0] == 7


def test_a_settled_row_is_settled_once(store, reader):
    school = School()
    event_id = school.presses()
    store.commit([event_id])
    event = event_id.dispatches[0].alert.event_id
    store.commit([school.happens(Attempted("hq", event, "delivered", "", 1, 10, "delivered", 0, True))])
    store.commit([school.happens(Attempted("hq", event, "refused", "", 2, 20, "refused", 0, True))])
    row = reader.execute("SELECT settled, attempts, settled_at FROM outbox").fetchone()
    assert tuple(row) == ("delivered", 1, 10)
    assert next_due(reader, "hq", 1 << 60, ()) is None


def test_the_newest_critical_alarm_goes_first_and_its_history_in_order(store, reader):
    school = School()
    for device in ("panic-hall", "panic-zb", "wc"):
        store.commit([school.presses(device, None, None, "press" if device != "wc" else "help")])
    store.commit([school.happens(Acknowledge(3, "A", "page"))])
    sent: list[str] = []
    while (waiting := next_due(reader, "hq", school.now.wall, sent)) is not None:
        sent.append(waiting.alert.event_id)
    assert [event.removeprefix("school-1-e0-") for event in sent] == ["3-1", "3-2", "2-1", "1-1"]


def test_the_journal_can_not_be_changed_through_the_database(store):
    store.commit([School().presses()])
    for order in ("UPDATE journal SET body = ''", "DELETE FROM journal"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection.execute(order)


def test_a_reader_can_not_write(store, reader):
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM alarms")


def test_a_store_from_the_future_is_left_alone(tmp_path):
    path = tmp_path / "hub.db"
    open_writer(path).execute("PRAGMA user_version = 999")
    with pytest.raises(NewerSchema):
        open_writer(path)


def test_each_new_store_has_an_epoch_of_its_own(tmp_path):
    epochs = set()
    for name in ("a.db", "b.db"):
        store = Store(tmp_path / name)
        store.open()
        epochs.add(load_state(store.connection, site(), Now(0, 0)).epoch)
        store.close()
    assert len(epochs) == 2


def test_an_alarm_survives_its_way_through_the_store(store, reader):
    school = School()
    store.commit([school.presses()])
    body = reader.execute("SELECT body FROM alarms").fetchone()[0]
    assert msgspec.json.decode(body, type=Alarm) == school.state.find_alarm(1)


def test_commits_survive_without_a_goodbye(tmp_path):
    store = Store(tmp_path / "hub.db")
    store.open()
    store.commit([School().presses()])
    with closing(open_reader(store.path)) as reader:
        assert reader.execute("SELECT count(*) FROM presses").fetchone()[0] == 1


def test_a_numbered_press_is_unique_in_the_store(store):
    store.commit([School().presses()])
    with pytest.raises(sqlite3.IntegrityError):
        store.commit([School().happens(Report("panic-hall", presses=(Press("press", 7, 1),)))])


def test_maintenance_and_shelves_survive_a_restart_with_the_time_they_had_left(store):
    school = School()
    wall = school.now.wall
    store.commit(
        [
            school.says("wc", leak=True),
            school.happens(Shelve(1, wall + 60_000, "A", "repair")),
            school.happens(Maintain("zone:hall", wall + 90_000, "A", "new lamps")),
        ]
    )
    after = load_state(store.connection, site(), Now(wall + 50_000, 7))
    assert after.open_alarms()[0].shelved_until_mono == 7 + 10_000
    assert after.maintenance["zone:hall"].until_mono == 7 + 40_000
    store.commit([school.happens(EndMaintenance("zone:hall", "A"))])
    assert not load_state(store.connection, site(), Now(wall, 7)).maintenance


def test_a_clock_that_starts_decades_behind_makes_no_shelf_last_for_decades(store):
    school = School()
    store.commit([school.says("wc", leak=True), school.happens(Shelve(1, school.now.wall + 60_000, "A", "repair"))])
    after = load_state(store.connection, site(), Now(0, 7, trusted=False))
    assert after.open_alarms()[0].shelved_until_mono <= 7 + 30 * 86_400_000


def test_an_alarm_of_a_device_that_is_no_longer_configured_stays_open(store):
    school = School()
    store.commit([school.presses()])
    without = site()
    fewer = {name: device for name, device in without.devices.items() if name != "panic-hall"}
    after = load_state(store.connection, msgspec.structs.replace(without, devices=fewer), school.now)
    assert [alarm.type for alarm in after.open_alarms()] == ["panic"]


def test_a_drill_survives_a_restart_until_it_has_ended(store):
    school = School()
    ordered = school.happens(StartDrill(("panic-hall",), school.now.wall + 900_000, "A"))
    store.commit([ordered, school.presses()])
    after = load_state(store.connection, site(), school.after(5).now)
    assert after.drills == school.state.drills
    assert (set(after.drills[1].presses), after.next_drill) == ({"panic-hall"}, 2)
    store.commit([school.happens(EndDrill(1, "A"))])
    assert load_state(store.connection, site(), school.now).drills == {}


def test_a_button_counts_as_installed_from_its_first_message(store):
    school = School()
    store.commit([school.says("panic-hall", battery=90)])
    fold = Fold()
    with closing(open_reader(store.path)) as reader:
        fold.load(reader)
    store.commit([], upkeep=[Upkeep(snapshot=fold)])
    later = Now(school.now.wall + 10_000, 3)
    installed = load_state(store.connection, site(), later).devices["panic-hall"].installed
    assert installed is not None
    assert (installed.wall, installed.mono) == (school.now.wall, 3 - 10_000)


def test_bridges_presses_and_chattering_survive_a_restart(store):
    school = School()
    store.commit(
        [
            school.happens(Linked("bridge", "zigbee2mqtt", False, ("panic-zb",))),
            school.happens(Linked("broker", "", False, ("panic-zb",))),
            school.happens(Report("panic-zb", presses=(Press("press"),), delivery="7-ab")),
            *(school.says("wc", leak=value) for value in (True, False, True, False, True)),
            school.happens(Reset(1, "A", "real")),
        ]
    )
    after = load_state(store.connection, site(), Now(school.now.wall + 1000, 50_000))
    assert list(after.links) == ["bridge:zigbee2mqtt"]
    assert after.links["bridge:zigbee2mqtt"].since.mono == 49_000
    assert [name for name, _ in after.devices["panic-zb"].deliveries] == ["7-ab"]
    assert set(after.devices["wc"].chatter) == {"leak"}
    assert after.ended == school.state.ended


def test_the_gap_counts_from_the_last_that_is_known(store):
    school = School()
    store.commit([school.says("door", contact="closed")])
    wall = school.now.wall
    assert load_state(store.connection, site(), Now(wall + 240_000, 7)).gap.ms == 240_000
    assert load_state(store.connection, site(), Now(wall + 240_000, 7), wall + 60_000).gap.ms == 180_000
    assert load_state(store.connection, site(), Now(wall + 5_000, 7)).gap is None


def test_rows_that_a_wrong_clock_put_off_are_due_again(store, reader):
    school = School()
    store.commit([school.presses()])
    early = school.now.wall - 50_000_000
    assert next_due(reader, "hq", early, ()) is None
    store.commit([Decision(journal=(Entry("clock", 1, {}),), hasten=Hasten(early, 50_000_000))])
    assert next_due(reader, "hq", early, ()) is not None
