"""Composition root: builds the hub from its configuration, starts it in order, stops it in reverse."""

import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Callable

from hub.config.model import Config
from hub.domain.now import Now
from hub.forward.channels import channel_of
from hub.forward.influx.feeder import Feeder
from hub.forward.runner import Runner
from hub.forward.worker import Worker
from hub.ingest.dialect import LaneName
from hub.ingest.dialects import DIALECTS
from hub.ingest.lane import Lane
from hub.ingest.lanes import Lanes
from hub.ingest.mailbox import Mailbox
from hub.ingest.router import Router
from hub.ops.clock import Clock
from hub.ops.notify import notify
from hub.ops.page_process import PageProcess
from hub.pipeline import Outlet, Pipeline
from hub.store.beat import Beat, Heart
from hub.store.inbox import Inbox
from hub.store.memory import load_state
from hub.store.store import Store
from hub.store.upkeep import Upkeeper

log = logging.getLogger(__name__)

# A thread that computes gives way after this many seconds: the default of 5 ms is longer than a press may take.
_SWITCH_SECONDS = 0.0005


def run(config: Config) -> None:
    """Runs the hub until SIGTERM or SIGINT. Raises AlreadyRunning, OSError or sqlite3.Error where it can't start."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    stop = threading.Event()
    mailbox = Mailbox()

    def end(_signal: int, _frame: object) -> None:
        stop.set()
        mailbox.wake()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with contextlib.ExitStack() as stack:
        pipeline, beat = _start(config, mailbox, stack)
        notify("READY=1")
        log.info("ready")
        pipeline.run(stop, beat)
        notify("STOPPING=1")


def _start(
    config: Config, mailbox: Mailbox, stack: contextlib.ExitStack
) -> tuple[Pipeline, Callable[[Now], None]]:
    """Each thing that is started puts its own stop on the stack."""
    clock = Clock()
    heart = Heart(config.store.path)
    heart.start()
    stack.callback(heart.stop)
    store, inbox = Store(config.store.path), Inbox(config.store.path)
    store.open()
    stack.callback(store.close)
    inbox.open()
    stack.callback(inbox.close)
    state = load_state(store.connection, config.site, clock.now())

    router = Router(config.site.devices.values(), DIALECTS)
    lanes = Lanes(_lane(config, router, LaneName.PANIC), _lane(config, router, LaneName.TELEMETRY), mailbox)
    stack.callback(lanes.close)

    workers = {
        settings.name: Worker(channel_of(settings), config.site.id, state.epoch, config.store.path, mailbox.post)
        for settings in config.channels
    }
    runners = [
        Runner(name, lambda now, worker=worker: worker.step(now.wall, now.mono), worker.close, clock.now, worker.woken)  # type: ignore[misc]
        for name, worker in workers.items()
    ]
    for influx in config.influx:
        feeder = Feeder(influx, config.site, config.store.path, mailbox.post)
        runners.append(Runner(influx.name, feeder.step, feeder.close, clock.now))
    upkeeper = Upkeeper(config.store.path, config.store.keep_readings, mailbox.post)
    runners.append(Runner("upkeep", upkeeper.step, upkeeper.close, clock.now))
    page = PageProcess(config.path)
    runners.append(Runner("page", page.step, page.close, clock.now))
    for runner in runners:
        runner.start()
    stack.callback(_stop_all, runners)

    outlets: dict[str, Outlet] = dict(workers)
    pipeline = Pipeline(
        state=state, store=store, inbox=inbox, router=router, lanes=lanes, mailbox=mailbox, outlets=outlets,
        now=clock.now,
    )  # fmt: skip
    return pipeline, _Pulse(heart, pipeline, runners, clock.now()).beat


def _lane(config: Config, router: Router, name: LaneName) -> Lane:
    return Lane(config.mqtt, name, f"hub-{config.site.id}-{name}", router.filters(name))


def _stop_all(runners: list[Runner]) -> None:
    for runner in reversed(runners):
        runner.stop()
