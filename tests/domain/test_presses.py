"""A press is one incident, however often it is repeated, and never none."""

import pytest

from hub.domain.alerts import alert_of, subject_of
from hub.domain.commands import Acknowledge, Reset
from hub.domain.events import Attempted, Tick
from hub.domain.presses import LATE
from hub.domain.reports import Press, Report
from tests.domain.build import School


def test_a_press_raises_a_critical_alarm_and_is_answered_stored():
    decision = School().presses()
    (alarm,) = decision.alarms
    assert (alarm.type, alarm.priority, alarm.state, alarm.count) == ("panic", "critical", "unacknowledged", 1)
    assert [(r.boot, r.seq, r.stage) for r in decision.receipts] == [(7, 1, "stored")]
    assert [(d.channel, d.alert.type, d.reason) for d in decision.dispatches] == [("hq", "alarm.raised", "raised")]


def test_a_repeat_of_the_same_number_is_answered_and_changes_nothing():
    school = School()
    school.presses()
    decision = school.after(2).presses()
    assert not decision.alarms
    assert not decision.presses
    assert not decision.dispatches
    assert [r.stage for r in decision.receipts] == ["stored"]


def test_a_new_number_joins_the_open_incident():
    school = School()
    school.presses(seq=1)
    decision = school.after(5).presses(seq=2)
    assert [(a.id, a.count) for a in decision.alarms] == [(1, 2)]
    assert not decision.dispatches


def test_a_joining_press_is_told_when_the_last_message_is_a_minute_old():
    school = School()
    school.presses(seq=1)
    decision = school.after(61).presses(seq=2)
    assert [(d.alert.type, d.reason) for d in decision.dispatches] == [("alarm.updated", "pressed_again")]


def test_a_press_after_the_acknowledgement_asks_for_a_person_again():
    school = School()
    school.presses(seq=1)
    school.happens(Acknowledge(1, "A", "page"))
    decision = school.after(1).presses(seq=2)
    assert decision.alarms[0].state == "unacknowledged"
    assert decision.dispatches[0].reason == "pressed_again"


def test_a_replay_after_the_incident_was_reset_raises_nothing():
    school = School()
    school.presses()
    school.happens(Reset(1, "A", "false"))
    decision = school.after(600).presses()
    assert not decision.alarms
    assert not school.open()


def test_a_new_press_after_the_reset_is_a_new_incident():
    school = School()
    school.presses(seq=1)
    school.happens(Reset(1, "A", "false"))
    assert school.presses(seq=2).alarms[0].id == 2


def test_the_same_sequence_number_after_a_reboot_is_a_new_press():
    school = School()
    school.presses(boot=7, seq=1)
    assert school.presses(boot=8, seq=1).alarms[0].count == 2


@pytest.mark.parametrize("how", ["retained", "retained_level"])
def test_a_retained_press_raises_nothing(how):
    school = School()
    press = {"presses": (Press("press"),)} if how == "retained" else {"held": (("press", True),)}
    assert not school.happens(Report("panic-zb", retained=True, **press)).alarms


def test_a_plain_press_raises_and_a_second_one_joins():
    school = School()
    assert school.presses("panic-zb", None, None).alarms[0].count == 1
    assert school.after(3).presses("panic-zb", None, None).alarms[0].count == 2


def test_a_redelivered_plain_press_is_the_one_that_is_stored():
    school = School()
    school.presses("panic-zb", None, None)
    again = Report("panic-zb", presses=(Press("press"),), redelivered=True)
    assert not school.after(5).happens(again).alarms


def test_a_redelivered_plain_press_that_was_never_stored_raises():
    assert School().happens(Report("panic-zb", presses=(Press("press"),), redelivered=True)).alarms


def test_a_level_presses_when_it_rises_and_not_when_it_reappears():
    school = School()
    assert school.happens(Report("panic-zb", held=(("press", True),))).alarms
    school.happens(Reset(1, "A", "real"))
    assert not school.after(600).happens(Report("panic-zb", held=(("press", True),))).alarms
    school.happens(Report("panic-zb", held=(("press", False),)))
    assert school.happens(Report("panic-zb", held=(("press", True),))).alarms


