"""Alert sentences in Kazakh, Russian and English: what, where, since when, and what to do.

Every word that carries a Kazakh case ending is written out; only times take a computed one.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.found import found_at, found_over
from hub.domain.headings import COLUMN, Texts, marked, taken_by
from hub.domain.phrases import WHAT, action, what
from hub.domain.schedule import school_time
from hub.domain.site import Site, in_language

_MOMENTARY: Final = frozenset({"panic", "help", "intrusion", "door_forced", "tamper"})

# How the last spoken number of a time ends: ablative ("from") and dative ("to"), by its final word.
_KK_ENDINGS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        0: ("ден", "ге"), 1: ("ден", "ге"), 2: ("ден", "ге"), 3: ("тен", "ке"), 4: ("тен", "ке"), 5: ("тен", "ке"),
        6: ("дан", "ға"), 7: ("ден", "ге"), 8: ("ден", "ге"), 9: ("дан", "ға"), 10: ("нан", "ға"),
        20: ("дан", "ға"), 30: ("дан", "ға"), 40: ("тан", "қа"), 50: ("ден", "ге"),
    }
)  # fmt: skip


def kk_from(clock: str) -> str:
    """`08:10` → `08:10-нан`. `clock` ends in the two digits of a minute."""
    return f"{clock}-{_KK_ENDINGS[_last_word(clock)][0]}"


def kk_until(clock: str) -> str:
    """`16:00` → `16:00-ге`."""
    return f"{clock}-{_KK_ENDINGS[_last_word(clock)][1]}"


def place(site: Site, device_id: str, language: str) -> str:
    """Where people would go: the zone's name and, where it has one, the device's."""
    device = site.devices.get(device_id)
    if device is None:
        return in_language(site.name, language)
    zone = in_language(site.zones[device.zone].name, language)
    own = in_language(device.name, language)
    return f"{zone}, {own}" if own else zone


def to_do(site: Site, alarm: Alarm, language: str) -> str:
    """What to do about an open alarm as it is now: one sentence."""
    if alarm.state is AlarmState.SHELVED:
        return _SHELVED[COLUMN[language]].format(_moment(site, alarm.shelved_until, alarm.notified_at))
    if alarm.state is AlarmState.RETURNED:
        return _GONE[COLUMN[language]]
    if alarm.type == "probe_failed" and alarm.figure == _BROKER:
        return action("broker_down", language)
    if alarm.type == "flood" and alarm.kind == "hub":
        return action("channel_down", language)
    return action(alarm.type, language)


def since(clock: str, language: str) -> str:
    """`since 08:10`, in the language's own way."""
    return {"kk": f"{kk_from(clock)} бері", "ru": f"с {clock}", "en": f"since {clock}"}[language]


def sentence(site: Site, alarm: Alarm, language: str) -> str:
    """The whole text of an alert: place, what, when, and while it is open, what to do. A drill and a test say so
    first."""
    return marked(alarm.status, _said(site, alarm, language), language)


def _said(site: Site, alarm: Alarm, language: str) -> str:
    clock = school_time(site.hours, alarm.raised_at).strftime("%H:%M")
    began = _moment(site, alarm.began_at, alarm.raised_at)
    when = clock if alarm.type in _MOMENTARY else since(began, language)
    if alarm.gap:
        when = found_at(clock, alarm.gap, language)
    if alarm.pressed_at:
        when = f"{clock} ({_pressed_at(site, alarm, language)})"
    often = f" ({_TIMES[COLUMN[language]].format(alarm.count)})" if alarm.latching and alarm.count > 1 else ""
    said = f"{_exactly(site, alarm, language)}: {told(site, alarm, language)}{often}, {when}."
    if alarm.promoted_at and alarm.open:
        said = f"{said} {_NO_DRILL[COLUMN[language]]}"
    if alarm.merged_into:
        return f"{said} {_MERGED[COLUMN[language]]}"
    if not alarm.open:
        over = (
            found_over(alarm.returned_gap, language) if alarm.returned_gap else _OVER[alarm.reset_as][COLUMN[language]]
        )
        return f"{said} {over}"
    if alarm.state is AlarmState.ACKNOWLEDGED:
        return f"{said} {taken_by(alarm.acknowledged_by, language)}."
    if alarm.state is AlarmState.RETURNED and alarm.returned_gap:
        said = f"{said} {found_over(alarm.returned_gap, language)}"
    return f"{said} {to_do(site, alarm, language)}"


