"""Sentences are complete in three languages, and Kazakh endings follow the spoken number."""

import msgspec
import pytest

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.alerts import alert_of
from hub.domain.catalogue import ALARM_TYPES
from hub.domain.events import Tick
from hub.domain.headings import MARKS, heading
from hub.domain.phrases import ACTION, WHAT
from hub.domain.wording import announcement, kk_from, kk_until, number_of, sentence, together
from tests.domain.build import TUESDAY_10, School, site


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


PANIC = Alarm(
    id=1, device="panic-hall", zone="hall", kind="panic", type="panic", priority="critical",
    state=AlarmState.UNACKNOWLEDGED, raised_at=TUESDAY_10 + 600_000,
)  # fmt: skip


def test_people_outside_are_told_which_school_it_is():
    assert announcement(site(), PANIC, "ru") == (
        "Школа №1. Вестибюль: нажата тревожная кнопка, 10:10. Немедленно идите на место."
    )


def test_an_alarm_of_the_hub_itself_names_the_school_once():
    alarm = msgspec.structs.replace(PANIC, device="hub", kind="hub", type="disk_low", priority="medium")
    assert announcement(site(), alarm, "ru").startswith("Школа №1: в памяти кончается место")


@pytest.mark.parametrize(("language", "first"), [("kk", "ОҚУ-ЖАТТЫҒУ"), ("ru", "УЧЕБНАЯ"), ("en", "EXERCISE")])
def test_a_drill_says_so_in_its_first_word(language, first):
    drill = msgspec.structs.replace(PANIC, status="exercise")
    for said in (sentence(site(), drill, language), announcement(site(), drill, language)):
        assert said.startswith(first)
    assert first not in announcement(site(), PANIC, language)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_so_does_a_test(language):
    probe = msgspec.structs.replace(PANIC, status="test")
    assert announcement(site(), probe, language).startswith(MARKS["test"][["kk", "ru", "en"].index(language)] + ". ")


def test_a_heading_says_what_kind_of_message_it_is():
    asks, has_it, gone = AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED
    assert heading("alarm.raised", "critical", asks, "", "kk") == "ДАБЫЛ"
    assert heading("alarm.raised", "medium", asks, "", "ru") == "Сделать сейчас"
    assert heading("alarm.updated", "critical", has_it, "Серік", "kk") == "Қабылданды: Серік"
    assert heading("alarm.updated", "high", gone, "", "ru") == "Обновлено"
    assert heading("alarm.cleared", "critical", AlarmState.NORMAL, "Серік", "en") == "Over"


def test_what_asks_for_somebody_again_is_an_alarm_again():
    assert heading("alarm.updated", "critical", AlarmState.UNACKNOWLEDGED, "Серік", "ru") == "ТРЕВОГА"


def test_who_has_it_stands_in_the_text_in_place_of_what_to_do():
    taken = msgspec.structs.replace(PANIC, state=AlarmState.ACKNOWLEDGED, acknowledged_by="Серік")
    assert announcement(site(), taken, "ru") == ("Школа №1. Вестибюль: нажата тревожная кнопка, 10:10. Принято: Серік.")
    assert announcement(site(), taken, "kk").endswith(" Қабылданды: Серік.")


def test_who_read_of_an_exercise_reads_that_it_is_none():
    real = msgspec.structs.replace(PANIC, promoted_at=TUESDAY_10 + 700_000)
    assert announcement(site(), real, "ru") == (
        "Школа №1. Вестибюль: нажата тревожная кнопка, 10:10. Это не учения: тревога настоящая. "
        "Немедленно идите на место."
    )


def test_a_button_that_was_pressed_several_times_says_so():
    often = msgspec.structs.replace(PANIC, count=3)
    assert "нажата тревожная кнопка (нажатий: 3), 10:10." in announcement(site(), often, "ru")
    assert "дабыл түймесі басылды (3 рет), 10:10." in announcement(site(), often, "kk")


@pytest.mark.parametrize(
    ("verdict", "said"), [("real", "тревога настоящая"), ("false", "ложная тревога"), ("drill", "учебная тревога")]
)
def test_people_outside_read_what_it_was_when_it_is_over(verdict, said):
    over = msgspec.structs.replace(PANIC, state=AlarmState.NORMAL, reset_as=verdict)
    assert announcement(site(), over, "ru").endswith(f" Завершено: {said}.")
    assert alert_of(site(), over, "alarm.cleared", "e0").reset_as == verdict


def test_two_sensors_of_one_room_are_told_apart():
    lamp = msgspec.structs.replace(PANIC, device="light", kind="lighting", type="battery_low", priority="medium")
    door = msgspec.structs.replace(lamp, id=2, device="door", kind="door")
    said = together(site(), (lamp, door), "ru")
    assert "• Вестибюль, освещение: у датчика садится батарея" in said
    assert "• Вестибюль, главный вход: у датчика садится батарея" in said


