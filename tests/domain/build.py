"""A small school for the domain's tests, and a clock that only they move."""

from dataclasses import dataclass, field

import msgspec

from hub.domain.decide import decide
from hub.domain.decision import Decision, apply
from hub.domain.events import Event
from hub.domain.now import Now
from hub.domain.reports import Press, Report
from hub.domain.signals import Value
from hub.domain.site import Device, Hours, Route, Site, Zone
from hub.domain.state import SiteState

TUESDAY_10 = 1_795_496_400_000  # 2026-11-24 10:00 in Almaty (UTC+5)

LONG = 7 * 86_400_000

DEVICES = (
    Device(id="panic-hall", kind="panic", zone="hall", dialect="esphome", topic="school/panic-hall", silent_after=LONG),
    Device(id="panic-zb", kind="panic", zone="hall", dialect="zigbee2mqtt", topic="zigbee2mqtt/p", silent_after=LONG),
    Device(id="door", kind="door", zone="hall", role="entrance", silent_after=LONG, held_after=120_000),
    Device(id="light", kind="lighting", zone="hall", silent_after=LONG, min_lux=150, dark_after=300_000),
    Device(id="wc", kind="restroom", zone="wc", silent_after=LONG),
    Device(id="cam", kind="camera", zone="hall", silent_after=LONG),
)


def site(silent_after: int = LONG) -> Site:
    """A school with one device of each kind, open Monday to Saturday 07:30 to 19:00; its first panic button may be
    silent for `silent_after` ms."""
    first = msgspec.structs.replace(DEVICES[0], silent_after=silent_after)
    routes = (
        Route(frozenset({"critical"}), ("hq",), ((30_000, ("phone",)), (90_000, ("caretaker",)))),
        Route(frozenset({"high", "medium"}), ("caretaker",)),
    )
    return Site(
        id="school-1",
        name={"kk": "№1 мектеп", "ru": "Школа №1", "en": "School No. 1"},
        language="kk",
        hours=Hours("Asia/Almaty", frozenset(range(6)), 7 * 60 + 30, 19 * 60),
        zones={
            "hall": Zone("hall", 1, {"kk": "Вестибюль", "ru": "Вестибюль", "en": "Hall"}),
            "wc": Zone("wc", 1, {"kk": "Дәретхана", "ru": "Санузел", "en": "Restroom"}),
        },
        devices={device.id: device for device in (first, *DEVICES[1:])},
        channels=("hq", "phone", "caretaker"),
        routes=routes,
        hq_channels=frozenset({"hq"}),
    )


@dataclass
class School:
    """A running school without I/O: events go in, decisions come out and are applied."""

    silent_after: int = LONG
    now: Now = field(default_factory=lambda: Now(TUESDAY_10, 5_000_000))
    state: SiteState = field(init=False)

    def __post_init__(self) -> None:
        self.state = SiteState(site(self.silent_after), self.now, "e0")

    def after(self, seconds: float, *, wall_jump: float = 0) -> "School":
        """Lets time pass; `wall_jump` seconds are a step of the wall clock alone."""
        ms = int(seconds * 1000)
        self.now = Now(self.now.wall + ms + int(wall_jump * 1000), self.now.mono + ms)
        return self

    def happens(self, event: Event) -> Decision:
        decision = decide(self.state, event, self.now)
        apply(self.state, decision)
        return decision

    def says(self, device: str, *, retained: bool = False, **signals: Value) -> Decision:
        return self.happens(Report(device, tuple(signals.items()), retained=retained))

    def presses(
        self, device: str = "panic-hall", boot: int | None = 7, seq: int | None = 1, event: str = "press"
    ) -> Decision:
        return self.happens(Report(device, presses=(Press(event, boot, seq),)))  # type: ignore[arg-type]

    def open(self) -> list[str]:
        """Types of the open alarms, oldest first."""
        return [alarm.type for alarm in reversed(self.state.open_alarms())]
