"""Where devices announce themselves by Home Assistant's MQTT discovery.

Source: Home Assistant's documentation of its MQTT integration, "Discovery topic".
"""

from typing import Final

BY_IDENTIFIER: Final = "device:"
"""Begins the `topic:` of a device that is known by an identifier instead of a configuration topic."""

COMPONENTS: Final = frozenset(
    {
        "alarm_control_panel", "binary_sensor", "button", "camera", "climate", "cover", "date", "datetime", "device",
        "device_automation", "device_tracker", "event", "fan", "humidifier", "image", "lawn_mower", "light", "lock",
        "notify", "number", "scene", "select", "sensor", "siren", "switch", "tag", "text", "time", "update", "vacuum",
        "valve", "water_heater",
    }
)  # fmt: skip


def place(topic: str) -> tuple[str, str] | None:
    """Component and object id of a configuration topic without its `/config`, None where it has not that form."""
    parts = topic.split("/")
    if len(parts) >= 4 and parts[-3] in COMPONENTS:
        return parts[-3], parts[-1]
    return (parts[-2], parts[-1]) if len(parts) >= 3 and parts[-2] in COMPONENTS else None
