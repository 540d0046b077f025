"""Runs the simulated school: `python -m hub.sim.school --port 1883 --speed 60`.

Presses are asked for on MQTT: any message to `sim/press/<device>` presses that device's button, the panic buttons
`panic-…` and the help buttons `help-…`. The password comes from the environment variable SIM_PASSWORD.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from hub.domain.schedule import school_time
from hub.domain.site import Hours
from hub.sim.bought import announcements
from hub.sim.client import Address
from hub.sim.day import Signals, is_heard, signals
from hub.sim.devices import availability, bridge_state, zigbee_action
from hub.sim.inventory import FITTINGS, Fitting, fitting
from hub.sim.nodes import Nodes
from hub.sim.panel import Panel
from hub.sim.panic_button import PanicButton
from hub.sim.timetable import CLOSES, OPENS

TIMEZONE: Final = "Asia/Almaty"
PRESS_TOPIC: Final = "sim/press"

_STEP: Final = 0.2


class School:
    """Some sixty devices: Zigbee2MQTT's bridge, each panic button, and all other nodes together, each on a
    connection of their own; and an old panel on the serial `line`, if there is one. `anchor` (UTC, ms) and `speed` are
    those of hub.yaml's `site.demo`. Raises OSError where the line can't be had."""

    def __init__(
        self, address: Address, *, speed: int = 1, anchor: int = 0, seed: int = 1, line: Path | None = None
    ) -> None:
        self._address = address
        self._hours = Hours(TIMEZONE, frozenset(range(6)), OPENS, CLOSES, speed=speed, anchor=anchor)
        self._seed = seed
        networked = [one for one in FITTINGS if one.dialect != "serial"]
        self.buttons = {one.id: PanicButton(one) for one in networked if one.kind == "panic"}
        self.panel = Panel(line, [one for one in FITTINGS if one.dialect == "serial"]) if line else None
        zigbee = [one for one in networked if one.dialect == "zigbee2mqtt"]
        boards = [one for one in networked if one.dialect != "zigbee2mqtt" and one.kind != "panic"]
        self._bridge = Nodes(
            "sim-zigbee2mqtt",
            zigbee,
            will=bridge_state(online=False),
            greeting=[bridge_state(online=True)],
            received=self._on_press,
        )
        # A connection has one will; where many boards share it, the others are just not heard of any more.
        self._boards = Nodes(
            "sim-boards",
            boards,
            will=availability(boards[0], online=False),
            greeting=[message for one in boards for message in announcements(one)],
            received=self._on_press,
        )

    def run(self, stop: threading.Event) -> None:
        """Plays the day until `stop` is set, then says goodbye for every device."""
        self._bridge.start(self._address, f"{PRESS_TOPIC}/+")
        self._boards.start(self._address)
        for button in self.buttons.values():
            button.start(self._address)
        while not stop.wait(_STEP):
            self._step()
        for button in self.buttons.values():
            button.stop()
        self._boards.stop()
        self._bridge.stop()
        if self.panel:
            self.panel.stop()

    def press(self, device: str) -> None:
        """Presses a panic or help button. Raises KeyError for a device that has none."""
        if device in self.buttons:
            self.buttons[device].press()
            return
        if self.panel and device in self.panel.buttons:
            self.panel.press(device)
            return
        one = fitting(device)
        if one.senses != "help":
            raise KeyError(device)
        self._bridge.send(zigbee_action(one, signals(one, self._moment(), self._seed)))

    def _step(self) -> None:
        moment = self._moment()

        def signals_of(one: Fitting) -> Signals | None:
            return signals(one, moment, self._seed) if is_heard(one, moment, self._seed) else None

        self._bridge.step(signals_of)
        self._boards.step(signals_of)
        if self.panel:
            self.panel.step(signals_of)
        for button in self.buttons.values():
            button.tend()
            button.tell(signals(button.fitting, moment, self._seed))

    def _moment(self) -> datetime:
        return school_time(self._hours, time.time_ns() // 1_000_000)

    def _on_press(self, topic: str, _payload: bytes) -> None:
        device = topic.rpartition("/")[2]
        try:
            self.press(device)
        except KeyError:
            print(f"{device}: no such button", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m hub.sim.school", description="A simulated school on MQTT")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--username", default="")
    parser.add_argument("--speed", type=int, default=1, help="how much faster than life the day passes")
    parser.add_argument("--anchor", type=int, default=0, help="as site.demo.anchor in hub.yaml: UTC, ms")
    parser.add_argument("--seed", type=int, default=1, help="which days these are")
    parser.add_argument("--line", type=Path, metavar="PATH", help="where the port of the old panel appears")
    options = parser.parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    address = Address(options.host, options.port, options.username, os.environ.get("SIM_PASSWORD", ""))
    school = School(address, speed=options.speed, anchor=options.anchor, seed=options.seed, line=options.line)
    school.run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
