"""The read model: one row, one situation."""

import msgspec
import pytest

from hub.domain.commands import Acknowledge, FinishRound, Maintain, Reset, Shelve, StartRound, TickRound, WriteNote
from hub.domain.events import Tick
from hub.domain.site import Mapped
from hub.store.beat import Pulse
from hub.store.store import DatabaseState, Upkeep
from hub.web.cards import cards
from hub.web.facts import Facts
from hub.web.view import build
from tests.domain.build import DEVICES, LONG
from tests.web.school import School

MINUTE, HOUR, WEEK = 60.0, 3600.0, 7 * 86_400.0


def view(school):
    return school.live.look(at_once=True).view


def nothing(school):
    pass


def panic(school):
    school.presses()


def panic_acknowledged(school):
    school.happens(Acknowledge(school.presses(), "Айгүл", "page"))


def panic_over(school):
    panic_acknowledged(school)
    school.happens(Reset(1, "Айгүл", "false"))


def dark(school):
    school.says("light", lux=3, relay="off")
    school.after(6 * MINUTE).happens(Tick())


def broken_wire(school):
    school.says("panic-hall", loop="open")


def leak_returned(school):
    school.says("wc", leak=True)
    school.says("wc", leak=False)


def leak_seen(school):
    school.says("wc", leak=True)
    school.happens(Acknowledge(1, "Айгүл", "page"))


def silence(school):
    school.after(WEEK + MINUTE)
    school.says("door", contact="closed")
    school.happens(Tick())


def shelved(school):
    dark(school)
    school.happens(Shelve(1, school.now + 3_600_000, "Айгүл", "lamp ordered"))


def worked_on(school):
    school.happens(Maintain("device:light", school.now + 3_600_000, "Айгүл", "new lamp"))


def core_dead(school):
    school.dies()


def core_hangs(school):
    school.core.after(11)


def store_fails(school):
    school.beats(store="failing", unsaved=3)


def broker_down(school):
    school.beats(broker="down")


def line_down(school):
    school.line_is(False)


def camera_down(school):
    school.says("cam", reachable=False)


@pytest.mark.parametrize(
    ("situation", "state", "statuses"),
    [
        (nothing, "ok", {}),
        (panic, "alarm", {"panic-hall": "alarm"}),
        (panic_acknowledged, "alarm", {"panic-hall": "alarm"}),
        (panic_over, "ok", {}),
        (dark, "attention", {"light": "attention"}),
        (broken_wire, "attention", {"panic-hall": "attention"}),
        (leak_returned, "alarm", {"wc": "alarm"}),
        (leak_seen, "attention", {"wc": "attention"}),
        (shelved, "attention", {"light": "maintenance"}),
        (worked_on, "ok", {"light": "maintenance"}),
        (core_dead, "unknown", dict.fromkeys(("panic-hall", "panic-zb", "door", "light", "wc", "cam"), "waiting")),
        (core_hangs, "unknown", dict.fromkeys(("panic-hall", "panic-zb", "door", "light", "wc", "cam"), "waiting")),
        (store_fails, "attention", dict.fromkeys(("panic-hall", "panic-zb", "door", "light", "wc", "cam"), "waiting")),
        (broker_down, "attention", {}),
        (line_down, "attention", {}),
        (camera_down, "attention", {"cam": "attention"}),
    ],
)
def test_what_a_situation_is_shown_as(school, situation, state, statuses):
    situation(school.is_well())
    seen = view(school)
    assert seen.state == state
    assert {name: shown.status for name, shown in seen.devices.items() if shown.status != "ok"} == statuses


def test_silence_is_shown_with_the_alarm_of_the_domain(school):
    silence(school.is_well())
    statuses = {name: shown.status for name, shown in view(school).devices.items()}
    assert statuses["door"] == "ok"
    assert statuses["panic-hall"] == statuses["light"] == "silent"


def test_a_device_that_was_never_heard_waits_and_nothing_is_green(school):
    school.line_is(True)
    seen = view(school)
    assert seen.state == "unknown"
    assert {shown.status for shown in seen.devices.values()} == {"waiting"}


def heard(school, *devices):
    """Headquarters has answered, and these devices have spoken."""
    school.line_is(True)
    for device in devices:
        school.says(device, **({"relay": "off"} if device == "light" else {"battery": 90}))
    return school


