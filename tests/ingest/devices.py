"""Devices of each kind, for the decoders' tests."""

from hub.domain.site import Device, Mapped


def esphome(kind: str, **more: object) -> Device:
    return Device(id=f"{kind}-1", kind=kind, zone="hall", dialect="esphome", topic=f"school/{kind}-1",
                  silent_after=1000, **more)  # type: ignore[arg-type]  # fmt: skip


def zigbee(kind: str, **more: object) -> Device:
    return Device(id=f"{kind}-1", kind=kind, zone="hall", dialect="zigbee2mqtt", topic=f"zigbee2mqtt/{kind}-1",
                  silent_after=1000, **more)  # type: ignore[arg-type]  # fmt: skip


def plain(dialect: str, kind: str, **more: object) -> Device:
    return Device(id=f"{dialect}-{kind}", kind=kind, zone="hall", dialect=dialect, topic=f"{dialect}-{kind}",
                  silent_after=1000, **more)  # type: ignore[arg-type]  # fmt: skip


def mapped(**channels: str) -> dict[str, Mapped]:
    return {name: Mapped(signal) for name, signal in channels.items()}
