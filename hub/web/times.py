"""Times as people say them: "08:10", "кеше 17:40", "с 12 ноября, 17:40", "2 сағат". Pure.

All moments are UTC in ms and are shown in the school's own time. Kazakh case endings of times are computed by
`hub.domain.wording`.
"""

from datetime import UTC, datetime
from typing import Final

from hub.domain.schedule import school_time
from hub.domain.site import Hours
from hub.domain.wording import kk_from

_MONTHS: Final = {
    "kk": ("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша",
           "желтоқсан"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
           "декабря"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
_YESTERDAY: Final = {"kk": "кеше", "ru": "вчера", "en": "yesterday"}


def clock(hours: Hours, at: int) -> str:
    """`08:10`."""
    return school_time(hours, at).strftime("%H:%M")


def seconds(hours: Hours, at: int) -> str:
    """`08:10:31`."""
    return school_time(hours, at).strftime("%H:%M:%S")


def date_words(day: datetime, this_year: int, language: str) -> str:
    """`12 қараша`, with the year where it is another than `this_year`."""
    words = f"{day.day} {_MONTHS[language][day.month - 1]}"
    if day.year == this_year:
        return words
    return {"kk": f"{day.year} жылғы {words}", "ru": f"{words} {day.year} года", "en": f"{words} {day.year}"}[language]


def moment(hours: Hours, at: int, now: int, language: str, *, with_seconds: bool = False) -> str:
    """`08:10` today, `кеше 17:40`, `12 қараша, 17:40`."""
    then, today = school_time(hours, at), school_time(hours, now)
    time = then.strftime("%H:%M:%S" if with_seconds else "%H:%M")
    days = (today.date() - then.date()).days
    if days == 0:
        return time
    if days == 1:
        return f"{_YESTERDAY[language]} {time}"
    return f"{date_words(then, today.year, language)}, {time}"


def since(hours: Hours, at: int, now: int, language: str) -> str:
    """`08:10-нан бері`, `кешегі 17:40-тан бері`, `с 12 ноября, 17:40`."""
    then, today = school_time(hours, at), school_time(hours, now)
    time = then.strftime("%H:%M")
    days = (today.date() - then.date()).days
    day = date_words(then, today.year, language)
    if days == 0:
        return {"kk": f"{kk_from(time)} бері", "ru": f"с {time}", "en": f"since {time}"}[language]
    if days == 1:
        return {
            "kk": f"кешегі {kk_from(time)} бері", "ru": f"со вчерашнего дня, {time}", "en": f"since yesterday {time}",
        }[language]  # fmt: skip
    return {"kk": f"{day}, {kk_from(time)} бері", "ru": f"с {day}, {time}", "en": f"since {day}, {time}"}[language]


def passed(hours: Hours, at: int, now: int) -> int:
    """Seconds of school time between two moments, 0 at the least."""
    return max(0, int((school_time(hours, now) - school_time(hours, at)).total_seconds()))


def iso(at: int) -> str | None:
    """ISO 8601 in UTC with milliseconds, as the webhook writes it; None for 0, which is never."""
    if not at:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