def test_a_test_press_is_recorded_and_raises_nothing():
    decision = School().presses(event="test_press")
    assert not decision.alarms
    assert [(p.event, p.alarm) for p in decision.presses] == [("test_press", 0)]
    assert [r.stage for r in decision.receipts] == ["stored"]


def test_a_call_for_help_is_critical_too():
    decision = School().presses("wc", None, None, event="help")
    assert [(a.type, a.priority) for a in decision.alarms] == [("help", "critical")]


def proven(event_id: str, channel: str = "hq") -> Attempted:
    return Attempted(channel, event_id, "delivered", "", 1, 1, "delivered", 0, True)


def test_headquarters_receipt_lights_the_lamp_of_every_press_of_the_incident():
    school = School()
    raised = school.presses(seq=1)
    school.presses(seq=2)
    decision = school.happens(proven(raised.dispatches[0].alert.event_id))
    assert {(r.seq, r.stage) for r in decision.receipts} == {(1, "hq"), (2, "hq")}
    assert [r.stage for r in school.presses(seq=1).receipts] == ["hq"]


def test_a_delivery_to_the_caretaker_is_no_proof_from_headquarters():
    school = School()
    event = school.presses().dispatches[0].alert.event_id
    assert not school.happens(proven(event, "caretaker")).receipts


def test_escalation_goes_step_by_step_until_a_person_acknowledges():
    school = School()
    school.presses()
    assert not school.after(29).happens(Tick()).dispatches
    assert [d.channel for d in school.after(2).happens(Tick()).dispatches] == ["phone"]
    assert not school.after(1).happens(Tick()).dispatches
    school.happens(Acknowledge(1, "A", "page"))
    assert not school.after(100).happens(Tick()).dispatches


def test_a_step_of_the_wall_clock_neither_hurries_nor_stops_escalation():
    school = School()
    school.presses()
    assert not school.after(1, wall_jump=3600).happens(Tick()).dispatches
    assert school.after(30, wall_jump=-7200).happens(Tick()).dispatches


def test_each_message_has_an_event_id_of_its_own():
    school = School()
    ids = [d.alert.event_id for d in school.presses().dispatches]
    ids += [d.alert.event_id for d in school.happens(Acknowledge(1, "A", "page")).dispatches]
    ids += [d.alert.event_id for d in school.happens(Reset(1, "A", "real")).dispatches]
    assert ids == ["school-1-e0-1-1", "school-1-e0-1-2", "school-1-e0-1-3"]


def redelivered(name: str) -> Report:
    return Report("panic-zb", presses=(Press("press"),), redelivered=True, delivery=name)


def test_a_redelivered_message_is_known_by_its_name_alone():
    school = School()
    for name in ("10-aa", "11-aa"):
        school.happens(Report("panic-zb", presses=(Press("press"),), delivery=name))
    for name in ("10-aa", "11-aa"):
        assert not school.after(1).happens(redelivered(name)).alarms
    assert school.state.find_alarm(1).count == 2


def test_a_press_whose_first_delivery_was_lost_is_not_taken_for_the_one_before():
    school = School()
    school.happens(Report("panic-zb", presses=(Press("press"),), delivery="10-aa"))
    assert school.after(1).happens(redelivered("11-aa")).alarms[0].count == 2


def test_the_lamp_stays_lit_after_the_incident_is_over():
    school = School()
    event = school.presses().dispatches[0].alert.event_id
    school.happens(proven(event))
    school.happens(Reset(1, "A", "false"))
    assert [r.stage for r in school.after(2).presses().receipts] == ["hq"]


def test_headquarters_receipt_after_the_reset_still_lights_the_lamp():
    school = School()
    event = school.presses().dispatches[0].alert.event_id
    school.happens(Reset(1, "A", "false"))
    decision = school.happens(proven(event))
    assert [r.stage for r in decision.receipts] == ["hq"]
    assert decision.alarms[0].hq_receipt_at
    assert not decision.alarms[0].open
    assert not school.open()


def test_a_step_of_the_wall_clock_neither_hurries_nor_stops_the_quiet_minute():
    school = School()
    school.presses(seq=1)
    assert not school.after(5, wall_jump=3600).presses(seq=2).dispatches
    assert school.after(56, wall_jump=-7200).presses(seq=3).dispatches


