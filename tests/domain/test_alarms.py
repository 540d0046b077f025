"""The transition table is all that changes an alarm; what it doesn't hold raises and changes nothing."""

from itertools import product

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
    Trigger.REPEAT: alarms.repeated,
    Trigger.ACKNOWLEDGE: lambda a: alarms.acknowledged(a, NOW, by="A", through="page"),
    Trigger.RETURN: lambda a: alarms.returned(a, NOW),
    Trigger.LAPSE: lambda a: alarms.returned(a, NOW),
    Trigger.RESET: lambda a: alarms.reset(a, NOW, by="A", verdict="real"),
    Trigger.SHELVE: lambda a: alarms.shelved(a, by="A", reason="repair", until=2000),
    Trigger.UNSHELVE: alarms.unshelved,
}
TYPE_FOR = {Trigger.RETURN: "leak", Trigger.LAPSE: "dark", Trigger.RESET: "panic"}


def an_alarm(code: str, state: AlarmState) -> Alarm:
    return Alarm(id=1, device="d", zone="z", kind="panic", type=code, priority=ALARM_TYPES[code].priority, state=state)


@pytest.mark.parametrize(("state", "trigger"), list(product(AlarmState, Trigger)))
def test_the_table_is_what_happens(state, trigger):
    alarm = an_alarm(TYPE_FOR.get(trigger, "leak"), state)
    expected = TRANSITIONS.get((state, trigger))
    if expected is None:
        with pytest.raises(IllegalTransition):
            ACTIONS[trigger](alarm)
        assert alarm.state is state
    else:
        assert ACTIONS[trigger](alarm).state is expected


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
        alarms.shelved(an_alarm("leak", AlarmState.UNACKNOWLEDGED), by="A", reason=" ", until=1)


@given(st.lists(st.sampled_from(list(Trigger)), max_size=30))
def test_a_panic_ends_only_by_a_person_resetting_it(triggers):
    alarm = alarms.raised(an_alarm("panic", AlarmState.NORMAL), NOW)
    for trigger in triggers:
        try:
            alarm = ACTIONS[trigger](alarm)
        except IllegalTransition:
            continue
        if not alarm.open:
            assert trigger is Trigger.RESET
            assert alarm.reset_by
            assert alarm.cleared_at
            return
    assert alarm.open
