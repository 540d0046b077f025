"""The words of the printed act in Kazakh, Russian and English. Alarms are named by `hub.domain.wording`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Texts = tuple[str, str, str]
"""Kazakh, Russian, English."""

_COLUMN: Final = MappingProxyType({"kk": 0, "ru": 1, "en": 2})

WORDS: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "title": ("Тексеру актісі", "Акт обследования", "Inspection report"),
        "period": ("Кезең", "Период", "Period"),
        "made": ("Жасалған уақыты", "Составлен", "Made"),
        "headline": ("Негізгі көрсеткіштер", "Главные показатели", "Main figures"),
        "now": ("Қазір", "Сейчас", "Now"),
        "last_inspection": ("Өткен тексеру", "Прошлое обследование", "Last inspection"),
        "no_last_inspection": (
            "Бұған дейін тексеру болмаған.",
            "Раньше обследований не было.",
            "There was no inspection before.",
        ),
        "devices": ("Датчиктер", "Датчики", "Sensors"),
        "devices_heard": ("Белгі берген датчиктер", "Датчики, подававшие сигнал", "Sensors that were heard"),
        "available": (
            "Датчиктердің қолжетімділігі, 30 күн",
            "Доступность датчиков за 30 дней",
            "Availability of sensors, 30 days",
        ),
        "hub_available": ("Хабтың жұмыс уақыты, 30 күн", "Работа хаба за 30 дней", "The hub was running, 30 days"),
        "hq_line_available": (
            "Штабпен байланыс, 30 күн",
            "Связь со штабом за 30 дней",
            "Line to headquarters, 30 days",
        ),
        "cameras_available": (
            "Камералардың қолжетімділігі, 30 күн",
            "Доступность камер за 30 дней",
            "Cameras reachable, 30 days",
        ),
        "buttons": ("Дабыл түймелері", "Тревожные кнопки", "Panic buttons"),
        "buttons_tested": (
            "Мерзімінде тексерілген түймелер",
            "Кнопки, проверенные в срок",
            "Buttons tested in time",
        ),
        "alarms": ("Дабылдар", "Тревоги", "Alarms"),
        "alarms_per_day": ("Күніне орта есеппен", "В среднем за день", "A day on average"),
        "critical_alarms": ("Шұғыл дабылдар", "Срочные тревоги", "Critical alarms"),
        "critical_unanswered": (
            "Ешкім қабылдамаған шұғыл дабылдар",
            "Срочные тревоги, которые никто не принял",
            "Critical alarms that nobody acknowledged",
        ),
        "response_median_ms": (
            "Қабылданғанға дейінгі уақыт, медиана",
            "Время до принятия, медиана",
            "Time to acknowledgement, median",
        ),
        "response_p95_ms": (
            "Қабылданғанға дейінгі уақыт, 95-процентиль",
            "Время до принятия, 95-й процентиль",
            "Time to acknowledgement, 95th percentile",
        ),
        "receipt_median_ms": (
            "Штаб алғанға дейінгі уақыт, медиана",
            "Время до получения штабом, медиана",
            "Time until headquarters has it, median",
        ),
        "receipt_p95_ms": (
            "Штаб алғанға дейінгі уақыт, 95-процентиль",
            "Время до получения штабом, 95-й процентиль",
            "Time until headquarters has it, 95th percentile",
        ),
        "messages_waiting": ("Жіберілуін күтіп тұрған хабарлар", "Сообщения в очереди", "Messages that wait"),
        "drill_presses": ("Оқу-жаттығуға қатысқан түймелер", "Кнопки в учебных тревогах", "Buttons in drills"),
        "drill_presses_received": (
            "Оқу-жаттығуда штаб алған басулар",
            "Учебные нажатия, полученные штабом",
            "Presses in drills that headquarters has",
        ),
        "rounds_finished": ("Аяқталған аралап тексерулер", "Законченные обходы", "Finished rounds"),
        "findings_open": ("Ашық кемшіліктер", "Открытые замечания", "Open findings"),
        "findings_overdue": ("Мерзімі өткен кемшіліктер", "Просроченные замечания", "Overdue findings"),
        "findings_closed": ("Жойылған кемшіліктер", "Устранённые замечания", "Closed findings"),
        "drills": ("Оқу-жаттығу дабылдары", "Учебные тревоги", "Drills"),
        "button": ("Түйме", "Кнопка", "Button"),
        "by_whom": ("Кім", "Кто", "By"),
        "pressed_at": ("Басылды", "Нажата", "Pressed"),
        "result": ("Нәтиже", "Результат", "Result"),
        "drill_received": ("штаб алды", "штаб получил", "headquarters has it"),
        "drill_pressed": ("басылды, штаб растаған жоқ", "нажата, штаб не подтвердил", "pressed, no receipt"),
        "drill_missed": ("басылмаған", "не нажата", "not pressed"),
        "drill_awaited": ("күтілуде", "ожидается", "awaited"),
        "no_drills": ("Оқу-жаттығу дабылдары болмаған.", "Учебных тревог не было.", "There were no drills."),
        "rounds": ("Аралап тексерулер", "Обходы", "Rounds"),
        "no_rounds": ("Аралап тексерулер болмаған.", "Обходов не было.", "There were no rounds."),
        "started": ("Басталды", "Начат", "Begun"),
        "finished": ("Аяқталды", "Закончен", "Finished"),
        "goes_on": ("жүріп жатыр", "продолжается", "goes on"),
        "item_button": ("түйме", "кнопка", "button"),
        "item_exit": ("авариялық шығу есігі", "запасный выход", "emergency exit"),
        "item_poster": ("111 плакаты", "плакат 111", "poster 111"),
        "item_fine": ("жұмыс істейді", "исправно", "works"),
        "item_poor": ("жұмыс істемейді", "неисправно", "does not work"),
        "item_left": ("тексерілмеген", "не проверено", "not done"),
        "by_hub": ("хаб тіркеді", "отметил хаб", "seen by the hub"),
        "findings": ("Анықталған кемшіліктер", "Замечания", "Findings"),
        "no_findings": ("Кемшіліктер анықталмаған.", "Замечаний нет.", "There are no findings."),
        "where": ("Қай жерде", "Где", "Where"),
        "assignee": ("Орындаушы", "Исполнитель", "To be done by"),
        "due": ("Мерзімі", "Срок", "Due"),
        "state": ("Жағдайы", "Состояние", "State"),
        "open": ("ашық", "открыто", "open"),
        "overdue": ("мерзімі өтті", "срок прошёл", "overdue"),
        "closed": ("жойылды", "устранено", "closed"),
        "photos": ("суреттер", "фотографии", "photographs"),
        "school": ("мектеп", "школа", "school"),
        "akimat": ("әкімдік", "акимат", "akimat"),
        "police": ("полиция", "полиция", "police"),
        "contractor": ("мердігер", "подрядчик", "contractor"),
        "replace_by": ("Ауыстыру мерзімі", "Заменить до", "To be replaced by"),
        "inventory": ("Жабдықтар тізімі", "Перечень оборудования", "Inventory"),
        "device": ("Датчик", "Датчик", "Sensor"),
        "kind": ("Түрі", "Вид", "Kind"),
        "zone": ("Аймақ", "Зона", "Zone"),
        "model": ("Моделі", "Модель", "Model"),
        "firmware": ("Бағдарлама нұсқасы", "Версия прошивки", "Firmware"),
        "battery": ("Батарея", "Батарея", "Battery"),
        "installed": ("Орнатылған", "Установлен", "Installed"),
        "last_seen": ("Соңғы белгі", "Последний сигнал", "Last seen"),
        "last_test": ("Соңғы тексеру", "Последняя проверка", "Last test"),
        "availability": ("Қолжетімділік", "Доступность", "Availability"),
        "availability_note": (
            "Датчик белгі бермей тұрған уақыт пен хаб жұмыс істемеген немесе қызмет көрсету жүрген уақыт қолжетімді "
            "деп саналмайды.",
            "Время, когда датчик молчал, и время, когда хаб не работал или шло обслуживание, доступным не считается.",
            "Time in which the sensor was silent, the hub did not run or maintenance went on does not count as "
            "available.",
        ),
        "days_30": ("30 күн", "30 дней", "30 days"),
        "days_365": ("365 күн", "365 дней", "365 days"),
        "silent": ("Белгі бермеген уақыт", "Молчал", "Silent"),
        "unwatched": ("Бақыланбаған уақыт", "Без наблюдения", "Not watched"),
        "whole_school": ("Бүкіл мектеп", "Вся школа", "The whole school"),
        "hub": ("Хаб", "Хаб", "Hub"),
        "hq_line": ("Штабпен байланыс", "Связь со штабом", "Line to headquarters"),
        "responses": ("Жауап беру уақыты", "Время реагирования", "Response times"),
        "priority": ("Маңыздылығы", "Важность", "Priority"),
        "critical": ("шұғыл", "срочная", "critical"),
        "high": ("жоғары", "высокая", "high"),
        "medium": ("орташа", "средняя", "medium"),
        "unanswered": ("Қабылданбаған", "Не приняты", "Not acknowledged"),
        "median": ("Медиана", "Медиана", "Median"),
        "p95": ("95-процентиль", "95-й процентиль", "95th percentile"),
        "to_receipt": ("Штаб алғанға дейін", "До получения штабом", "Until headquarters has it"),
        "to_response": ("Қабылданғанға дейін", "До принятия", "Until acknowledged"),
        "what": ("Не болды", "Что случилось", "What"),
        "raised": ("Басталуы", "Начало", "Raised"),
        "ladder": ("Хабардың жолы", "Путь сообщения", "Proof"),
        "alarms_note": (
            "Мұнда шұғыл және маңыздылығы жоғары соңғы дабылдар көрсетілген; толық тізім alarms.csv файлында.",
            "Здесь последние срочные тревоги и тревоги высокой важности; полный список в файле alarms.csv.",
            "The latest alarms of critical and high priority; all of them are in alarms.csv.",
        ),
        "received": ("тіркелді", "зарегистрировано", "received"),
        "stored": ("сақталды", "сохранено", "stored"),
        "sent": ("жіберілді", "отправлено", "sent"),
        "receipt": ("штаб алды", "штаб получил", "headquarters has it"),
        "page": ("бетте", "на странице", "on the page"),
        "acknowledged": ("қабылданды", "принято", "acknowledged"),
        "exercise": ("оқу-жаттығу", "учебная", "drill"),
        "test": ("тексеру", "проверка", "test"),
        "deliveries": ("Хабарлардың жеткізілуі", "Доставка сообщений", "Delivery of messages"),
        "channel": ("Арна", "Канал", "Channel"),
        "messages": ("Хабарлар", "Сообщения", "Messages"),
        "delivered": ("Расталған", "Подтверждено", "Proven"),
        "accepted": ("Растаусыз жіберілген", "Отправлено без подтверждения", "Sent, unproven"),
        "refused": ("Қабылдаудан бас тартылған", "Отклонено", "Refused"),
        "waiting": ("Күтіп тұр", "В очереди", "Waiting"),
        "tests": ("Тексерулер мен оқу-жаттығулар", "Проверки и учебные тревоги", "Tests and drills"),
        "tests_count": ("Тексерулер саны", "Число проверок", "Tests"),
        "in_time": ("Мерзімінде", "В срок", "In time"),
        "yes": ("иә", "да", "yes"),
        "no": ("жоқ", "нет", "no"),
        "cameras": ("Камералар", "Камеры", "Cameras"),
        "per_day": ("Дабылдар күн бойынша", "Тревоги по дням", "Alarms by day"),
        "day": ("Күні", "День", "Day"),
        "proof": ("Журналдың растауы", "Подтверждение журнала", "Proof of the journal"),
        "records": ("Журналдағы жазбалар", "Записей в журнале", "Records in the journal"),
        "head": ("Соңғы жазбаның хэші", "Хэш последней записи", "Hash of the last record"),
        "anchored": (
            "Штаб растаған соңғы жазба",
            "Последняя запись, подтверждённая штабом",
            "Last record confirmed by headquarters' receipt",
        ),
        "key": ("Хаб кілтінің таңбасы", "Отпечаток ключа хаба", "Fingerprint of the hub's key"),
        "how_to_check": (
            "Тексеру үшін: hub verify ФАЙЛ.zip --key ТАҢБА. Таңба хаб орнатылған кезде жазып алынғанмен бірдей болуы "
            "керек.",
            "Проверка: hub verify ФАЙЛ.zip --key ОТПЕЧАТОК. Отпечаток должен совпадать с записанным при установке "
            "хаба.",
            "To check: hub verify FILE.zip --key FINGERPRINT. The fingerprint must be the one that was written down "
            "when the hub was installed.",
        ),
        "signature": ("Инспектордың қолы", "Подпись инспектора", "Inspector's signature"),
        "panic": ("дабыл түймесі", "тревожная кнопка", "panic button"),
        "door": ("есік", "дверь", "door"),
        "lighting": ("жарық", "освещение", "lighting"),
        "restroom": ("дәретхана", "санузел", "restroom"),
        "camera": ("камера", "камера", "camera"),
        "ms": ("мс", "мс", "ms"),
        "s": ("с", "с", "s"),
        "min": ("мин", "мин", "min"),
        "h": ("сағ", "ч", "h"),
        "d": ("күн", "дн.", "d"),
        "unknown": ("белгісіз", "неизвестно", "not known"),
    }
)


def word(key: str, language: str) -> str:
    """The word in `language` (kk, ru or en). Raises KeyError for one that is not in the table."""
    return WORDS[key][_COLUMN[language]]


def duration(ms: float | None, language: str) -> str:
    """A length of time in its two largest units."""
    if ms is None:
        return "–"
    if ms < 1000:
        return f"{ms:.0f} {word('ms', language)}"
    seconds = round(ms / 1000)
    parts = [(seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next(index for index, (count, _unit) in enumerate(parts) if count)
    return " ".join(f"{count} {word(unit, language)}" for count, unit in parts[first : first + 2] if count)


def percent(share: float | None, language: str) -> str:
    """A share with two decimals, as the language writes it."""
    if share is None:
        return "–"
    text = f"{share * 100:.2f}"
    return f"{text}%" if language == "en" else f"{text.replace('.', ',')} %"
