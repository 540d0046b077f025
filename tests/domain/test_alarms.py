"""The transition table is all that changes an alarm; what it doesn't hold raises and changes nothing."""

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain import alarms
from hub.domain.alarms import LATCHED_ONLY, NEVER_LATCHED, TRANSITIONS, Alarm, AlarmState, IllegalTransition, Trigger
from hub.domain.catalogue import ALARM_TYPES
from hub.domain.now import Now

NOW = Now(1000, 1000)

ACTIONS = {
    Trigger.RAISE: lambda a: alarms.raised(a, NOW),
    Trigger.REPEAT: lambda a: alarms.repeated(a, NOW),
    Trigger.ACKNOWLEDGE: lambda a: alarms.acknowledged(a, NOW, by="A", through="page"),
    Trigger.RETURN: lambda a: alarms.returned(a, NOW),
    Trigger.LAPSE: lambda a: alarms.returned(a, NOW),
    Trigger.RESET: lambda a: alarms.reset(a, NOW, by="A", verdict="real"),
    Trigger.SHELVE: lambda a: alarms.shelved(a, NOW, by="A", reason="repair", until=2000),
    Trigger.PROMOTE: lambda a: alarms.promoted(a, NOW, by="A", through="hq"),
    Trigger.UNSHELVE: lambda a: alarms.unshelved(a, NOW),
    Trigger.MERGE: lambda a: alarms.merged(a, NOW, 2),
}


def an_alarm(code: str, state: AlarmState) -> Alarm:
    return Alarm(id=1, device="d", zone="z", kind="panic", type=code, priority=ALARM_TYPES[code].priority, state=state)


@pytest.mark.parametrize(("state", "trigger", "code"), list(product(AlarmState, Trigger, ALARM_TYPES)))
def test_the_table_is_what_happens_and_what_it_refuses_changes_nothing(state, trigger, code):
    alarm = an_alarm(code, state)
    before = msgspec.structs.replace(alarm)
    refused = trigger in (NEVER_LATCHED if ALARM_TYPES[code].latching else LATCHED_ONLY)
    expected = TRANSITIONS.get((state, trigger))
    if expected is None or refused:
        with pytest.raises(IllegalTransition):
            alarms.moved(alarm, trigger, NOW, count=99)
    else:
        assert alarms.moved(alarm, trigger, NOW, count=99).state is expected
    assert alarm == before


@pytest.mark.parametrize("code", ["panic", "help"])
@pytest.mark.parametrize("trigger", sorted(NEVER_LATCHED))
@pytest.mark.parametrize("state", list(AlarmState))
def test_panic_and_help_can_neither_return_nor_be_shelved(code, trigger, state):
    with pytest.raises(IllegalTransition):
        ACTIONS[trigger](an_alarm(code, state))


@pytest.mark.parametrize("trigger", sorted(LATCHED_ONLY))
def test_an_alarm_with_a_cause_can_not_be_reset_by_hand(trigger):
    with pytest.raises(IllegalTransition):
        ACTIONS[trigger](an_alarm("leak", AlarmState.UNACKNOWLEDGED))


def test_shelving_needs_a_reason():
    with pytest.raises(ValueError, match="reason"):
        alarms.shelved(an_alarm("leak", AlarmState.UNACKNOWLEDGED), NOW, by="A", reason=" ", until=1)


@given(st.lists(st.sampled_from(list(Trigger)), max_size=30))
def test_a_panic_ends_only_by_a_person_resetting_it_or_goes_on_as_another_one(triggers):
    alarm = alarms.raised(an_alarm("panic", AlarmState.NORMAL), NOW)
    for trigger in triggers:
        try:
            alarm = ACTIONS[trigger](alarm)
        except IllegalTransition:
            continue
        if not alarm.open:
            assert alarm.reset_by if trigger is Trigger.RESET else alarm.merged_into == 2
            assert alarm.cleared_at
            return
    assert alarm.open
