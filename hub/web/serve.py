"""The page's process: waitress with a fixed number of threads, ended by SIGTERM."""

import logging
import os
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Final

from hub.config.model import Config

if TYPE_CHECKING:
    from hub.web.live import Live

log = logging.getLogger(__name__)

THREADS: Final = 64
STREAMS: Final = 52
"""Open streams, one thread each: twelve threads are always left for pages."""
GIVING_WAY: Final = 10
"""Added to the page's niceness: where the processor is short, a press goes before all who look."""
_CONNECTIONS: Final = 200
_END_SECONDS: Final = 0.8
_LOOK_SECONDS: Final = 0.5


def serve(config: Config) -> None:
    """Serves the page until SIGTERM or SIGINT. Raises OSError where it can't listen, such as on a port in use."""
    from waitress.server import create_server

    from hub.web.app import create_app
    from hub.web.live import Live

    os.nice(GIVING_WAY)
    live = Live(config)
    stop = threading.Event()
    server = create_server(
        create_app(config, live, streams=STREAMS), host=config.web.host, port=config.web.port, threads=THREADS,
        connection_limit=_CONNECTIONS, channel_timeout=60, ident=None, clear_untrusted_proxy_headers=True,
        channel_request_lookahead=1,  # else nobody is told that a reader of a stream has left
    )  # fmt: skip

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        live.end()
        last_resort = threading.Timer(_END_SECONDS, os._exit, (0,))  # waitress waits five seconds for a slow answer
        last_resort.daemon = True
        last_resort.start()
        raise SystemExit(0)  # waitress' loop ends on it

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # "task queue depth" is no news with streams open
    threading.Thread(target=live.watch, args=(stop,), name="watch", daemon=True).start()
    threading.Thread(target=_make_way, args=(live, stop), name="make-way", daemon=True).start()
    log.info("the page listens on %s:%d", config.web.host, config.web.port)
    try:
        server.run()
    finally:
        server.close()


def _make_way(live: "Live", stop: threading.Event) -> None:
    """A page whose core was killed stays, and says so. When another core has come, that one's page takes the port."""
    core, child = os.getppid(), False
    while not stop.wait(_LOOK_SECONDS):
        beat = live.view.pulse.beat
        child |= beat is not None and beat.pid == core == os.getppid()
        if child and os.getppid() != core and live.view.pulse.running and beat is not None and beat.pid != core:
            log.info("another core runs: its own page takes over")
            os.kill(os.getpid(), signal.SIGTERM)
            return