def test_what_a_clock_in_the_future_put_off_is_hastened_when_it_goes_back():
    school = School()
    school.happens(Tick())
    decision = school.after(1, wall_jump=-3600).happens(Tick())
    assert (decision.hasten.later_than, decision.hasten.by) == (school.now.wall, 3_600_000)
    assert decision.journal[0].kind == "clock"
    assert school.after(1).happens(Tick()).hasten is None


def test_a_clock_that_jumps_decades_ahead_hastens_nothing():
    school = School()
    school.happens(Tick())
    assert school.after(1, wall_jump=50 * 365 * 86_400).happens(Tick()).hasten is None


def test_a_press_after_an_acknowledgement_is_as_urgent_as_the_first_and_nobody_has_it():
    school = School()
    school.presses(seq=1)
    school.happens(Acknowledge(1, "Серік", "page"))
    (again, *_) = school.after(1).presses(seq=2).dispatches
    assert subject_of(again.alert, "ru") == "ТРЕВОГА"
    assert again.alert.acknowledged_by == ""
    assert "(2 рет)" in again.alert.text["kk"]


def late(age, seq=1, event="press"):
    return Report("panic-hall", presses=(Press(event, 7, seq, age),))


def test_a_press_that_comes_late_says_when_it_was_pressed():
    school = School()
    (alarm,) = school.happens(late(130)).alarms
    assert alarm.raised_at - alarm.pressed_at == 130_000
    text = alert_of(school.state.site, alarm, "alarm.raised", "e").text
    assert "10:00 (басылған уақыты 09:57, хабар кешігіп келді)" in text["kk"]
    assert "10:00 (нажата в 09:57, сообщение пришло с опозданием)" in text["ru"]
    assert "10:00 (pressed at 09:57, the message came late)" in text["en"]


def test_a_press_of_another_day_says_which():
    school = School()
    (alarm,) = school.happens(late(86_400)).alarms
    assert "pressed at 23.11 10:00" in alert_of(school.state.site, alarm, "alarm.raised", "e").text["en"]


@pytest.mark.parametrize("age", [None, 0, 1, LATE - 1])
def test_a_press_that_comes_at_once_says_nothing_of_the_sort(age):
    school = School()
    (alarm,) = school.happens(late(age)).alarms
    assert alarm.pressed_at == 0
    assert "late" not in alert_of(school.state.site, alarm, "alarm.raised", "e").text["en"]


def test_the_journal_keeps_the_age_and_a_joining_press_changes_no_time():
    school = School()
    first = school.happens(late(40))
    assert next(entry for entry in first.journal if entry.kind == "press").body["age"] == 40
    (alarm,) = school.after(3).happens(late(600, seq=2)).alarms
    assert alarm.raised_at - alarm.pressed_at == 40_000
    assert alarm.count == 2


def test_what_waited_at_the_broker_tells_only_with_its_repeats_how_long_ago_the_button_was_pressed():
    school = School()
    (alarm,) = school.happens(late(0)).alarms
    assert alarm.pressed_at == 0
    for age in range(2, 602, 2):
        assert school.happens(late(age)).alarms == ()
    decision = school.after(1).happens(Tick())
    (told,) = decision.dispatches
    assert (told.alert.type, told.reason, told.alert.alarm_id) == ("alarm.updated", "pressed_earlier", alarm.id)
    assert told.alert.pressed_at == pytest.approx(alarm.raised_at - 600_000, abs=LATE * 1000)
    assert "(pressed at 09:50, the message came late)" in told.alert.text["en"]
    assert (told.alert.raised_at, told.alert.count) == (alarm.raised_at, 1)
    assert school.after(1).happens(Tick()).dispatches == ()


def test_repeats_of_a_press_that_came_at_once_say_nothing_new_whatever_the_clock_does():
    school = School()
    school.happens(late(0))
    for age in (2, 4, 6):
        school.after(2, wall_jump=-3600).happens(late(age))
    assert school.happens(Tick()).dispatches == ()
    assert school.state.device("panic-hall").open["panic"].pressed_at == 0


def test_repeats_of_another_press_change_no_time():
    school = School()
    school.happens(late(0))
    school.after(600).happens(late(0, seq=2))
    school.after(30).happens(late(30, seq=2))
    assert not [d for d in school.happens(Tick()).dispatches if d.reason == "pressed_earlier"]