def test_a_single_new_sensor_is_something_to_do_and_hides_nothing_else(school):
    heard(school, "panic-hall", "panic-zb", "light", "wc", "cam")
    seen = view(school)
    assert (seen.state, seen.devices["door"].status) == ("attention", "waiting")
    assert [(card.kind, card.device.id, card.since) for card in cards(seen)] == [("waiting", "door", 0)]
    client = school.client()
    for address in ("/", "/?wall=1"):
        text = client.page(address)
        assert "1 thing is waiting" in text
        assert "5 of 6 sensors answer" in text
        assert "Hall, main entrance: no data yet" in text
        assert "All is well" not in text
        assert "No data<" not in text
    assert 'href="/devices/door"' in client.page("/")
    assert "</span> 1 · no data yet</span>" in client.page("/"), "the hall's other sensors do answer"
    assert client.get("/api/v1/status").json["state"] == "attention"
    school.says("door", contact="closed")
    assert (view(school).state, cards(view(school))) == ("ok", ())


@pytest.mark.parametrize(
    ("devices", "state"),
    [(("panic-hall", "panic-zb", "light"), "attention"), (("panic-hall", "panic-zb"), "unknown"), ((), "unknown")],
)
def test_the_school_is_unknown_only_where_most_of_it_is(school, devices, state):
    heard(school, *devices)
    seen = view(school)
    assert seen.state == state
    assert [(card.kind, card.count, card.device) for card in cards(seen)] == [("waiting", 6 - len(devices), None)]
    text = school.client().page("/")
    assert f"{6 - len(devices)} sensors have given no data yet" in text
    assert 'href="/silent"' in text


def test_a_sensor_that_is_not_heard_since_the_hub_was_down_waits_with_its_last_word(school):
    school.is_well().after(WEEK - HOUR)
    at = school.now
    for device in ("panic-hall", "panic-zb", "light", "wc", "cam"):
        school.says(device, battery=90)
    school.after(2 * HOUR)
    school.beats(started_at=school.now)
    assert view(school).devices["door"].status == "waiting"
    (card,) = cards(view(school))
    assert (card.kind, card.device.id, card.since < at) == ("waiting", "door", True)


def test_a_device_that_says_nothing_of_what_it_is_there_for_is_not_green(tmp_path):
    devices = {one.id: one for one in DEVICES}
    devices["wc"] = msgspec.structs.replace(devices["wc"], map={"probe": Mapped("leak"), "cord": Mapped("help")})
    school = School(tmp_path, devices=devices).start()
    for name in devices:
        school.says(name, battery=80, reachable=True)
    school.says("wc", temperature=21)
    school.line_is(True)
    seen = view(school)
    assert seen.state == "attention"
    assert [(card.kind, card.count, card.since) for card in cards(seen)] == [("waiting", 3, 0)]
    unsaid = {name: shown.unsaid for name, shown in seen.devices.items() if shown.status == "waiting"}
    assert unsaid["door"] == {"contact", "lock"}
    assert unsaid["wc"] == {"leak"}
    assert set(unsaid) == {"door", "light", "wc"}
    assert seen.whole.quiet_since == 0
    school.says("door", contact="open")
    school.says("light", relay="off")
    school.says("wc", leak=False)
    assert view(school).state == "ok"
    school.end()


def test_while_the_core_is_down_the_page_itself_judges_silence(school):
    school.is_well().dies()
    assert view(school.after(WEEK - HOUR)).devices["door"].status == "waiting"
    assert view(school.after(2 * HOUR)).devices["door"].status == "silent"


def test_a_line_that_was_never_proven_is_not_green(school):
    for device in school.config.site.devices:
        school.says(device, battery=90)
    seen = view(school)
    assert (seen.state, seen.line.state) == ("attention", "unproven")


def test_without_a_line_to_headquarters_the_school_is_not_well(tmp_path):
    school = School(tmp_path, hq_channels=frozenset()).start()
    school.is_well()
    assert view(school).state == "attention"
    assert [card.kind for card in cards(view(school))] == ["no_line"]
    school.end()


def test_before_the_first_start_nothing_is_known(tmp_path):
    school = School(tmp_path)
    seen = build(school.config, Facts(pulse=Pulse(False, 0, None), store="absent"), school.now)
    assert seen.state == "unknown"
    assert [card.kind for card in cards(seen)] == ["store_absent"]


@pytest.mark.parametrize(
    ("situation", "kinds"),
    [
        (nothing, []),
        (dark, ["alarm"]),
        (panic, []),
        (core_dead, ["core_down"]),
        (store_fails, ["store_failing"]),
        (broker_down, ["broker_down"]),
        (line_down, ["line_down"]),
        (shelved, []),
    ],
)
def test_what_there_is_to_do(school, situation, kinds):
    situation(school.is_well())
    assert [card.kind for card in cards(view(school))] == kinds


