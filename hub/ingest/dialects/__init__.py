"""The dialects that sensors speak: one file each, one line in this table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.ingest.dialect import Dialect
from hub.ingest.dialects.esphome import EspHome
from hub.ingest.dialects.homeassistant import HomeAssistant
from hub.ingest.dialects.json import Json
from hub.ingest.dialects.shelly import Shelly
from hub.ingest.dialects.tasmota import Tasmota
from hub.ingest.dialects.zigbee2mqtt import Zigbee2Mqtt

DIALECTS: Final[Mapping[str, type[Dialect]]] = MappingProxyType(
    {
        "esphome": EspHome,
        "zigbee2mqtt": Zigbee2Mqtt,
        "tasmota": Tasmota,
        "shelly": Shelly,
        "json": Json,
        "homeassistant": HomeAssistant,
    }
)
"""By the name that hub.yaml gives them. The first that knows a topic has it: an announcement can't take another
dialect's topic away."""
