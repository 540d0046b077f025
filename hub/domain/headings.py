"""The first words of a message in Kazakh, Russian and English: what kind of message it is, and whether it is meant."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.alarms import AlarmState

Texts = tuple[str, str, str]
"""Kazakh, Russian, English."""

COLUMN: Final = MappingProxyType({"kk": 0, "ru": 1, "en": 2})

MARKS: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "exercise": ("ОҚУ-ЖАТТЫҒУ ДАБЫЛЫ", "УЧЕБНАЯ ТРЕВОГА", "EXERCISE"),
        "test": ("ТЕКСЕРУ", "ПРОВЕРКА", "TEST"),
    }
)
"""The first words of everything that is not meant in earnest."""

_ALARM: Final[Texts] = ("ДАБЫЛ", "ТРЕВОГА", "ALARM")
_TASK: Final[Texts] = ("Қазір істеу керек", "Сделать сейчас", "To do now")
_ACKNOWLEDGED: Final[Texts] = ("Қабылданды", "Принято", "Acknowledged")
_UPDATED: Final[Texts] = ("Жаңартылды", "Обновлено", "Updated")
_ENDED: Final[Texts] = ("Аяқталды", "Завершено", "Over")


def marked(status: str, said: str, language: str) -> str:
    """`said`, with the mark of an exercise or a test before it."""
    mark = MARKS.get(status)
    return f"{mark[COLUMN[language]]}. {said}" if mark else said


def taken_by(person: str, language: str) -> str:
    """That somebody has it."""
    return f"{_ACKNOWLEDGED[COLUMN[language]]}: {person}"


def heading(type_: str, priority: str, state: AlarmState | None, acknowledged_by: str, language: str) -> str:
    """What a message is, in the few words of a subject: ALARM, to do now, acknowledged by somebody, over. What asks for
    a person again, such as a button that is pressed once more, is as urgent as at first."""
    column = COLUMN[language]
    if type_ == "alarm.cleared":
        return _ENDED[column]
    if type_ == "alarm.updated" and state is AlarmState.ACKNOWLEDGED:
        return taken_by(acknowledged_by, language)
    if type_ == "alarm.updated" and state is not AlarmState.UNACKNOWLEDGED:
        return _UPDATED[column]
    return (_TASK if priority == "medium" else _ALARM)[column]
