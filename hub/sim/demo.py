"""`hub demo`: broker, hub, headquarters' console and a simulated school, started by one command and ended by Ctrl-C."""

import argparse
import contextlib
import os
import secrets
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from hub.domain.commands import PlaceDevices
from hub.sim import broker, control
from hub.sim.children import Child, Children
from hub.sim.client import Address
from hub.sim.demo_site import NAMES, PASSWORD, PINS, Demo, anchor_of, new_secret, write_site
from hub.sim.demo_text import SAYS
from hub.sim.floors import places
from hub.sim.inventory import Fitting
from hub.sim.ports import free_port, listens, port_or_next
from hub.sim.school import TIMEZONE
from hub.sim.serial_line import has_lines
from hub.store.inbox import Inbox

FASTEST: Final = 600
BUTTON: Final = "panic-gym"
"""Pressed by the key."""

_READY_SECONDS: Final = 20
_LOOK: Final = 0.2


class Ended(Exception):
    """The demonstration can't go on; the text says why."""


def run_demo(options: argparse.Namespace) -> int:
    """Runs until Ctrl-C or SIGTERM: 0, or 1 after a sentence on stderr that says why it ended.

    `options` has `lang`, `speed`, `port`, `hq_port` and `dir` (None: a temporary folder, removed at the end).
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    says = SAYS[options.lang]
    try:
        with _folder(options) as folder, contextlib.ExitStack() as stack:
            children = Children(folder)
            stack.callback(children.stop)
            Demonstration(options, folder, children, stop).run()
    except Ended as ended:
        print(ended, file=sys.stderr)
        return 1
    print(says["bye"])
    return 0


class Demonstration:
    """One run, in `folder`."""

    def __init__(self, options: argparse.Namespace, folder: Path, children: Children, stop: threading.Event) -> None:
        if not 1 <= options.speed <= FASTEST:
            raise Ended(SAYS[options.lang]["speed"].format(fastest=FASTEST))
        self._options, self._folder, self._children, self._stop = options, folder, children, stop
        self._passwords = {user: secrets.token_urlsafe(16) for user in ("hub", "sensors", "console")}
        self._anchor = anchor_of(time.time_ns() // 1_000_000, options.speed)
        self._page_port = self._port(options.port, frozenset())
        self._console_port = self._port(options.hq_port, frozenset({self._page_port}))
        self._line = folder / "old-panel" if has_lines() else None
        if self._line is None:
            self._say("no_lines")

    def run(self) -> None:
        """Starts everything, tells where it is, and waits for keys and the end. Raises Ended."""
        self._say("starting")
        running = self._start_broker()
        hub = self._start_others(running)
        if self._wait_for_page(hub):
            self._tell_where(running)
            self._serve_keys()

    def _say(self, text: str, **words: object) -> None:
        print(self._text(text, **words), flush=True)

    def _text(self, text: str, **words: object) -> str:
        return SAYS[self._options.lang][text].format(**words)

    def _port(self, wanted: int, taken: frozenset[int]) -> int:
        try:
            port = port_or_next(wanted, taken)
        except OSError:
            raise Ended(self._text("no_port", wanted=wanted)) from None
        if port != wanted:
            self._say("port_taken", wanted=wanted, port=port)
        return port

    def _start_broker(self) -> broker.Broker:
        try:
            return broker.start(self._folder, free_port(), self._passwords, self._children)
        except broker.BrokerFailed as failed:
            raise Ended(self._text("no_broker", why=failed)) from None

    def _start_others(self, running: broker.Broker) -> Child:
        secret = new_secret()
        demo = Demo(
            language=self._options.lang,
            speed=self._options.speed,
            anchor=self._anchor,
            page_port=self._page_port,
            broker_port=running.port,
            mqtt_version=running.version,
            console=f"http://127.0.0.1:{self._console_port}",
            line=self._line,
        )
        self._devices = len(demo.fittings)
        is_new = not (self._folder / "hub.db").exists()
        config = write_site(self._folder, demo, self._passwords["hub"], secret)
        if is_new:
            self._place(demo.fittings)
        python = [sys.executable, "-m"]
        time_of_school = ["--speed", str(demo.speed), "--anchor", str(demo.anchor)]
        self._console = Address("127.0.0.1", running.port, "console", self._passwords["console"])
        self._children.start(
            "headquarters",
            [*python, "hub.sim.hq", "--port", str(self._console_port), "--timezone", TIMEZONE, *time_of_school],
            {"HQ_SECRET": secret, **control.to_environment(self._console)},
        )
        hub = self._children.start("hub", [*python, "hub.cli", "run", "-c", str(config)])
        school = [*python, "hub.sim.school", "--port", str(running.port), "--username", "sensors", *time_of_school]
        school += ["--line", str(self._line)] if self._line else []
        self._children.start("school", school, {"SIM_PASSWORD": self._passwords["sensors"]})
        return hub

    def _place(self, fittings: Iterable[Fitting]) -> None:
        """Puts the devices on the plans, as an inspector does on the page."""
        inbox = Inbox(self._folder / "hub.db")
        inbox.open()
        inbox.give(PlaceDevices(places(fittings), NAMES["inspector"]))
        inbox.close()

    def _wait_for_page(self, hub: Child) -> bool:
        """False where somebody ended it before."""
        until = time.monotonic() + _READY_SECONDS
        while not (listens(self._page_port) and listens(self._console_port)):
            self._check_children()
            if time.monotonic() > until:
                raise Ended(self._text("no_page", seconds=_READY_SECONDS, words=hub.last_words()))
            if self._stop.wait(0.1):
                return False
        return True

    def _check_children(self) -> None:
        ended = self._children.ended()
        if ended is not None and not self._stop.is_set():
            raise Ended(self._text("ended", name=ended.name, words=ended.last_words()))

    def _tell_where(self, running: broker.Broker) -> None:
        self._say(
            "ready",
            devices=self._devices,
            speed=self._options.speed,
            page=f"http://127.0.0.1:{self._page_port}/",
            console=f"http://127.0.0.1:{self._console_port}/?lang={self._options.lang}",
            broker=f"{running.name}, 127.0.0.1:{running.port}",
            folder=self._folder,
            caretaker=PINS["caretaker"],
            name=NAMES["inspector"],
            password=PASSWORD,
        )

    def _serve_keys(self) -> None:
        keys = _Keys()
        while not self._stop.is_set():
            self._check_children()
            for line in keys.lines(self._stop):
                self._on_key(line)

    def _on_key(self, line: str) -> None:
        if line != "p":
            self._say("keys")
        elif control.press(self._console, BUTTON):
            self._say("pressed", device=BUTTON)
        else:
            self._say("not_pressed")


class _Keys:
    """Lines typed into the terminal, as far as there is one."""

    def __init__(self) -> None:
        self._input: Any = sys.stdin
        self._rest = b""

    def lines(self, stop: threading.Event) -> Iterator[str]:
        """What was typed since, after a short wait at most."""
        if self._input is None:
            stop.wait(_LOOK)
            return
        readable, _, _ = select.select([self._input], [], [], _LOOK)
        if not readable:
            return
        typed = os.read(self._input.fileno(), 4096)
        if not typed:
            self._input = None
            return
        *lines, self._rest = (self._rest + typed).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace").strip()


@contextlib.contextmanager
def _folder(options: argparse.Namespace) -> Iterator[Path]:
    if options.dir is None:
        with tempfile.TemporaryDirectory(prefix="school-hub-demo-") as name:
            yield Path(name)
        return
    folder = options.dir.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Ended(SAYS[options.lang]["folder"].format(folder=folder, why=error.strerror)) from None
    yield folder
