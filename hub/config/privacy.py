"""What may never be configured in a restroom, and the reason that is given."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

REASON: Final = "refused on a restroom device: nothing that hears, sees or identifies a person may be there"
NO_CAMERA: Final = "is a restroom: no camera may be there, not even one of which no picture is taken"

# Beginnings of words, by what they tell of, in English, Russian and Kazakh, and with their letters put into Latin ones
# in ids and topics. Long enough to leave alone what is innocent: "microwave" (radar), "heartbeat" (a sign of life),
# "фотореле" and "photocell" (a light sensor), "лицей", "картридж", "аудитория", "уборка", "vodomer".
# "Камера" is a chamber, too, but nobody needs that word for a sensor of a restroom.
STEMS: Final = {
    "sound": (
        "microphone", "audio", "acoustic", "sound", "noise", "voice", "speech", "talk", "loud", "decibel", "listen",
        "intercom", "микрофон", "аудио", "акустич", "звук", "шум", "голос", "децибел", "диктофон", "прослуш", "подслуш",
        "домофон", "дауыс", "дыбыс", "шуыл", "тыңда", "mikrofon", "zvuk", "golos", "diktofon", "proslush", "domofon",
        "dauys", "dybys",
    ),
    "pictures": (
        "camera", "webcam", "dashcam", "imag", "picture", "photogra", "video", "snapshot", "stream", "rtsp", "onvif",
        "thermal", "surveil", "камер", "видео", "фотограф", "фотокамер", "фотоаппарат", "фотофикс", "фотосъ", "изображ",
        "снимок", "снимк", "тепловиз", "бейне", "сурет", "kamer", "fotokamer", "fotoapparat", "teploviz", "beine",
        "bejne",
    ),
    "persons": (
        "face", "facial", "recogni", "identit", "identific", "fingerprint", "biometr", "heartrate", "breath",
        "respirat", "gait", "emotion", "retina", "imei", "распозна", "личност", "идентиф", "отпечат", "биометр",
        "карточк", "дыхани", "саусақ", "тұлға", "әлпет", "тыныс", "raspozna", "biometri",
    ),
}  # fmt: skip
WORDS: Final = frozenset(
    {
        "mic", "mics", "cam", "cams", "cctv", "ptz", "photo", "photos", "jpeg", "mjpeg", "jpg", "spl", "db", "dba",
        "laeq", "shum", "шу", "фото", "foto", "rfid", "nfc", "badge", "card", "cards", "iris", "heart", "лицо", "лица",
        "лиц", "лицу", "litso",
    }
)  # fmt: skip
"""Whole words: as beginnings they would be innocent."""
RADIO: Final = ("bluetooth", "ble")
"""As a channel it counts the telephones of those who are there. As the way of a leak sensor's messages (a topic, a
label) it is innocent."""

_STEMS: Final = tuple(stem for stems in STEMS.values() for stem in stems)


def intrudes(text: str) -> bool:
    """Whether an id, a topic, a label or a model of this name would hear, see or identify somebody."""
    return any(word in WORDS or word.startswith(_STEMS) for word in _words(text))


def intrudes_as_channel(name: str) -> bool:
    """The same of a key, a channel or a signal."""
    return intrudes(name) or any(word.startswith(RADIO) for word in _words(name))


def _words(text: str) -> Iterator[str]:
    """Its words, and those that only capital letters part (`micLevel`)."""
    plain = unicodedata.normalize("NFKC", text)
    parted = re.sub(r"(?<=[a-zа-яёәғқңөұүһі])(?=[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ])", " ", plain)
    yield from re.findall(r"[^\W\d_]+", f"{parted} {plain}".casefold())


_RESTROOM_STEMS: Final = (
    "restroom", "toilet", "lavator", "washroom", "bathroom", "туалет", "санузел", "санузл", "уборная", "дәретхана",
    "әжетхана", "tualet", "sanuz", "daretkhana", "azhetkhana",
)  # fmt: skip
_ELSEWHERE: Final = frozenset({"entrance", "exit", "restricted"})
"""Roles of doors that no restroom has."""


def is_restroom(names: Iterable[str], devices: Iterable[tuple[str, str]]) -> bool:
    """Whether a zone is a restroom, by its id and names and the (kind, role) of its devices.

    It is one where it has restroom sensors, and is named so or has nothing that stands elsewhere (a panic button, a way
    out): a small school may well count its restroom's sensors to the whole floor.
    """
    there = list(devices)
    if all(kind != "restroom" for kind, _ in there):
        return False
    elsewhere = any(kind == "panic" or (kind == "door" and role in _ELSEWHERE) for kind, role in there)
    return not elsewhere or any(
        word == "wc" or word.startswith(_RESTROOM_STEMS) for name in names for word in _words(name)
    )
