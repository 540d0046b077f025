"""A round's checklist comes from the configuration; sensors tick what they see, people the posters and what failed."""

import msgspec
import pytest

from hub.domain.commands import FinishRound, PlaceDevices, StartDrill, StartRound, TickRound
from hub.domain.events import PosterChecked, Tick
from hub.domain.site import Poster
from tests.domain.build import School


def walking() -> School:
    school = School()
    devices = {
        name: msgspec.structs.replace(device, role="exit") if name == "door" else device
        for name, device in school.state.site.devices.items()
        if name not in ("panic-zb",)
    }
    posters = {"poster-1": Poster("poster-1", "hall", "https://111.example/")}
    school.state.site = msgspec.structs.replace(school.state.site, devices=devices, posters=posters)
    school.says("door", contact="closed")
    assert school.happens(StartRound("Айгүл")).answer == "round_started"
    return school


def test_the_checklist_is_the_buttons_the_exits_and_the_posters():
    keys = [item.key for item in walking().state.round.items]
    assert sorted(keys) == ["button:panic-hall", "exit:door", "poster:poster-1"]


def test_a_whole_round_is_in_the_journal_with_who_and_when():
    school = walking()
    school.happens(StartDrill(("panic-hall",), school.now.wall + 600_000, "Айгүл"))
    school.after(60).presses()
    school.after(60).says("door", contact="open")
    assert {key: mark.by for key, mark in school.state.round.ticks.items()} == {
        "button:panic-hall": "",
        "exit:door": "",
    }
    assert school.happens(FinishRound(1, "Айгүл")).answer == "items_left"
    assert school.happens(TickRound(1, "poster:poster-1", "Айгүл", True)).answer == "ticked"
    decision = school.happens(FinishRound(1, "Айгүл", "all well"))
    assert decision.answer == "round_finished"
    record = decision.journal[0].body["record"]
    assert (record["finished_by"], len(record["ticks"])) == ("Айгүл", 3)
    assert school.state.round is None


def test_a_real_press_ticks_nothing_but_a_test_press_does():
    school = walking()
    school.presses()
    assert school.state.round.ticks == {}
    school.presses(seq=2, event="test_press")
    assert "button:panic-hall" in school.state.round.ticks


def test_an_exit_that_stands_open_or_is_told_by_the_brokers_memory_ticks_nothing():
    school = walking()
    school.says("door", retained=True, contact="open")
    school.says("door", contact="open")
    assert "exit:door" not in school.state.round.ticks


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        (TickRound(1, "button:panic-hall", "Айгүл", True), "only_the_sensor"),
        (TickRound(1, "exit:door", "Айгүл", False), "no_reason"),
        (TickRound(1, "exit:door", "Айгүл", False, "x" * 501), "reason_too_long"),
        (TickRound(1, "button:other", "Айгүл", False, "x"), "no_such_item"),
        (TickRound(2, "exit:door", "Айгүл", False, "x"), "no_such_round"),
        (StartRound("Болат"), "round_goes_on"),
        (FinishRound(2, "Айгүл"), "no_such_round"),
        (PlaceDevices({"nothing": (1, 1)}, "Болат"), "unknown_target"),
        (PlaceDevices({"door": (1, 1001)}, "Болат"), "off_the_plan"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(order, answer):
    decision = walking().happens(order)
    assert decision.answer == answer
    assert not decision.urgent


def test_what_could_not_be_done_is_ticked_with_its_reason_and_a_later_success_mends_it():
    school = walking()
    assert school.happens(TickRound(1, "button:panic-hall", "Айгүл", False, "door locked")).answer == "ticked"
    assert school.state.round.ticks["button:panic-hall"].note == "door locked"
    school.presses(event="test_press")
    assert school.state.round.ticks["button:panic-hall"].fine


def test_a_school_without_buttons_exits_and_posters_has_no_round():
    school = School()
    school.state.site = msgspec.structs.replace(
        school.state.site, devices={"light": school.state.site.devices["light"]}
    )
    assert school.happens(StartRound("Айгүл")).answer == "nothing_to_walk"


def posters_alarm(school: School) -> list[str]:
    school.after(1).happens(Tick())
    return [alarm.figure for alarm in school.state.open_alarms() if alarm.type == "poster_down"]


def test_a_dead_address_is_a_task_until_it_lives_again():
    school = walking()
    school.happens(PosterChecked("poster-1", "not_found", "404", school.now.wall))
    assert posters_alarm(school) == ["poster-1"]
    school.happens(PosterChecked("poster-1", "not_checked", "", school.now.wall))
    assert posters_alarm(school) == ["poster-1"]
    school.happens(PosterChecked("poster-1", "fine", "", school.now.wall))
    assert posters_alarm(school) == []


def test_a_code_that_could_not_be_scanned_is_a_task_until_it_can():
    school = walking()
    school.happens(TickRound(1, "poster:poster-1", "Айгүл", False, "torn"))
    assert posters_alarm(school) == ["poster-1"]
    school.happens(TickRound(1, "poster:poster-1", "Айгүл", True))
    assert posters_alarm(school) == []


def test_no_network_is_no_alarm():
    school = walking()
    school.happens(PosterChecked("poster-1", "not_checked", "", school.now.wall))
    assert posters_alarm(school) == []


def test_a_device_is_placed_and_taken_off():
    school = walking()
    decision = school.happens(PlaceDevices({"door": (0, 1000), "light": None}, "Болат"))
    assert decision.positions == {"door": (0, 1000), "light": None}
    assert decision.journal[0].kind == "plan"
