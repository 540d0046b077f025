"""What the page of a device tells beside its figures: tests, battery, notes, why it is not believed or not heard."""

import itertools
import re

import msgspec
import pytest

from hub.domain.commands import RunProbe, StartDrill
from hub.domain.events import Tick
from hub.domain.reports import Linked, Press, Report
from hub.store.store import DatabaseState, Upkeep
from hub.web.cards import cards
from hub.web.charts import HEIGHT, WIDTH, band, curve
from tests.web.school import PIN
from tests.web.test_view import silence

DAY = 86_400


def test_a_button_shows_its_last_test_drill_and_press(school, client):
    school.is_well().presses(event="test_press")
    school.after(60)
    school.happens(StartDrill(("panic-hall",), school.now + 600_000, "Айгүл"))
    school.after(60).presses(seq=2)
    text = client.page("/devices/panic-hall")
    assert re.search(r"Last test</th><td>10:00<", text)
    assert re.search(r"Last drill</th><td>10:02<", text)
    assert re.search(r"Last real press</th><td>never so far<", text)
    assert re.search(r"Installed</th><td>24 November 2026<", text)


def test_a_battery_shows_its_trend_and_how_long_it_lasts(school, client):
    for percent in (80, 78, 76, 74, 72, 70, 68, 66, 64):
        school.says("door", battery=percent)
        school.after(DAY)
    text = client.page("/devices/door", "ru")
    assert "Батарея за последний месяц" in text
    assert "До полной разрядки осталось примерно: 28 дней" in text
    assert "Батарея за последний месяц" not in client.page("/devices/light", "ru")


def test_a_note_is_written_by_staff_and_stays_in_the_journal(school, client):
    form = {"note": "behind the <curtain>", "model": "MCCGQ11LM", "replace_by": "2020-09-01"}
    assert client.post("/devices/door/note", data=form).status_code == 403
    assert "Sign in to write something down" in client.page("/devices/door")
    client.signs_in("caretaker")
    with school.core_answers():
        wrong = client.post("/devices/door/note?lang=en", data={**form, "replace_by": "soon"})
        assert (wrong.status_code, "behind the &lt;curtain&gt;</textarea>" in wrong.text) == (409, True)
        assert client.post("/devices/door/note", data=form).status_code == 303
    text = client.page("/devices/door?done=noted", "kk")
    assert "Жазып алынды." in text
    assert "behind the &lt;curtain&gt;</td>" in text
    assert "2020 жылғы 1 қыркүйек · мерзімі өтіп кетті" in text
    assert "Жазған: Айгүл" in text
    kinds = [row[0] for row in school.store.connection.execute("SELECT kind FROM journal")]
    assert kinds[-1] == "note"


@pytest.mark.parametrize(("field", "value"), [("replace_by", "soon"), ("note", "a" * 1001), ("model", "b" * 101)])
def test_a_note_that_is_none_is_refused(school, client, field, value):
    client.signs_in("caretaker")
    with school.core_answers():
        answer = client.post("/devices/door/note", data={field: value})
    assert answer.status_code == 409
    assert client.post("/devices/nope/note").status_code == 404


def test_a_figure_that_no_school_has_is_named(school, client):
    school.is_well().says("wc", temperature=75)
    school.after(120).happens(Tick())
    assert "Temperature: 75 °C. Such a value is not possible in a school." in client.page("/devices/wc")
    assert "Температура: 75 °C" in client.page("/devices/wc", "ru")


def test_a_figure_that_never_moves_says_since_when(school, client):
    for _ in range(30):
        school.says("wc", co2=612)
        school.after(1800)
    school.happens(Tick())
    school.after(120).happens(Tick())
    assert "Carbon dioxide: exactly 612 ppm since " in client.page("/devices/wc")


def test_what_a_silent_device_is_behind_is_said(school, client):
    school.is_well()
    school.happens(Linked("bridge", "zigbee2mqtt", False, ("door", "panic-zb")))
    school.after(70).says("light", lux=300)
    text = client.page("/devices/door", "kk")
    assert "«zigbee2mqtt» сымсыз көпірі арқылы қосылған, онымен 10:00-ден бері байланыс жоқ" in text
    assert 'class="status status-silent"' in text
    assert "zigbee2mqtt" in client.page("/silent")
    school.says("door", contact="closed")
    assert "zigbee2mqtt" not in client.page("/devices/door")


