"""The example file with secrets that fit, and small files made from a valid one."""

from pathlib import Path

from hub.config.load import load
from hub.config.model import Config
from hub.config.problems import ConfigErrors

EXAMPLE = Path(__file__).parents[2] / "docs" / "hub.example.yaml"
PIN = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$bG9uZ2hhc2hsb25naGFzaGxvbmdoYXNobG9uZ2g"
SECRETS = {
    "HUB_SECRET_MQTT_PASSWORD": "opensesame",
    "HUB_SECRET_INFLUX_TOKEN": "influx-token-value",
    "HUB_SECRET_HQ_SECRET": "whsec_" + "c2Nob29sLWh1Yi10ZXN0LXNlY3JldC0wMDAx",
    "HUB_SECRET_DC09_KEY": "0123456789abcdef0123456789ABCDEF",
    "HUB_SECRET_CARETAKER_URL": "tgram://bot-token/chat",
    "HUB_SECRET_CARETAKER_PIN": PIN,
    "HUB_SECRET_INSPECTOR_PASSWORD": PIN,
}

SMALL = """\
site:
  id: school-1
  name: "School"
  timezone: Asia/Almaty
  hours: {weekdays: [mon, fri], open: "07:30", close: "19:00"}
zones:
  - {id: hall, name: Hall}
devices:
  - {id: panic-hall, kind: panic, zone: hall, dialect: esphome, topic: school/panic-hall}
  - {id: door-main, kind: door, zone: hall, dialect: zigbee2mqtt, topic: zigbee2mqtt/door-main}
channels:
  - {name: hq, kind: webhook, url: "https://hq.example/a", secret: !secret hq_secret}
routes:
  - {priority: critical, to: hq}
"""


def read(folder: Path, content: str | bytes, **environ: str) -> Config:
    """Loads `content` as hub.yaml in `folder`, with the example's secrets and those of `environ`."""
    path = folder / "hub.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path, SECRETS | environ)


def problems(folder: Path, content: str | bytes, **environ: str) -> list[str]:
    """What is wrong with `content`, each as `line: text`."""
    try:
        read(folder, content, **environ)
    except ConfigErrors as errors:
        return [f"{problem.line}: {problem.text}" for problem in errors.problems]
    return []


def small(**replaced: str) -> str:
    """The small file with a section put in place of its own, or added."""
    sections = {part.partition(":")[0]: part for part in SMALL.replace("\n  ", "\0  ").splitlines()}
    return "\n".join((sections | replaced).values()).replace("\0", "\n") + "\n"
