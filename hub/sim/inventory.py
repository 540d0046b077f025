"""The simulated school: three floors and a yard, sixty devices of all four kinds in every dialect."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from hub.domain.site import Dialect, DoorRole, Kind, Text, Zone

SITE_ID: Final = "demo-017"
SITE_NAME: Final[Text] = MappingProxyType({"kk": "№17 мектеп", "ru": "Школа №17", "en": "School No. 17"})

_TOPICS: Final[Mapping[Dialect, str]] = MappingProxyType(
    {
        "esphome": "school/",
        "zigbee2mqtt": "zigbee2mqtt/",
        "tasmota": "",
        "shelly": "shellyplus1pm-",
        "homeassistant": "device:",
        "json": "lab/",
    }
)

Sense = Literal["air", "leak", "help"]


class Fitting(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated device. `lamp` is what its lamps give at the sensor (lx), `window` the share of the daylight
    outside that reaches it; `senses` says which of a restroom's sensors it is."""

    id: str
    kind: Kind
    zone: str
    dialect: Dialect
    name: Text = {}
    role: DoorRole | None = None
    min_lux: int = 150
    lamp: float = 0
    window: float = 0
    senses: Sense | None = None

    @property
    def topic(self) -> str:
        """What hub.yaml finds it by; nothing for a device that its serial line finds."""
        return "" if self.dialect == "serial" else _TOPICS[self.dialect] + self.id

    @property
    def has_battery(self) -> bool:
        """Zigbee and Bluetooth devices here run on a battery, the others on mains."""
        return self.dialect in ("zigbee2mqtt", "homeassistant")


def _text(kk: str, ru: str, en: str) -> Text:
    return MappingProxyType({"kk": kk, "ru": ru, "en": en})


def _zones() -> tuple[Zone, ...]:
    table = [
        ("yard", 0, "Аула", "Двор", "Yard"),
        ("hall", 1, "Вестибюль", "Вестибюль", "Hall"),
        ("corridor-1", 1, "1-қабат дәлізі", "Коридор 1 этажа", "Corridor, floor 1"),
        ("gym", 1, "Спорт залы", "Спортзал", "Gym"),
        ("canteen", 1, "Асхана", "Столовая", "Canteen"),
        ("corridor-2", 2, "2-қабат дәлізі", "Коридор 2 этажа", "Corridor, floor 2"),
        ("director", 2, "Директор кабинеті", "Кабинет директора", "Principal's office"),
        ("staff-room", 2, "Мұғалімдер бөлмесі", "Учительская", "Staff room"),
        ("library", 2, "Кітапхана", "Библиотека", "Library"),
        ("corridor-3", 3, "3-қабат дәлізі", "Коридор 3 этажа", "Corridor, floor 3"),
        ("lab", 3, "Химия кабинеті", "Кабинет химии", "Chemistry room"),
        ("computers", 3, "Информатика кабинеті", "Кабинет информатики", "Computer room"),
        ("assembly", 3, "Акт залы", "Актовый зал", "Assembly hall"),
    ]
    for floor in (1, 2, 3):
        table += [
            (f"wc-{floor}-boys", floor, f"Ұлдар дәретханасы, {floor}-қабат", f"Санузел для мальчиков, {floor} этаж",
             f"Boys' restroom, floor {floor}"),
            (f"wc-{floor}-girls", floor, f"Қыздар дәретханасы, {floor}-қабат", f"Санузел для девочек, {floor} этаж",
             f"Girls' restroom, floor {floor}"),
        ]  # fmt: skip
    return tuple(Zone(zone, floor, _text(*name)) for zone, floor, *name in table)


def _panic_buttons() -> Iterator[Fitting]:
    for place in ("hall", "gym", "canteen", "director", "staff-room", "lab", "assembly"):
        # The assembly hall still has the button of the old panel, which has a serial port.
        dialect: Dialect = "serial" if place == "assembly" else "esphome"
        yield Fitting(id=f"panic-{place}", kind="panic", zone=place, dialect=dialect)


