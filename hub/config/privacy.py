"""What may never be configured in a restroom, and the reason that is given."""

import re
from typing import Final

REASON: Final = "refused on a restroom device: nothing that hears, sees or identifies a person may be there"

_STEMS: Final = (
    "microphone", "audio", "acoustic", "sound", "noise", "voice", "speech", "talk", "loud", "decibel",
    "camera", "imag", "picture", "photo", "video", "snapshot", "stream", "rtsp", "onvif", "thermal",
    "face", "facial", "recogni", "identi", "fingerprint", "biometr", "listen", "intercom", "heart", "breath", "gait",
    "bluetooth", "imei", "микрофон", "звук", "шум", "голос", "камера", "видео", "фото", "лицо", "дауыс", "дыбыс",
    "бейне",
)  # fmt: skip
_WORDS: Final = frozenset(
    {"mic", "mics", "cam", "cams", "spl", "db", "dba", "rfid", "nfc", "laeq", "ble", "badge", "iris"}
)


def intrudes(name: str) -> bool:
    """Whether a key, a channel or a signal of this name would hear, see or identify somebody."""
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    words = re.findall(r"[^\W\d_]+", f"{parted} {name}".casefold())
    return any(word in _WORDS or word.startswith(_STEMS) for word in words)
