"""Units that devices state, turned into ours where that is exact; a figure in any other unit is not ours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Ours = theirs × factor + offset.
_UNITS: Final[Mapping[tuple[str, str], tuple[float, float]]] = MappingProxyType(
    {
        ("temperature", "°C"): (1, 0),
        ("temperature", "C"): (1, 0),
        ("temperature", "°F"): (5 / 9, -160 / 9),
        ("temperature", "F"): (5 / 9, -160 / 9),
        ("temperature", "K"): (1, -273.15),
        ("power", "W"): (1, 0),
        ("power", "mW"): (0.001, 0),
        ("power", "kW"): (1000, 0),
        ("voltage", "V"): (1, 0),
        ("voltage", "mV"): (0.001, 0),
        ("lux", "lx"): (1, 0),
        ("battery", "%"): (1, 0),
        ("humidity", "%"): (1, 0),
        ("co2", "ppm"): (1, 0),
        ("pm25", "µg/m³"): (1, 0),  # with the micro sign, U+00B5
        ("pm25", "μg/m³"): (1, 0),  # with the Greek letter, U+03BC
        ("pm25", "ug/m3"): (1, 0),
        ("rssi", "dBm"): (1, 0),
        ("linkquality", "lqi"): (1, 0),  # Zigbee2MQTT's name for it
    }
)


def is_ours(signal: str, unit: str) -> bool:
    """Whether a figure of `signal` in `unit` can be written as ours; no unit at all only where ours has none."""
    return (signal, unit) in _UNITS or (unit == "" and signal in {"voc", "linkquality"})


def converted(signal: str, unit: str, figure: float) -> float:
    """The figure in our unit; one that `is_ours` refuses is let be."""
    factor, offset = _UNITS.get((signal, unit), (1, 0))
    return figure if (factor, offset) == (1, 0) else round(figure * factor + offset, 3)
