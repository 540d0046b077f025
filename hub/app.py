"""Composition root: builds the hub from its configuration, starts it in order, stops it in reverse."""

import contextlib
import gc
import logging
import signal
import sys
import threading
from collections.abc import Callable

from hub.adopt.newcomers import Newcomers
from hub.config.model import Config
from hub.domain.now import Now
from hub.forward.channels import channel_of
from hub.forward.runner import Runner, stop_all
from hub.forward.worker import Worker
from hub.ingest.announced import AnnouncedFile
from hub.ingest.cameras import checkers
from hub.ingest.dialect import LaneName
from hub.ingest.dialects import DIALECTS
from hub.ingest.floodgate import Floodgate
from hub.ingest.lane import Lane
from hub.ingest.lanes import Lanes
from hub.ingest.mailbox import Mailbox
from hub.ingest.own import OwnTopic
from hub.ingest.router import Router
from hub.ingest.serial.build import answerer, worker_of
from hub.ingest.serial.worker import SerialWorker
from hub.keeper import Outlet
from hub.ops.clock import Clock
from hub.ops.notify import notify
from hub.ops.page_process import PageProcess
from hub.ops.posters import PosterWatch
from hub.pipeline import Pipeline
from hub.pulse import Pulse
from hub.record import start_record
from hub.store.beat import Heart, read_pulse
from hub.store.inbox import Inbox
from hub.store.start import begin
from hub.store.store import Store
from hub.store.upkeep import Upkeeper

log = logging.getLogger(__name__)

# A thread that computes gives way after this many seconds: the default of 5 ms is longer than a press may take.
_SWITCH_SECONDS = 0.0005


def run(config: Config) -> bool:
    """Runs the hub until SIGTERM or SIGINT; True where it has to start anew, since hub.yaml has changed: SIGHUP, or a
    device that was adopted, or the store can be opened at last. Raises AlreadyRunning where another hub lives."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    stop = threading.Event()
    mailbox = Mailbox()

    def end(_signal: int, _frame: object) -> None:
        stop.set()
        mailbox.wake()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    anew = threading.Event()

    def start_anew() -> None:
        anew.set()
        end(0, None)

    newcomers = Newcomers(config, start_anew)
    signal.signal(signal.SIGHUP, lambda _signal, _frame: newcomers.look_again())
    with contextlib.ExitStack() as stack:
        pipeline, beat = _start(config, mailbox, newcomers, start_anew, stack)
        gc.freeze()  # the school's state lives as long as the process: looking through it would hold up a press
        notify("READY=1")
        log.info("ready")
        pipeline.run(stop, beat)
        notify("RELOADING=1" if anew.is_set() else "STOPPING=1")
    return anew.is_set()


def _start(
    config: Config, mailbox: Mailbox, newcomers: Newcomers, start_anew: Callable[[], None], stack: contextlib.ExitStack
) -> tuple[Pipeline, Callable[[Now], None]]:
    """Each thing that is started puts its own stop on the stack."""
    clock = Clock()
    down_since = read_pulse(config.store.path).down_since
    heart = Heart(config.store.path)
    heart.start()
    stack.callback(heart.stop)
    store, inbox = Store(config.store.path), Inbox(config.store.path)
    begun = begin(store, config.site, clock.now, down_since)
    state = begun.state
    stack.callback(store.close)
    stack.callback(inbox.close)
    record = start_record(config, begun.past, down_since, clock.now())
    if begun.past is not None and not store.is_open:
        begun.past.close()  # nobody could write while it is open

    announced = AnnouncedFile(config.store.path)
    router = Router(
        config.site.devices.values(), DIALECTS, announced.save, OwnTopic(config.site.id), newcomers.listening
    )
    router.remember(announced.load())
    gate = Floodgate(config.mqtt.limits, state.presses)
    lanes = Lanes(_lane(config, router, LaneName.PANIC), _lane(config, router, LaneName.TELEMETRY), mailbox, gate)
    stack.callback(lanes.close)

    workers = {
        settings.name: Worker(channel_of(settings), config.site.id, state.epoch, config.store.path, mailbox.post)
        for settings in config.channels
    }
    state.supervised = frozenset(name for name, worker in workers.items() if worker.channel.supervised)
    outlets: dict[str, Outlet] = dict(workers)
    lines = [worker_of(port, config.site.devices, mailbox, clock.now) for port in config.serial]
    pipeline = Pipeline(
        state=state, store=store, inbox=inbox, router=router, lanes=lanes, mailbox=mailbox, outlets=outlets,
        now=clock.now,
    )  # fmt: skip
    pipeline.keeper.answerers = {"serial": answerer(config.serial, lines)}
    pipeline.adopt = newcomers.order
    pipeline.keeper.sparing = begun.sparing
    pipeline.keeper.blind, pipeline.keeper.start_anew = begun.past is None, start_anew
    stack.callback(pipeline.finish)
    pipeline.keeper.batch.add(record, due=0)
    pipeline.keeper.commit(clock.now())  # before the first heartbeat, which carries the journal's head
    runners = [*_worker_runners(workers, clock), *_feeder_runners(config, mailbox, clock)]
    runners += _line_runners(lines, clock)
    for number, checker in enumerate(checkers(config.site.devices.values(), mailbox.post, config.logins), start=1):
        runners.append(Runner(f"cameras-{number}", checker.step, checker.close, clock.now))
    upkeeper = Upkeeper(config.store.path, config.store.keep_readings, mailbox.post)
    page = PageProcess(config.path)
    runners.append(Runner("upkeep", upkeeper.step, upkeeper.close, clock.now))
    runners.append(Runner("newcomers", newcomers.step, newcomers.close, clock.now))
    if config.site.posters:
        posters = PosterWatch(config.site.posters, mailbox.post)
        runners.append(Runner("posters", posters.step, posters.close, clock.now))
    runners.append(Runner("page", page.step, page.close, clock.now))
    for runner in runners:
        runner.start()
    stack.callback(stop_all, runners)
    return pipeline, Pulse(heart, pipeline, runners, clock.now()).beat


def _worker_runners(workers: dict[str, Worker], clock: Clock) -> list[Runner]:
    return [Runner(name, worker.step, worker.close, clock.now, worker.woken) for name, worker in workers.items()]


def _line_runners(lines: list[SerialWorker], clock: Clock) -> list[Runner]:
    return [Runner(f"serial:{line.name}", line.step, line.close, clock.now) for line in lines]


def _feeder_runners(config: Config, mailbox: Mailbox, clock: Clock) -> list[Runner]:
    if not config.influx:
        return []
    from hub.forward.influx.feeder import Feeder  # influxdb-client costs 18 MB: only where there is a database

    feeders = [Feeder(influx, config.site, config.store.path, mailbox.post) for influx in config.influx]
    return [Runner(feeder.name, feeder.step, feeder.close, clock.now) for feeder in feeders]


def _lane(config: Config, router: Router, name: LaneName) -> Lane:
    return Lane(config.mqtt, name, f"hub-{config.site.id}-{name}", router.filters(name))