_NO_DRILL: Final[Texts] = (
    "Бұл оқу-жаттығу емес, дабыл шынайы.",
    "Это не учения: тревога настоящая.",
    "This is no drill: it is real.",
)
_TIMES: Final[Texts] = ("{} рет", "нажатий: {}", "{} times")


def _exactly(site: Site, alarm: Alarm, language: str) -> str:
    """The place, and where it is about the sensor itself, which one: a hall has several."""
    where, device = place(site, alarm.device, language), site.devices.get(alarm.device)
    if device is None or not names_its_device(site, alarm) or in_language(device.name, language):
        return where
    words = _SENSORS.get(device.role or "") or _SENSORS.get(device.kind)
    return f"{where}, {words[COLUMN[language]]}" if words else where


def names_its_device(site: Site, alarm: Alarm) -> bool:
    """Whether the place does not tell which device it is: where it is about the sensor itself, or about one of a zone's
    doors. Where that is in a restroom, the room says it all."""
    if alarm.type in ("intrusion", "door_forced", "door_held"):
        return sum(one.kind == "door" and one.zone == alarm.zone for one in site.devices.values()) > 1
    return alarm.kind != "restroom" and alarm.type in ("tamper", "silent", "suspect", "battery_low", "flood")


_SENSORS: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "panic": ("дабыл түймесі", "тревожная кнопка", "panic button"),
        "door": ("есік", "дверь", "door"),
        "entrance": ("басты кіреберіс", "главный вход", "main entrance"),
        "exit": ("авариялық шығу есігі", "запасный выход", "emergency exit"),
        "lighting": ("жарық", "освещение", "lighting"),
        "camera": ("камера", "камера", "camera"),
    }
)


def _pressed_at(site: Site, alarm: Alarm, language: str) -> str:
    """When a button was pressed whose press came late."""
    return _PRESSED[COLUMN[language]].format(_moment(site, alarm.pressed_at, alarm.raised_at))


def _moment(site: Site, at: int, other: int) -> str:
    """The time of day, with the day where it is not the one of the `other` moment."""
    then = school_time(site.hours, at)
    return then.strftime("%H:%M" if then.date() == school_time(site.hours, other).date() else "%d.%m %H:%M")


_PRESSED: Final[Texts] = (
    "басылған уақыты {}, хабар кешігіп келді",
    "нажата в {}, сообщение пришло с опозданием",
    "pressed at {}, the message came late",
)


def told(site: Site, alarm: Alarm, language: str) -> str:
    """What the alarm says, with what it is about where that is more than a device; without place and time."""
    said = _happened(alarm, language)
    if alarm.type == "probe_failed" and alarm.figure == _BROKER:
        return _NOT_BACK[COLUMN[language]]
    if alarm.type == "hq_line_lost" and (lost := set(alarm.figure.split(", "))) < site.hq_channels:
        said = (_SOME_LINES if len(lost) > 1 else _ONE_LINE)[COLUMN[language]]
    names = _where(site, alarm.figure, language) if alarm.type == "poster_down" else alarm.figure
    if alarm.type == "disk_low" and language != "en":
        names = names.replace("MB", "МБ")
    return f"{said} ({names})" if names and alarm.type in _NAMED else said


def _where(site: Site, posters: str, language: str) -> str:
    """The zones in which these posters hang; one that is no longer in hub.yaml by its id."""
    known = {name: in_language(site.zones[poster.zone].name, language) for name, poster in site.posters.items()}
    return ", ".join(dict.fromkeys(known.get(name, name) for name in posters.split(", ")))


_NAMED: Final = frozenset(
    {"hq_line_lost", "probe_failed", "channel_down", "disk_low", "bridge_down", "port_down", "poster_down"}
)
_ONE_LINE: Final[Texts] = (
    "штабқа апаратын арналардың бірі істемей тұр",
    "не работает одна из линий к штабу",
    "one of the lines to headquarters is down",
)
_SOME_LINES: Final[Texts] = (
    "штабқа апаратын арналардың бірнешеуі істемей тұр",
    "не работают несколько линий к штабу",
    "several of the lines to headquarters are down",
)

_GONE: Final[Texts] = (
    "Себебі жойылды: тексеріп, дабылды қабылдаңыз.",
    "Причины больше нет: проверьте и примите тревогу.",
    "Its cause is gone: look, and acknowledge.",
)


