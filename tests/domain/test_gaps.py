"""What changed while nobody watched was found, not seen; what was open stays the same incident."""

import pytest

from hub.domain.events import Started, Tick
from hub.domain.gaps import UNKNOWN, Gap, gap_between
from hub.domain.now import Now
from hub.domain.reports import Report
from hub.domain.wording import sentence
from tests.domain.build import School

FOUR_MINUTES = 240_000


def restarted(school: School, ms: int = FOUR_MINUTES) -> School:
    """The hub was away for `ms`; what it knew it knows still."""
    school.after(ms / 1000)
    gap = Gap(school.now, ms)
    school.state.started, school.state.gap, school.state.clock = school.now, gap, None
    for name, device in school.state.devices.items():
        known = school.state.devices[name]
        school.state.devices[name] = type(known)(
            signals=device.signals, seen=device.seen, open=device.open, last_press=device.last_press, gap=gap
        )
    school.happens(Started())
    return school


def night() -> School:
    school = School().after(12 * 3600)
    school.says("door", contact="closed")
    return school


def test_a_door_found_open_does_not_claim_to_have_been_opened_now():
    school = restarted(night())
    assert not school.after(1).says("door", contact="open").alarms
    (alarm,) = school.after(5).happens(Tick()).alarms
    assert (alarm.type, alarm.gap) == ("intrusion", FOUR_MINUTES)
    assert sentence(school.state.site, alarm, "en") == (
        "Hall: the door is open out of hours, found at 22:04 (after a gap of 4 min). "
        "Find out who opened it; don't go alone."
    )
    assert "обнаружено в 22:04 (после перерыва 4 мин)" in sentence(school.state.site, alarm, "ru")
    assert "анықталған уақыты 22:04 (4 мин бақылаусыз болғаннан кейін)" in sentence(school.state.site, alarm, "kk")


def test_a_door_that_opens_after_its_first_words_is_news():
    school = restarted(night())
    school.after(6).says("door", contact="closed")
    (alarm,) = school.after(1).says("door", contact="open").alarms
    assert (alarm.type, alarm.gap) == ("intrusion", 0)


def test_first_words_long_after_the_start_are_news():
    school = restarted(night())
    for _ in range(11):
        school.after(60).happens(Tick())
    (alarm,) = school.says("door", contact="open").alarms
    assert alarm.gap == 0


def test_an_alarm_that_was_open_stays_the_same_incident():
    school = School()
    school.says("wc", leak=True)
    restarted(school)
    assert not school.after(6).says("wc", leak=True).alarms
    assert [(a.id, a.count) for a in school.state.open_alarms()] == [(1, 1)]


def test_an_alarm_that_ended_meanwhile_is_found_over():
    school = School()
    school.says("wc", leak=True)
    restarted(school)
    (alarm,) = school.after(6).says("wc", leak=False).alarms
    assert (alarm.state, alarm.returned_gap) == ("returned_unacknowledged", FOUR_MINUTES)
    said = sentence(school.state.site, alarm, "en")
    assert said.endswith("It was found to be over (after a gap of 4 min). Its cause is gone: look, and acknowledge.")


def test_an_ended_task_says_that_it_was_found_over():
    school = School()
    school.says("light", lux=1)
    school.after(301).happens(Tick())
    restarted(school)
    decision = school.after(6).says("light", lux=500)
    assert decision.dispatches[0].reason == "found_over"
    text = decision.dispatches[0].alert.text
    assert text["en"].endswith("It was found to be over (after a gap of 4 min).")
    assert text["ru"].endswith("Оказалось, что уже завершено (после перерыва 4 мин).")
    assert text["kk"].endswith("Аяқталғаны анықталды (4 мин бақылаусыз болғаннан кейін).")


def test_what_the_broker_kept_is_waited_for_before_anything_is_judged():
    school = restarted(night())
    school.says("door", contact="open")
    assert not school.says("door", contact="closed").alarms
    assert not school.after(60).happens(Tick()).alarms


def test_a_device_that_says_nothing_is_judged_by_what_was_known_after_the_grace():
    school = School()
    school.says("light", lux=1)
    school.after(200).happens(Tick())
    restarted(school)
    assert not school.after(29).happens(Tick()).alarms
    school.after(2).happens(Tick())
    (alarm,) = school.after(300).happens(Tick()).alarms
    assert (alarm.type, alarm.gap) == ("dark", FOUR_MINUTES)


def test_a_press_in_the_first_second_is_an_alarm_at_once():
    assert restarted(School()).presses().alarms


def test_a_retained_value_is_found_and_not_seen():
    (alarm,) = School().happens(Report("wc", (("leak", True),), retained=True)).alarms
    assert alarm.gap == UNKNOWN
    assert "found at 10:00 (when the connection was made)" in sentence(School().state.site, alarm, "en")


def test_a_short_restart_is_no_gap():
    assert gap_between(100_000, Now(105_000, 7)) is None


def test_the_first_start_ever_is_no_gap():
    assert gap_between(0, Now(105_000, 7)) is None


@pytest.mark.parametrize(
    ("started", "ms"),
    [
        (Now(340_000, 7), 240_000),
        (Now(340_000, 7, trusted=False), UNKNOWN),
        (Now(50_000, 7), UNKNOWN),
        (Now(50_000, 7, trusted=False), UNKNOWN),
    ],
)
def test_only_a_clock_that_can_be_trusted_tells_how_long_the_gap_was(started, ms):
    assert gap_between(100_000, started) == Gap(started, ms)


def test_the_start_is_in_the_journal_with_its_gap_and_what_was_open():
    school = School()
    school.says("wc", leak=True)
    restarted(school)
    entry = school.happens(Started()).journal[0]
    assert entry.kind == "reconciled"
    assert entry.body == {"gap": FOUR_MINUTES, "clock": "trusted", "open": [1]}


def test_an_alarm_of_a_device_that_left_the_configuration_ends_at_the_start():
    school = School()
    school.says("wc", leak=True)
    school.presses()
    devices = dict(school.state.site.devices)
    del devices["wc"], devices["panic-hall"]
    import msgspec

    school.state.site = msgspec.structs.replace(school.state.site, devices=devices)
    decision = school.happens(Started())
    assert [(a.type, a.state) for a in decision.alarms] == [("leak", "returned_unacknowledged")]
    assert "panic" in school.open()
    assert school.after(31).happens(Tick()).dispatches
