"""hub.yaml as a whole: its sections, and the Config that they make together."""

from typing import Any, Final

from hub.config import devices, outside, school, serial, walls
from hub.config.fields import Reading
from hub.config.model import HQ_CHANNELS, Config, Mqtt, Store, Web, proves
from hub.config.sections import Field, Section, distinct, doubles, needed
from hub.config.source import Node
from hub.domain.site import Device, Limits, Site


def _devices(reading: Reading, node: Node) -> tuple[Device, ...]:
    doubles(reading, node, "dialect", "topic")
    read: tuple[Device, ...] = distinct(devices.DEVICE.read, "id")(reading, node)
    return read


def _config(reading: Reading, values: dict[str, Any]) -> Config:
    channels = values.get("channels", ())
    site = Site(
        **values.pop("site"),
        zones={zone.id: zone for zone in values.pop("zones")},
        devices={device.id: device for device in values.pop("devices")},
        channels=tuple(channel.name for channel in channels),
        routes=values.pop("routes"),
        limits=values.pop("alarms", Limits()),
        posters={poster.id: poster for poster in values.pop("posters", ())},
        hq_channels=frozenset(channel.name for channel in channels if isinstance(channel, HQ_CHANNELS)),
        proving=frozenset(channel.name for channel in channels if proves(channel)),
    )
    return Config(
        **{"mqtt": Mqtt(), "store": Store(), "web": Web(), **values},
        path=reading.path,
        site=site,
        logins=reading.logins,
    )


HUB: Final = Section(
    "hub.yaml",
    {
        "site": needed(school.SITE.read),
        "mqtt": Field(outside.MQTT.read),
        "store": Field(outside.STORE.read),
        "web": Field(outside.WEB.read),
        "zones": needed(distinct(school.ZONE.read, "id")),
        "devices": needed(_devices),
        "alarms": Field(school.ALARMS.read),
        "serial": Field(serial.serial),
        "influx": Field(distinct(outside.INFLUX.read, "name")),
        "channels": Field(distinct(outside.CHANNEL.read, "name")),
        "routes": needed(outside.routes),
        "people": Field(distinct(outside.PERSON.read, "name")),
        "posters": Field(distinct(walls.POSTER.read, "id")),
        "plans": Field(distinct(walls.PLAN.read, "floor")),
    },
    _config,
)

SECTIONS: Final = (
    HUB,
    school.SITE,
    school.HOURS,
    school.DEMO,
    outside.MQTT,
    outside.LIMITS,
    outside.TLS,
    outside.STORE,
    outside.WEB,
    school.ZONE,
    *devices.DEVICE.sections.values(),
    devices.CALIBRATED,
    school.ALARMS,
    serial.SERIAL,
    serial.UNIT,
    serial.READ,
    *outside.INFLUX.sections.values(),
    *outside.CHANNEL.sections.values(),
    outside.ROUTE,
    outside.QUIET,
    outside.PERSON,
    walls.POSTER,
    walls.PLAN,
)
"""Every block of keys; docs/configuration.md has a heading for each."""