def test_without_a_store_no_device_is_well_and_none_is_called_silent(school):
    school.is_well()
    store_fails(school)
    assert {device.status for device in view(school).devices.values()} == {"waiting"}
    school.after(LONG // 1000 + 3600)
    assert {device.status for device in view(school).devices.values()} == {"waiting"}
    assert [card.kind for card in cards(view(school))] == ["store_failing"]


def test_many_silent_devices_are_one_card(school):
    silence(school.is_well())
    quiet = [card for card in cards(view(school)) if card.kind == "silent"]
    assert [card.count for card in quiet] == [4]


def test_the_most_urgent_alarm_comes_first(school):
    school.is_well()
    dark(school)
    broken_wire(school)
    assert [card.alarm.type for card in cards(view(school))] == ["loop_fault", "dark"]


def test_a_database_is_as_its_feeder_says_and_counts_what_waits(school):
    school.is_well()
    assert view(school).databases[0].state == "unproven"
    said = DatabaseState("local", "down", school.now)
    school.store.commit([], upkeep=[Upkeep(cursors=(("local", 2),), databases=(said,))])
    database = view(school).databases[0]
    assert (database.state, database.queued) == ("down", 8)


def test_the_revision_grows_with_what_is_seen_and_not_with_figures(school):
    school.is_well()
    before = school.live.look(at_once=True)
    school.says("light", lux=321.5)
    figures = school.live.look(at_once=True)
    assert (figures.revision, figures.figures > before.figures) == (before.revision, True)
    school.says("door", contact="open")
    assert school.live.look(at_once=True).revision > before.revision


def test_a_store_that_is_replaced_is_read_anew(school, tmp_path):
    school.is_well()
    school.presses()
    assert view(school).alarms
    other = School(tmp_path / "other").start()
    other.is_well()
    other.store.close()
    school.store.close()
    for name in ("hub.db-wal", "hub.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "other" / "hub.db").rename(tmp_path / "hub.db")
    assert view(school).alarms == ()
    other.dies()


def test_a_store_that_cannot_be_read_is_said_and_never_green(school, tmp_path):
    school.is_well()
    assert view(school).state == "ok"
    school.store.close()
    for name in ("hub.db", "hub.db-wal", "hub.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "hub.db").write_bytes(b"no database at all" * 1000)
    seen = view(school)
    assert (seen.state, seen.store) == ("unknown", "unreadable")


def due_cards(school):
    return [(card.kind, card.due.device and card.due.device.id) for card in cards(view(school)) if card.due]


def test_a_round_is_due_a_month_after_the_last_or_after_the_hubs_first_day(school):
    school.presses(event="test_press")  # the journal's first record
    school.is_well().after(30 * 86_400).is_well()
    assert due_cards(school) == []
    assert "The next round is due by 25 December 2026." in school.client().page("/rounds")
    school.after(2 * 86_400).is_well()
    assert due_cards(school) == [("round", None)]
    assert view(school).state == "attention"
    text = school.client().page("/", "ru")
    assert "Пора провести ежемесячный обход" in text
    assert 'href="/rounds"' in text
    school.happens(StartRound("Айгүл"))
    assert due_cards(school) == []
    for item in school.core.state.round.items:
        school.happens(TickRound(1, item.key, "Айгүл", False, "locked"))
    school.happens(FinishRound(1, "Айгүл"))
    assert due_cards(school) == []
    school.after(32 * 86_400).is_well()
    assert due_cards(school) == [("round", None)]


def test_a_school_without_anything_to_walk_to_has_no_round(tmp_path):
    devices = {name: device for name, device in School(tmp_path).core.state.site.devices.items() if name == "light"}
    school = School(tmp_path, devices=devices).start()
    school.says("light", lux=300)
    school.line_is(False)
    school.after(40 * 86_400)
    assert due_cards(school) == []
    school.end()


@pytest.mark.parametrize(
    ("day", "said"), [("2026-12-20", "to be replaced by 20 December 2026"), ("2026-11-23", "it had to be replaced by")]
)
def test_a_device_whose_day_of_replacement_is_near_or_past_is_a_card(school, day, said):
    school.is_well()
    school.happens(WriteNote("door", "Айгүл", replace_by="2027-03-01"))
    assert due_cards(school) == []
    school.happens(WriteNote("door", "Айгүл", replace_by=day))
    assert due_cards(school) == [("replace", "door")]
    text = school.client().page("/")
    assert said in text
    assert 'href="/devices/door"' in text