def test_charts_have_round_figures_and_hours_that_people_know(school, client):
    for lux in (118, 240, 305):
        school.after(600).says("light", lux=lux)
    day = client.page("/devices/light", "kk")
    assert [part for part in ("100 лк", "300 лк", "06:00", "18:00") if part not in day] == []
    assert ">сб</text>" in client.page("/devices/light/week", "kk")
    assert re.search(r">\d\d\.\d\d</text>", client.page("/devices/light/month", "ru"))


def test_a_zone_that_is_silent_says_since_when(school, client):
    silence(school.is_well())
    assert "no data since " in client.page("/")
    assert "What it said last" in client.page("/devices/wc")


def test_lines_are_told_to_staff_in_plain_words(school, client):
    school.is_well()
    said = DatabaseState("local", "down", school.now, "unreachable", "refused", lost=3, too_old=1)
    school.store.commit([], upkeep=[Upkeep(databases=(said,))])
    school.line_is(False)
    school.beats(unrecorded=2)
    assert client.get("/lines").status_code == 303
    client.post("/login", data={"secret": PIN})
    text = client.page("/lines", "ru")
    for words in ("не работает, с 10:00", "недоступен", "3 показания удалены", "1 запись оказалась слишком старой",
                  "Пока память не работала, не сохранились 2 записи"):  # fmt: skip
        assert words in text, words


def test_the_last_probe_is_told_with_its_latency_or_where_it_was_lost(school, client):
    school.is_well()
    site = school.core.state.site
    school.core.state.site = msgspec.structs.replace(site, proving=frozenset({"hq"}))
    school.core.state.supervised = frozenset({"hq"})
    client.post("/login", data={"secret": PIN})
    school.happens(RunProbe("Айгүл"))
    heard = school.after(1).happens(Report("hub", presses=(Press("press", 0, 1),)))
    assert "last tested" not in client.page("/lines")
    school.after(1).attempts("hq", heard.dispatches[0].alert.event_id)
    assert "сообщение дошло до штаба за 2000 мс" in client.page("/lines", "ru")
    school.happens(RunProbe("Айгүл"))
    school.after(130).happens(Tick())
    assert "хабар жолда жоғалды (broker)" in client.page("/lines", "kk")


def test_the_wall_asks_for_the_sound_and_names_what_calls(school, client):
    school.is_well().presses()
    text = client.page("/wall", "kk")
    assert "wall.js" in text
    assert "Дыбысты қосу" in text
    assert "data-calls" in text


def test_many_silent_buttons_stand_before_a_dark_lamp(school):
    silence(school.is_well())
    school.says("light", lux=3, relay="off")
    school.after(360).happens(Tick())
    shown = [card.alarm.type if card.alarm else card.kind for card in cards(school.live.view)]
    assert shown.index("silent") < shown.index("dark")


def test_when_somebody_came_and_went_is_drawn_by_the_quarter_of_an_hour():
    day, quarter = 86_400_000, 900_000
    points = [(0, 0), (7 * quarter + 1000, 1), (7 * quarter + 61_000, 0), (40 * quarter + 5000, 1),
              (42 * quarter - 1, 0), (42 * quarter - 500, 1), (42 * quarter + 5, 0)]  # fmt: skip
    one = WIDTH / 96
    drawn = band(points, 0, day, quarter).blocks
    assert [(round(left / one, 1), round(width / one, 1)) for left, width in drawn] == [(7, 1), (40, 3)]
    assert band(points, 0, day).blocks[0][1] < one / 4


@pytest.mark.parametrize("values", [(0, 1), (0, 100), (3, 397), (20.9, 21.4), (-7, 12), (5, 5), (0, 4.1)])
def test_the_words_of_a_charts_levels_touch_neither_each_other_nor_the_edge(values):
    """They stand on their lines, 11 px high and as deep as 3 px below, in a chart 140 px high."""
    lines = [y / HEIGHT * 140 for y, _ in curve([(n, value) for n, value in enumerate(values)], 0, 10, 5).levels]
    assert min(lines) > 3 + 11
    assert min(lower - upper for lower, upper in itertools.pairwise(lines)) > 11 + 3 + 4


@pytest.mark.parametrize(
    ("device", "signal", "values", "is_coarse"),
    [("wc", "occupancy", (True, False), True), ("door", "contact", ("open", "closed"), False)],
)
def test_a_restrooms_history_is_coarse_and_a_doors_is_not(school, client, device, signal, values, is_coarse):
    school.says(device, **{signal: values[0]})
    school.after(20).says(device, **{signal: values[1]})
    school.after(3600)
    [width] = re.findall(r'width="([\d.]+)" height="24" class="block"', client.page(f"/devices/{device}"))
    assert (float(width) >= WIDTH / 96 - 0.1) is is_coarse
