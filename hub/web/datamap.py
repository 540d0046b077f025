"""The data map, made of hub.yaml: what is measured where, kept how long, and sent to whom. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from hub.config.model import Channel, Config, Influx
from hub.domain.signals import KIND_SIGNALS, SIGNALS
from hub.domain.site import Device, in_language
from hub.web import vocabulary, words
from hub.web.language import translations

_COLUMN: Final[Mapping[str, int]] = {"kk": 0, "ru": 1, "en": 2}
Texts = tuple[str, str, str]


class Part(msgspec.Struct, frozen=True):
    """A heading with a table, sentences, or both."""

    heading: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


class DataMap(msgspec.Struct, frozen=True):
    """In one language."""

    title: str
    parts: tuple[Part, ...]


def data_map(config: Config, language: str) -> DataMap:
    """The map of this configuration."""
    return _Map(config, language).made()


def as_text(made: DataMap) -> str:
    """As Markdown, readable as it stands."""
    lines = [f"# {made.title}", ""]
    for part in made.parts:
        lines += [f"## {part.heading}", ""]
        if part.rows:
            lines += [_row(part.head), _row(("---",) * len(part.head)), *map(_row, part.rows), ""]
        for note in part.notes:
            lines += [note, ""]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


class _Map:
    def __init__(self, config: Config, language: str) -> None:
        self.config, self.language = config, language
        self._gettext = translations(language).gettext

    def made(self) -> DataMap:
        site = self.config.site
        title = f"{self.say(_TITLE)}: {in_language(site.name, self.language)}"
        return DataMap(title, (self._measured(), self._restrooms(), self._kept(), self._sent()))

    def say(self, texts: Texts) -> str:
        return texts[_COLUMN[self.language]]

    def _measured(self) -> Part:
        site = self.config.site
        rows = [
            (
                in_language(site.zones[device.zone].name, self.language),
                in_language(device.name, self.language) or self._unnamed(device),
                str(self._gettext(vocabulary.KINDS[device.kind])),
                self._signals(device),
            )
            for device in sorted(site.devices.values(), key=lambda d: (site.zones[d.zone].floor, d.zone, d.id))
        ]
        return Part(self.say(_MEASURED), tuple(map(self.say, _MEASURED_HEAD)), tuple(rows), (self.say(_POSSIBLE),))

    def _unnamed(self, device: Device) -> str:
        return f"{words.capital(str(self._gettext(words.kind(device))))} ({device.id})"

    def _signals(self, device: Device) -> str:
        if device.kind == "camera":
            return self.say(_CAMERA)
        order = [*SIGNALS, "press", "test_press", "help"]
        # Names may have commas.
        known = sorted(KIND_SIGNALS[device.kind] & vocabulary.SIGNAL_NAMES.keys(), key=order.index)
        return "; ".join(str(self._gettext(vocabulary.SIGNAL_NAMES[signal])).lower() for signal in known)

    def _restrooms(self) -> Part:
        return Part(self.say(_RESTROOMS), notes=tuple(map(self.say, _RESTROOM_RULES)))

    def _kept(self) -> Part:
        days = self.say(_DAYS).format(max(1, round(self.config.store.keep_readings / 86_400_000)))
        rows = [
            (self.say(_READINGS), days),
            (self.say(_ALARMS), self.say(_EVER)),
            (self.say(_JOURNAL), self.say(_EVER)),
            (self.say(_PHOTOS), self.say(_EVER)),
            (self.say(_REFUSED), self.say(_LAST_1000)),
        ]
        return Part(self.say(_KEPT), tuple(map(self.say, _KEPT_HEAD)), tuple(rows), (self.say(_KEPT_WHERE),))

    def _sent(self) -> Part:
        rows = [(one.name, self._to(one), self.say(_ALERTS)) for one in self.config.channels]
        rows += [(one.name, _host(one.url), self.say(_TO_DATABASE)) for one in self.config.influx]
        notes = (self.say(_COARSE), self.say(_NAMES)) if rows else (self.say(_NOBODY),)
        return Part(self.say(_SENT), tuple(map(self.say, _SENT_HEAD)), tuple(rows), notes)

    def _to(self, channel: Channel | Influx) -> str:
        """Whereto, without secrets, numbers or addresses of people."""
        to = getattr(channel, "to", None)
        if to is not None:
            return self.say(_PEOPLE).format(len(to))
        url = getattr(channel, "url", None)
        if isinstance(url, str):
            return _host(url)
        return str(getattr(channel, "host", "")) or self.say(_MESSENGER)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


_TITLE: Final = ("Деректер картасы", "Карта данных", "Data map")
_MEASURED: Final = ("Қай жерде не өлшенеді", "Что и где измеряется", "What is measured where")
_MEASURED_HEAD: Final = (
    ("Орны", "Место", "Place"), ("Датчик", "Датчик", "Sensor"), ("Түрі", "Вид", "Kind"), ("Деректер", "Данные", "Data"),
)  # fmt: skip
_POSSIBLE: Final = (
    "Мұнда датчиктің бұл түрінен қабылданатын барлық деректер көрсетілген; басқа деректер сақталмайды.",
    "Здесь всё, что принимается от датчика этого вида; другие данные не сохраняются.",
    "This is all that is taken from a sensor of this kind; other data are not kept.",
)
_CAMERA: Final = (
    "тек байланыстың бар-жоғы; сурет пен дыбыс сақталмайды",
    "только наличие связи; изображение и звук не сохраняются",
    "only whether it can be reached; neither pictures nor sound are kept",
)
_RESTROOMS: Final = ("Дәретханалар", "Санузлы", "Restrooms")
_RESTROOM_RULES: Final = (
    (
        "Дәретханада микрофонға, камераға және адамды танитын кез келген құрылғыға тыйым салынған: "
        "хаб ондай баптауды қабылдамайды.",
        "В санузле запрещены микрофоны, камеры и всё, что опознаёт человека: хаб не принимает такую настройку.",
        "Microphones, cameras and anything that identifies a person are forbidden in restrooms: "
        "the hub refuses such a setting.",
    ),
    (
        "Адамның бар-жоғы туралы дерек мектептен тек 15 минуттық жиынтық түрінде шығады; "
        "дәретхана есіктері туралы дерек те солай.",
        "Данные о присутствии покидают школу только сводкой за 15 минут; данные о дверях санузлов тоже.",
        "Presence leaves the school only as a summary of 15 minutes; so does what the doors of restrooms say.",
    ),
)  # fmt: skip
_KEPT: Final = ("Қанша уақыт сақталады", "Как долго хранится", "How long it is kept")
_KEPT_HEAD: Final = (("Деректер", "Данные", "Data"), ("Мерзімі", "Срок", "Time"))
_READINGS: Final = ("датчиктердің көрсеткіштері", "показания датчиков", "readings of sensors")
_ALARMS: Final = (
    "дабылдар және оларды қабылдағандардың есімдері",
    "тревоги и имена тех, кто их принял",
    "alarms, and the names of those who acknowledged them",
)
_JOURNAL: Final = ("оқиғалар журналы", "журнал событий", "the journal of events")
_PHOTOS: Final = ("жөндеу фотосуреттері", "фотографии ремонта", "photographs of repairs")
_REFUSED: Final = ("қабылданбаған хабарлар", "отклонённые сообщения", "refused messages")
_DAYS: Final = ("{} күн", "{} дн.", "{} days")
_EVER: Final = ("мерзімсіз", "бессрочно", "without limit")
_LAST_1000: Final = ("соңғы 1000 хабар", "последние 1000 сообщений", "the last 1000")
_KEPT_WHERE: Final = (
    "Барлығы мектептегі хабтың өзінде сақталады.",
    "Всё хранится в самом хабе, в школе.",
    "All of it is kept in the hub itself, in the school.",
)
_SENT: Final = ("Кімге жіберіледі", "Кому отправляется", "To whom it is sent")
_SENT_HEAD: Final = (
    ("Атауы", "Название", "Name"),
    ("Қайда", "Куда", "Where"),
    ("Не жіберіледі", "Что отправляется", "What"),
)
_ALERTS: Final = (
    "дабылдар: мектеп, орын, датчик, түрі, уақыты",
    "тревоги: школа, место, датчик, вид, время",
    "alarms: school, place, sensor, type, time",
)
_TO_DATABASE: Final = (
    "датчиктердің көрсеткіштері және дабылдар, есімдерсіз",
    "показания датчиков и тревоги, без имён",
    "readings of sensors and alarms, without names",
)
_PEOPLE: Final = ("адресаттар саны: {}", "адресатов: {}", "addressees: {}")
_MESSENGER: Final = ("мессенджер", "мессенджер", "a messenger")
_COARSE: Final = (
    "Дерекқорға адамның бар-жоғы тек 15 минуттық жиынтық түрінде жазылады.",
    "В базы данных присутствие попадает только сводкой за 15 минут.",
    "Presence goes to databases only as a summary of 15 minutes.",
)
_NAMES: Final = (
    "Дабылды қабылдаған адамның есімі хабарламада жазылуы мүмкін.",
    "В сообщении может стоять имя того, кто принял тревогу.",
    "A message may carry the name of the person who acknowledged the alarm.",
)
_NOBODY: Final = (
    "Ешкімге жіберілмейді.",
    "Никому не отправляется.",
    "It is sent to nobody.",
)
