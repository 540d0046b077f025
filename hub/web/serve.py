"""The page's process: waitress with a fixed number of threads, ended by SIGTERM."""

import errno
import logging
import os
import signal
import socket
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Final

from hub.config.model import Config, Web
from hub.store.beat import read_pulse

log = logging.getLogger(__name__)

THREADS: Final = 64
STREAMS: Final = 52
"""Open streams, one thread each: twelve threads are always left for pages."""
GIVING_WAY: Final = 10
"""Added to the page's niceness: where the processor is short, a press goes before all who look."""
_CONNECTIONS: Final = 200
_END_SECONDS: Final = 0.8
_LOOK_SECONDS: Final = 0.2
_PORT_SECONDS: Final = 5.0
"""How long a core's page waits for the one of the core before, which ends within a second."""


def options(web: Web) -> dict[str, object]:
    """What waitress is started with. Headers of a proxy count only where they come from the one in hub.yaml."""
    behind = {"trusted_proxy": web.proxy, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
    return {
        "threads": THREADS,
        "connection_limit": _CONNECTIONS,
        "channel_timeout": 60,
        "ident": None,
        "channel_request_lookahead": 1,  # else nobody is told that a reader of a stream has left
        "clear_untrusted_proxy_headers": True,
        **(behind if web.proxy else {}),
    }


def serve(config: Config, core: int) -> None:
    """Serves the page until SIGTERM or SIGINT, or until another core than its own has come; `core` is the process id
    of its own one, 0 where it belongs to none. Raises OSError where it can't listen, such as on a port in use."""
    from waitress.server import create_server

    from hub.web.app import create_app
    from hub.web.live import Live

    os.nice(GIVING_WAY)
    live = Live(config)
    stop = threading.Event()
    app = create_app(config, live, streams=STREAMS)
    listening = _listening(config.web, _PORT_SECONDS if core else 0)
    server = create_server(app, sockets=[listening], **options(config.web))

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
    if core:
        threading.Thread(target=_make_way, args=(config.store.path, core, stop), name="make-way", daemon=True).start()
    log.info("the page listens on %s:%d", config.web.host, config.web.port)
    try:
        server.run()
    finally:
        server.close()


def _listening(web: Web, seconds: float) -> socket.socket:
    """The page's socket; where somebody has the port, tried again for so many seconds."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_server((web.host, web.port), family=family)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_SECONDS / 2)


def _make_way(store: Path, core: int, stop: threading.Event) -> None:
    """A page whose core was killed stays, and says so. When another core has come, that one's page takes the port."""
    while not stop.wait(_LOOK_SECONDS):
        if os.getppid() != core and read_pulse(store).running:
            log.info("another core runs: its own page takes over")
            os.kill(os.getpid(), signal.SIGTERM)
            return
