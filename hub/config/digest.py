"""What the journal keeps of hub.yaml: digests, so that every change of it is on record and no secret ever is."""

import hashlib
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import msgspec

from hub.config.model import Config, Secret
from hub.domain.decision import Entry

_SHORT = 16


class ConfigRecord(msgspec.Struct, frozen=True):
    """Body of a journal entry of kind `config`. `digest` is the SHA-256 of the whole configuration as it was read,
    without secrets; `parts` and `devices` hold shorter digests of each section and device. `changed` names the
    sections, `added`, `removed` and `altered` the devices that differ from the entry before."""

    version: str
    digest: str
    counts: Mapping[str, int]
    parts: Mapping[str, str]
    devices: Mapping[str, str]
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


def config_entry(config: Config, before: str | None, version: str, wall: int) -> Entry | None:
    """The journal's line about `config`, None where nothing has changed since `before`, the body of the last one."""
    last = msgspec.json.decode(before, type=ConfigRecord) if before is not None else None
    record = _record(config, version)
    if last is not None:
        if last.digest == record.digest:
            return None
        record = _compared(record, last)
    else:
        record = msgspec.structs.replace(record, added=tuple(sorted(record.devices)), changed=tuple(record.parts))
    return Entry("config", wall, msgspec.to_builtins(record))


def _record(config: Config, version: str) -> ConfigRecord:
    site = config.site
    parts: dict[str, object] = {
        "site": (site.id, site.name, site.language),
        "hours": site.hours,
        "zones": site.zones,
        "routes": site.routes,
        "channels": config.channels,
        "people": config.people,
        "databases": config.influx,
        "serial": config.serial,
        "mqtt": config.mqtt,
        "store": config.store,
        "web": config.web,
    }
    # Whatever else a later version's configuration has is part of the digest without being named here.
    whole = {name: getattr(config, name) for name in config.__struct_fields__ if name != "path"}
    counts = {
        "devices": len(site.devices),
        "zones": len(site.zones),
        "channels": len(config.channels),
        "routes": len(site.routes),
        "people": len(config.people),
    }
    return ConfigRecord(
        version=version,
        digest=_digest(whole),
        counts=counts,
        parts={name: _digest(part)[:_SHORT] for name, part in parts.items()},
        devices={name: _digest(_whole(config, name))[:_SHORT] for name in site.devices},
    )


def _whole(config: Config, name: str) -> object:
    """A device with the user that a camera is asked as, of whom the device itself knows nothing."""
    device, login = config.site.devices[name], config.logins.get(name)
    return device if login is None else (device, login)


def _compared(record: ConfigRecord, last: ConfigRecord) -> ConfigRecord:
    both = record.devices.keys() & last.devices.keys()
    return msgspec.structs.replace(
        record,
        changed=tuple(name for name, part in record.parts.items() if last.parts.get(name) != part),
        added=tuple(sorted(record.devices.keys() - both)),
        removed=tuple(sorted(last.devices.keys() - both)),
        altered=tuple(sorted(name for name in both if record.devices[name] != last.devices[name])),
    )


def _digest(value: object) -> str:
    plain = msgspec.to_builtins(_ordered(value), enc_hook=_plain)
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def _ordered(value: Any) -> Any:
    """The value with its sets in order and its secrets masked, so that equal configurations have equal digests."""
    if isinstance(value, Secret):
        return repr(value)
    if isinstance(value, msgspec.Struct):
        return {name: _ordered(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): _ordered(inner) for key, inner in value.items()}
    if isinstance(value, Set):
        return sorted((_ordered(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [_ordered(inner) for inner in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value).__name__)