def _doors() -> Iterator[Fitting]:
    emergency = ("Авариялық шығу есігі", "Запасный выход", "Emergency exit")
    doors: tuple[tuple[str, str, DoorRole, tuple[str, str, str]], ...] = (
        ("door-main", "hall", "entrance", ("Басты кіреберіс", "Главный вход", "Main entrance")),
        ("door-yard", "corridor-1", "entrance", ("Аула жақтағы есік", "Вход со двора", "Yard entrance")),
        ("exit-west", "corridor-1", "exit", emergency),
        ("exit-gym", "gym", "exit", emergency),
        ("exit-canteen", "canteen", "exit", emergency),
        ("exit-2", "corridor-2", "exit", emergency),
        ("exit-3", "corridor-3", "exit", emergency),
        ("door-gate", "yard", "restricted", ("Шаруашылық қақпасы", "Хозяйственные ворота", "Service gate")),
        ("door-boiler", "yard", "restricted", ("Қазандық есігі", "Дверь котельной", "Boiler room door")),
        ("door-roof", "corridor-3", "restricted", ("Шатыр есігі", "Дверь на крышу", "Roof door")),
        ("door-reagents", "lab", "restricted", ("Реактивтер қоймасы", "Хранилище реактивов", "Chemical store")),
        ("door-archive", "director", "restricted", ("Мұрағат есігі", "Дверь архива", "Archive door")),
        ("door-kitchen", "canteen", "inner", ("Ас үй есігі", "Дверь кухни", "Kitchen door")),
        ("door-library", "library", "inner", ("Кітапхана есігі", "Дверь библиотеки", "Library door")),
        ("door-computers", "computers", "inner", ("Кабинет есігі", "Дверь кабинета", "Classroom door")),
        ("door-lab", "lab", "inner", ("Кабинет есігі", "Дверь кабинета", "Classroom door")),
        ("door-assembly", "assembly", "inner", ("Акт залының есігі", "Дверь актового зала", "Assembly hall door")),
    )
    for door, zone, role, name in doors:
        yield Fitting(
            id=door, kind="door", zone=zone, dialect=_OTHER_DOORS.get(door, "zigbee2mqtt"), role=role, name=_text(*name)
        )


# The topmost exit is out of Zigbee's reach: a Bluetooth gateway announces its sensor. The boiler room's door is
# wired to the old panel.
_OTHER_DOORS: Final[Mapping[str, Dialect]] = {"exit-3": "homeassistant", "door-boiler": "serial"}


def _corridor_lights() -> Iterator[Fitting]:
    west = _text("Жарық, батыс жағы", "Освещение, западная сторона", "Lighting, west end")
    east = _text("Жарық, шығыс жағы", "Освещение, восточная сторона", "Lighting, east end")
    stairs = _text("Баспалдақ жарығы", "Освещение лестницы", "Stairs lighting")
    for floor in (1, 2, 3):
        zone = f"corridor-{floor}"
        for side, name in (("west", west), ("east", east)):
            yield Fitting(
                id=f"light-{floor}-{side}", kind="lighting", zone=zone, dialect="esphome", name=name, lamp=230,
                window=0.0008,
            )  # fmt: skip
        yield Fitting(
            id=f"light-stairs-{floor}", kind="lighting", zone=zone, dialect="zigbee2mqtt", name=stairs, lamp=210,
            window=0.002,
        )  # fmt: skip


def _room_lights() -> Iterator[Fitting]:
    halls: tuple[tuple[str, Dialect, int, float], ...] = (
        ("hall", "esphome", 320, 0.01),
        ("gym", "tasmota", 380, 0.012),
        ("canteen", "shelly", 340, 0.011),
    )
    for place, dialect, lamp, window in halls:
        yield Fitting(
            id=f"light-{place}", kind="lighting", zone=place, dialect=dialect, min_lux=200, lamp=lamp, window=window
        )
    for place in ("director", "staff-room", "library", "lab", "computers", "assembly"):
        # The pupils of the electronics club have built that of the laboratory: it says plain JSON.
        room: Dialect = "json" if place == "lab" else "zigbee2mqtt"
        yield Fitting(
            id=f"light-{place}", kind="lighting", zone=place, dialect=room, min_lux=200, lamp=420, window=0.015
        )
    porch = _text("Кіреберіс шамы", "Лампа у входа", "Porch lamp")
    gate = _text("Қақпа шамы", "Лампа у ворот", "Gate lamp")
    for lamp_id, name in (("light-porch", porch), ("light-gate", gate)):
        yield Fitting(
            id=lamp_id, kind="lighting", zone="yard", dialect="zigbee2mqtt", name=name, min_lux=10, lamp=35, window=1
        )


def _restrooms() -> Iterator[Fitting]:
    air = _text("Ауа датчигі", "Датчик воздуха", "Air sensor")
    leak = _text("Су датчигі", "Датчик протечки", "Leak sensor")
    button = _text("Көмек түймесі", "Кнопка помощи", "Help button")
    for zone in (zone.id for zone in ZONES if zone.id.startswith("wc-")):
        yield Fitting(id=zone, kind="restroom", zone=zone, dialect="esphome", name=air, senses="air")
        yield Fitting(id=f"leak{zone[2:]}", kind="restroom", zone=zone, dialect="zigbee2mqtt", name=leak, senses="leak")
        if zone.startswith("wc-1"):
            yield Fitting(
                id=f"help{zone[2:]}", kind="restroom", zone=zone, dialect="zigbee2mqtt", name=button, senses="help"
            )


ZONES: Final = _zones()
FITTINGS: Final = (*_panic_buttons(), *_doors(), *_corridor_lights(), *_room_lights(), *_restrooms())


def fitting(device: str) -> Fitting:
    """The device of that id. Raises KeyError."""
    return _BY_ID[device]


_BY_ID: Final = {one.id: one for one in FITTINGS}
