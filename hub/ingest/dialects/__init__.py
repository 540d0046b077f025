"""The dialects that sensors speak: one file each, one line in this table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.ingest.dialect import Dialect
from hub.ingest.dialects.esphome import EspHome

DIALECTS: Final[Mapping[str, type[Dialect]]] = MappingProxyType({"esphome": EspHome})
"""By the name that hub.yaml gives them."""
