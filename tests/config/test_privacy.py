"""What may not be in a restroom: every word of the list, in every place of a device where a word can stand."""

from pathlib import Path

import pytest

from hub.config.privacy import RADIO, REASON, STEMS, WORDS, intrudes, intrudes_as_channel

from .files import problems, small

ALL = sorted({stem for stems in STEMS.values() for stem in stems} | WORDS)
ENDINGS = {stem: ("s", "ы", "дың") for stems in STEMS.values() for stem in stems}
INNOCENT = (
    "vodomer", "Водомер", "Су есептегіші", "WC 1 boys", "Ұлдар дәретханасы", "Санузел мальчиков, 1 этаж",
    "Туалет для учеников", "microwave radar", "radar presence", "human_presence", "heartbeat", "photocell",
    "фотореле", "фотодатчик", "surface leak", "под раковиной", "Лицей №3", "картридж", "аудитория", "уборка",
    "requires service", "soap dispenser", "Сабын", "Тұтқа", "бетон", "Жүз", "school/wc-1/sensor/voc/state",
    "zigbee2mqtt/wc leak 0x00158d", "theengs/ble/wc-leak", "BLE leak sensor", "device:A4C138D0",
    "esphome v2026.6.5", "camp", "dbus", "micron", "cardinal", "facility", "interface", "upstream",
    "көмек түймесі", "Кнопка помощи", "Су ағуы", "Протечка", "Ауа сапасы", "Качество воздуха", "identify",
    "VINDSTYRKA",
)  # fmt: skip
FIELDS = {
    "id": "{{id: {word}, kind: restroom, zone: wc, dialect: json, topic: a}}",
    "topic": '{{id: x, kind: restroom, zone: wc, dialect: json, topic: "school/{word}/1"}}',
    "name": '{{id: x, kind: restroom, zone: wc, dialect: json, topic: a, name: "{word} 1"}}',
    "name in a language": "{{id: x, kind: restroom, zone: wc, dialect: json, topic: a, "
    'name: {{kk: "А", ru: "{word} 1"}}}}',
    "map": '{{id: x, kind: restroom, zone: wc, dialect: json, topic: a, map: {{"{word}_1": co2}}}}',
    "signal": '{{id: x, kind: restroom, zone: wc, dialect: json, topic: a, map: {{a: "{word}"}}}}',
    "values": "{{id: x, kind: restroom, zone: wc, dialect: json, topic: a, "
    'map: {{a: {{signal: occupancy, values: {{"{word} 1": "true"}}}}}}}}',
    "key": '{{id: x, kind: restroom, zone: wc, dialect: json, topic: a, "{word}": 5}}',
}  # fmt: skip


def school(*devices: str, zone: str = "{id: wc, name: A}") -> str:
    lines = "\n".join(f"  - {device}" for device in devices)
    return small(zones=f"zones:\n  - {{id: hall, name: Hall}}\n  - {zone}", devices=f"devices:\n{lines}")


@pytest.mark.parametrize("word", ALL)
def test_every_word_is_refused_alone_inflected_in_capitals_and_within_a_name(word):
    for one in (word, word.upper(), word.capitalize(), f"wc_{word}_2", f"wc-1.{word}", f"wcLevel{word.capitalize()}2"):
        assert intrudes(one), one
    for ending in ENDINGS.get(word, ()):
        assert intrudes(f"Су {word}{ending} 1"), ending


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_are_left_alone(text):
    assert not intrudes(text)


def test_a_radio_is_refused_as_a_channel_and_not_as_the_way_of_a_message():
    for word in RADIO:
        assert intrudes_as_channel(f"{word}_devices")
        assert not intrudes(f"theengs/{word}/wc")


def test_letters_of_another_width_hide_nothing():
    assert intrudes("ｍｉｃｒｏｐｈｏｎｅ")


@pytest.mark.parametrize("field", FIELDS)
def test_the_schema_gives_the_reason_wherever_the_word_stands(tmp_path: Path, field: str):
    words = [word for word in ALL if field != "id" or word.isascii()]
    for word in words:
        found = problems(tmp_path, school(FIELDS[field].format(word=word)))
        assert len(found) == 1, (word, found)
        assert REASON in found[0]
        assert word in found[0]


def test_every_innocent_name_is_taken(tmp_path: Path):
    for number, text in enumerate(INNOCENT):
        entry = FIELDS["name"].format(word=text.replace('"', ""))
        assert problems(tmp_path, school(entry)) == [], (number, text)


WC = "{id: wc-1, kind: restroom, zone: wc, dialect: esphome, topic: school/wc-1}"
CAMERA = "{id: cam, kind: camera, zone: wc, rtsp: 'rtsp://10.0.0.9/1'}"
WC_DOOR = "{id: wc-door, kind: door, zone: wc, dialect: esphome, topic: school/d, role: restroom}"
LAMP = "{id: lamp, kind: lighting, zone: wc, dialect: esphome, topic: school/l}"
PANIC = "{id: panic, kind: panic, zone: wc, dialect: esphome, topic: school/p}"
EXIT = "{id: exit, kind: door, zone: wc, dialect: esphome, topic: school/e, role: exit}"
NAMED = (
    "{id: wc-1-boys, name: A}", "{id: wc, name: Boys' toilet}", "{id: wc, name: Дәретхана}",
    '{id: wc, name: {kk: "Ұлдар дәретханасы", ru: "Санузел мальчиков"}}', "{id: b, name: Туалеты 1 этажа}",
)  # fmt: skip


@pytest.mark.parametrize("devices", [(WC, CAMERA), (CAMERA, WC), (WC, WC_DOOR, LAMP, CAMERA)])
def test_a_camera_in_a_restroom_is_refused_with_the_reason_whichever_was_there_first(tmp_path: Path, devices):
    [found] = problems(tmp_path, school(*devices, zone="{id: wc, name: Floor}"))
    assert "zone 'wc' is a restroom: no camera may be there" in found
    assert found.startswith(f"{9 + devices.index(CAMERA) + 1}:")


@pytest.mark.parametrize("zone", NAMED)
def test_what_is_called_a_restroom_is_one_even_with_a_panic_button(tmp_path: Path, zone: str):
    name = zone.partition("id: ")[2].partition(",")[0]
    devices = [one.replace("zone: wc,", f"zone: {name},") for one in (WC, PANIC, CAMERA)]
    [found] = problems(tmp_path, school(*devices, zone=zone))
    assert "is a restroom: no camera may be there" in found


@pytest.mark.parametrize("devices", [(WC, PANIC, CAMERA), (WC, EXIT, CAMERA), (LAMP, CAMERA), (CAMERA,)])
def test_a_floor_with_a_restroom_on_it_or_a_room_without_one_may_have_a_camera(tmp_path: Path, devices):
    there = [device.replace("zone: wc,", "zone: floor,") for device in devices]
    assert problems(tmp_path, school(*there, zone="{id: floor, name: Floor}")) == []