def _happened(alarm: Alarm, language: str) -> str:
    if alarm.gap and alarm.type in _FOUND:
        return _FOUND[alarm.type][COLUMN[language]]
    if alarm.type == "flood" and alarm.kind == "hub":
        return _STRANGERS[COLUMN[language]]
    if alarm.type == "flood" and alarm.figure in WHAT:
        return f"{_CHATTERS[COLUMN[language]]} ({what(alarm.figure, language)})"
    return what(alarm.type, language)


_FOUND: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "intrusion": (
            "есік жұмыс уақытынан тыс ашық тұр",
            "дверь открыта в нерабочее время",
            "the door is open out of hours",
        ),
        "tamper": ("датчиктің корпусы ашық тұр", "корпус датчика открыт", "the sensor's case is open"),
    }
)
"""What is said of an alarm whose beginning nobody saw, where the usual words would claim to know it."""

_CHATTERS: Final[Texts] = (
    "датчик қайта-қайта іске қосылып тұр",
    "датчик срабатывает снова и снова",
    "the sensor goes off again and again",
)
_STRANGERS: Final[Texts] = (
    "тіркелмеген құрылғылар тым көп хабар жіберіп тұр",
    "незарегистрированные устройства отправляют слишком много сообщений",
    "devices that nobody registered send too many messages",
)
_BROKER: Final = "broker"
"""Where a probe got lost that never came back to the hub."""
_NOT_BACK: Final[Texts] = (
    "тексеру хабары хабтың өзіне қайтып келмеді",
    "проверочное сообщение не вернулось в хаб",
    "the test message did not come back to the hub itself",
)
_SHELVED: Final[Texts] = ("Кейінге қалдырылды, мерзімі: {}.", "Отложено до {}.", "Put aside until {}.")
_MERGED: Final[Texts] = (
    "Жаңа дабыл ретінде жалғасып жатыр.",
    "Продолжается как новая тревога.",
    "It goes on as a newer alarm.",
)
_OVER: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "": ("Аяқталды.", "Завершено.", "It is over."),
        "real": ("Аяқталды: шынайы дабыл.", "Завершено: тревога настоящая.", "It is over: it was real."),
        "false": ("Аяқталды: жалған дабыл.", "Завершено: ложная тревога.", "It is over: a false alarm."),
        "drill": ("Аяқталды: оқу-жаттығу дабылы.", "Завершено: учебная тревога.", "It is over: a drill."),
    }
)
"""By what the person who ended it called it."""


def announcement(site: Site, alarm: Alarm, language: str) -> str:
    """The sentence for people who are responsible for more than one school: it names the school, too."""
    said = _said(site, alarm, language)
    if alarm.device in site.devices:
        said = f"{in_language(site.name, language)}. {said}"
    return marked(alarm.status, said, language)


def together(site: Site, alarms: Sequence[Alarm], language: str) -> str:
    """Several alarms in one text: how many, and the sentence of each; of many only the first ones."""
    said = " ".join(f"• {_said(site, alarm, language)}" for alarm in alarms[:_AT_MOST])
    rest = len(alarms) - _AT_MOST
    more = f" {_MORE[COLUMN[language]].format(rest)}" if rest > 0 else ""
    return marked(alarms[0].status, f"{number_of(alarms, language)}. {said}{more}", language)


def number_of(alarms: Sequence[Alarm], language: str) -> str:
    """How many things are waiting, or how many alarms there are, in words; there are several."""
    number, task = len(alarms), alarms[0].priority == "medium"
    if language == "ru":
        last = number % 10 if number % 100 not in range(11, 15) else 0
        one, few, many = (
            ("Ждёт {} дело", "Ждут {} дела", "Ждут {} дел") if task else ("{} тревога", "{} тревоги", "{} тревог")
        )
        return (one if last == 1 else few if last in (2, 3, 4) else many).format(number)
    if language == "kk":
        return f"{number} іс күтіп тұр" if task else f"{number} дабыл"
    return f"{number} things are waiting" if task else f"{number} alarms"


_AT_MOST: Final = 10
_MORE: Final[Texts] = ("Тағы {}: бетті қараңыз.", "И ещё {}: смотрите на странице.", "And {} more: see the page.")


def probe_text(language: str) -> str:
    """What the daily probe says."""
    return _PROBE[COLUMN[language]]


_PROBE: Final[Texts] = (
    "Дабыл жолы күн сайын осылай тексеріледі, ештеңе істеу қажет емес.",
    "Так каждый день проверяется путь тревоги, делать ничего не нужно.",
    "This is how the way of an alarm is checked each day; nothing has to be done.",
)


def _last_word(clock: str) -> int:
    minute = int(clock[-2:])
    return minute % 10 or minute
