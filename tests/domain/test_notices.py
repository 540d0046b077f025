"""Messages about one alarm know those that went to the same channel before."""

import msgspec

from hub.domain.alarms import Alarm
from hub.domain.alerts import Alert, subject_of, text_of
from hub.domain.budget import Purse
from hub.domain.commands import Acknowledge
from hub.domain.notices import REMEMBERED, told
from tests.domain.build import School


def test_a_message_names_the_earlier_ones_of_its_own_channel():
    school = School()
    first = school.presses().dispatches[0]
    school.after(31).happens(Acknowledge(1, "Айгүл", "page"))
    school.after(70)
    again = next(dispatch for dispatch in school.presses(seq=2).dispatches if dispatch.channel == "hq")
    assert first.alert.earlier == ()
    numbers = [earlier.change for earlier in again.alert.earlier]
    assert numbers[0] == 1
    assert again.alert.earlier[0].at == first.alert.at
    assert numbers == sorted(set(numbers))
    assert int(again.alert.event_id.rpartition("-")[2]) > numbers[-1]


def test_the_first_message_is_never_forgotten():
    school = School()
    school.presses()
    alarm = school.state.find_alarm(1)
    assert isinstance(alarm, Alarm)
    for _ in range(30):
        alarm, dispatches = told(
            school.state, alarm, "alarm.updated", "count", school.after(1).now, purse=Purse(school.state, school.now)
        )
    earlier = dispatches[0].alert.earlier
    assert earlier[0].change == 1
    assert [one.change for one in earlier[1:]] == list(range(alarm.changes - REMEMBERED, alarm.changes))


def test_an_alert_stored_by_an_earlier_version_still_reads():
    alert = School().presses().dispatches[0].alert
    stored = msgspec.to_builtins(alert)
    for new in ("at", "school", "place", "earlier"):
        del stored[new]
    assert msgspec.convert(stored, Alert).text == alert.text


def test_a_message_without_a_sentence_names_the_school():
    probe = Alert(event_id="e", type="test", status="test", site="school-1")
    assert (subject_of(probe, "ru"), text_of(probe, "kk")) == ("ПРОВЕРКА", "ТЕКСЕРУ. school-1.")


def test_the_subject_of_a_drill_is_marked():
    alert = msgspec.structs.replace(School().presses().dispatches[0].alert, status="exercise")
    assert subject_of(alert, "kk") == "ОҚУ-ЖАТТЫҒУ ДАБЫЛЫ. ДАБЫЛ"