@pytest.mark.parametrize(
    ("number", "priority", "kk", "ru", "en"),
    [(2, "medium", "2 іс күтіп тұр", "Ждут 2 дела", "2 things are waiting"),
     (21, "medium", "21 іс күтіп тұр", "Ждёт 21 дело", "21 things are waiting"),
     (5, "high", "5 дабыл", "5 тревог", "5 alarms"), (22, "high", "22 дабыл", "22 тревоги", "22 alarms"),
     (11, "high", "11 дабыл", "11 тревог", "11 alarms")],
)  # fmt: skip
def test_tasks_wait_and_alarms_are_alarms_in_whatever_number(number, priority, kk, ru, en):
    alarms = [msgspec.structs.replace(PANIC, priority=priority)] * number
    assert [number_of(alarms, language) for language in ("kk", "ru", "en")] == [kk, ru, en]


@pytest.mark.parametrize(
    ("lost", "said"),
    [("hq", "не работает одна из линий к штабу (hq)"), ("hq, cap", "не работают несколько линий к штабу (hq, cap)"),
     ("hq, cap, mqtt", "связи со штабом нет (hq, cap, mqtt)")],
)  # fmt: skip
def test_how_many_lines_are_lost_is_said_as_it_is(lost, said):
    three = msgspec.structs.replace(site(), hq_channels=frozenset({"hq", "cap", "mqtt"}))
    alarm = msgspec.structs.replace(PANIC, device="hub", kind="hub", type="hq_line_lost", figure=lost)
    assert said in announcement(three, alarm, "ru")


def said(language: str, **changes: object) -> str:
    return sentence(site(), msgspec.structs.replace(PANIC, **changes), language)


def test_of_a_cause_that_is_gone_and_of_what_is_put_aside_nobody_is_sent_to_do_the_work():
    over = said("ru", type="leak", priority="high", state=AlarmState.RETURNED)
    assert over.endswith("с 10:10. Причины больше нет: проверьте и примите тревогу.")
    today = {"shelved_until": PANIC.raised_at + 6 * 3_600_000, "notified_at": PANIC.raised_at}
    aside = said("kk", type="leak", priority="high", state=AlarmState.SHELVED, **today)
    assert aside.endswith("10:10-нан бері. Кейінге қалдырылды, мерзімі: 16:10.")
    tomorrow = today | {"shelved_until": PANIC.raised_at + 86_400_000}
    assert said("en", type="leak", state=AlarmState.SHELVED, **tomorrow).endswith("Put aside until 25.11 10:10.")


def test_a_probe_that_never_came_back_is_no_matter_of_the_internet():
    probe = {"device": "hub", "zone": "", "kind": "hub", "type": "probe_failed", "priority": "high"}
    lost = said("ru", figure="broker", **probe)
    assert "не вернулось в хаб" in lost
    assert "broker" not in lost
    assert "интернет" not in lost
    assert "(hq)" in said("ru", figure="hq", **probe)


def test_a_flood_of_strangers_blames_no_sensor():
    flood = said("en", device="hub", zone="", kind="hub", type="flood", priority="medium", figure="612")
    what = "devices that nobody registered send too many messages"
    assert flood == f"School No. 1: {what}, since 10:10. Tell the inspector."


def texts(decision, language: str) -> list[str]:
    return [dispatch.alert.text[language] for dispatch in decision.dispatches]


def test_since_when_is_when_it_began_and_not_when_it_had_lasted_too_long():
    school = School(silent_after=25 * 3_600_000)
    school.says("wc", occupancy=True)
    school.says("panic-hall", tamper=False)
    school.after(1).happens(Tick())
    (stay,) = texts(school.after(45 * 60).happens(Tick()), "en")
    assert "somebody has been inside for very long, since 10:00." in stay
    (silent,) = [said for said in texts(school.after(25 * 3600).happens(Tick()), "ru") if "молчит" in said]
    assert "датчик молчит, с 24.11 10:00." in silent


def test_what_is_momentary_or_was_found_has_its_own_moment():
    moment = {"type": "door_forced", "device": "door", "kind": "door", "since": PANIC.raised_at - 3_600_000}
    assert ", 10:10." in said("en", **moment)
    assert "since 09:10." in said("en", **{**moment, "type": "door_held"})


def test_of_two_doors_in_a_zone_it_says_which_one():
    school = site()
    exit_ = msgspec.structs.replace(school.devices["door"], id="exit", role="exit")
    two = msgspec.structs.replace(school, devices={**school.devices, "exit": exit_})
    held = msgspec.structs.replace(PANIC, device="exit", kind="door", type="intrusion")
    assert sentence(two, held, "ru").startswith("Вестибюль, запасный выход: дверь")
    assert said("ru", device="door", kind="door", type="intrusion").startswith("Вестибюль: дверь")
