"""Words of the console in Kazakh, Russian and English."""

from collections.abc import Mapping
from typing import Final

TEXT: Final[Mapping[str, Mapping[str, str]]] = {
    "kk": {
        "promote": "Бұл шынайы дабыл!",
        "title": "Жедел штаб", "press": "Мектептегі дабыл түймесін басу (көрсетілім)", "quiet": "Ашық дабыл жоқ",
        "alarm": "ДАБЫЛ", "update": "Өзгеріс", "over": "Аяқталды", "ack": "Қабылдадым", "operator": "Кезекші",
        "waiting": "мектепке хабарланып жатыр", "by": "Қабылдаған", "line": "Мектептер", "heard": "соңғы белгі",
        "seconds": "с бұрын", "none": "Мектептен әлі белгі келген жоқ", "count": "басылу саны",
        "exercise": "ОҚУ-ЖАТТЫҒУ", "raised": "Басталды", "received": "алынды",
        "lost": "Байланыс жоқ: бұл бет ескірген болуы мүмкін", "contact_centre": "111 байланыс орталығы",
        "contact_text": "Көрсетілім: нағыз мектептің плакаты осы жерде байланыс орталығының өз бетіне апарады.",
    },
    "ru": {
        "promote": "Это настоящая тревога!",
        "title": "Оперативный штаб", "press": "Нажать тревожную кнопку в школе (демонстрация)",
        "quiet": "Открытых тревог нет", "alarm": "ТРЕВОГА", "update": "Изменение", "over": "Завершено",
        "ack": "Принято", "operator": "Дежурный", "waiting": "сообщается школе", "by": "Принял(а)",
        "line": "Школы", "heard": "последний сигнал", "seconds": "с назад", "none": "Из школы ещё нет сигнала",
        "count": "число нажатий", "exercise": "УЧЕБНАЯ", "raised": "Начало", "received": "получено",
        "lost": "Нет связи: эта страница может быть старой", "contact_centre": "Контакт-центр 111",
        "contact_text": "Демонстрация: плакат настоящей школы ведёт на страницу самого контакт-центра.",
    },
    "en": {
        "promote": "This is real!",
        "title": "Headquarters", "press": "Press a panic button at the school (demonstration)",
        "quiet": "No open alarms", "alarm": "ALARM", "update": "Update", "over": "It is over", "ack": "I've got it",
        "operator": "Duty officer", "waiting": "the school is being told", "by": "Acknowledged by",
        "line": "Schools", "heard": "last heard", "seconds": "s ago", "none": "Nothing heard from a school yet",
        "count": "presses", "exercise": "EXERCISE", "raised": "Raised", "received": "received",
        "lost": "No connection: this page may be old", "contact_centre": "Contact centre 111",
        "contact_text": "A demonstration: the poster of a real school leads to the contact centre's own page.",
    },
}  # fmt: skip
