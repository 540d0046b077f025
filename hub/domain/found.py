"""How an alarm that nobody saw come is told: when it was found, and after how long a time without a watch."""

from typing import Final

from hub.domain.gaps import UNKNOWN

_UNITS: Final = (
    (86_400_000, {"kk": "тәулік", "ru": "сут", "en": "d"}),
    (3_600_000, {"kk": "сағ", "ru": "ч", "en": "h"}),
    (60_000, {"kk": "мин", "ru": "мин", "en": "min"}),
    (1000, {"kk": "с", "ru": "с", "en": "s"}),
)
_AT: Final = {"kk": "анықталған уақыты {}", "ru": "обнаружено в {}", "en": "found at {}"}
_AFTER: Final = {"kk": "{} бақылаусыз болғаннан кейін", "ru": "после перерыва {}", "en": "after a gap of {}"}
_CONNECTED: Final = {
    "kk": "байланыс орнаған кезде",
    "ru": "при установлении связи",
    "en": "when the connection was made",
}
_OVER: Final = {"kk": "Аяқталғаны анықталды", "ru": "Оказалось, что уже завершено", "en": "It was found to be over"}


def span(ms: int, language: str) -> str:
    """`4 min`: the largest unit of which there are two, or one of the smallest; rounded down."""
    size, names = next(((size, names) for size, names in _UNITS if ms >= 2 * size), _UNITS[-1])
    return f"{max(1, ms // size)} {names[language]}"


def found_at(clock: str, gap: int, language: str) -> str:
    """`found at 08:10 (after a gap of 4 min)`."""
    return f"{_AT[language].format(clock)} ({_gap(gap, language)})"


def found_over(gap: int, language: str) -> str:
    """`It was found to be over (after a gap of 4 min).`"""
    return f"{_OVER[language]} ({_gap(gap, language)})."


def _gap(gap: int, language: str) -> str:
    return _CONNECTED[language] if gap == UNKNOWN else _AFTER[language].format(span(gap, language))
