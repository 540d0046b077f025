"""Sentences are complete in three languages, and Kazakh endings follow the spoken number."""

import pytest

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.catalogue import ALARM_TYPES
from hub.domain.wording import ACTION, WHAT, kk_from, kk_until, sentence
from tests.domain.build import TUESDAY_10, site


def test_every_alarm_type_has_words():
    assert set(WHAT) == set(ACTION) == set(ALARM_TYPES)


@pytest.mark.parametrize("code", sorted(ALARM_TYPES))
def test_the_three_languages_say_it_in_words_of_their_own(code):
    for texts in (WHAT[code], ACTION[code]):
        assert len(set(texts)) == 3
        assert all(texts)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("08:10", "08:10-нан"), ("14:29", "14:29-дан"), ("16:00", "16:00-ден"), ("09:03", "09:03-тен"),
     ("07:40", "07:40-тан"), ("12:50", "12:50-ден"), ("12:20", "12:20-дан"), ("23:31", "23:31-ден")],
)  # fmt: skip
def test_kazakh_times_take_the_ending_of_their_last_word(clock, expected):
    assert kk_from(clock) == expected


@pytest.mark.parametrize(("clock", "expected"), [("16:00", "16:00-ге"), ("16:40", "16:40-қа"), ("16:06", "16:06-ға")])
def test_kazakh_until_as_well(clock, expected):
    assert kk_until(clock) == expected


def test_a_sentence_says_what_where_since_when_and_what_to_do():
    alarm = Alarm(
        id=1, device="light", zone="hall", kind="lighting", type="dark", priority="medium",
        state=AlarmState.UNACKNOWLEDGED, raised_at=TUESDAY_10 + 600_000,
    )  # fmt: skip
    assert sentence(site(), alarm, "kk") == (
        "Вестибюль: қараңғы, жарық болуы керек, 10:10-нан бері. Жарықты қосыңыз; жанбаса, сақтандырғышты тексеріңіз."
    )
    assert sentence(site(), alarm, "ru").startswith("Вестибюль: темно, хотя должно быть светло, с 10:10.")
