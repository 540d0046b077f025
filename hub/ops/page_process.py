"""Keeps the page's process running beside the core. Its end harms no alarm."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from hub.domain.now import Now

log = logging.getLogger(__name__)

_LOOK_MS: Final = 500
_PAUSE_MS: Final = 3000


class PageProcess:
    """`step` starts the page, and starts it again when it has ended."""

    def __init__(self, config: Path) -> None:
        self._command = [sys.executable, "-m", "hub.cli", "page", "-c", str(config), "--core", str(os.getpid())]
        self._process: subprocess.Popen[bytes] | None = None

    def step(self, _now: Now) -> int:
        """Looks after the process; returns for how many ms that is enough."""
        if self._process is not None and self._process.poll() is None:
            return _LOOK_MS
        if self._process is not None:
            log.warning("the page ended with code %s; it is started again", self._process.returncode)
            self._process = None
            return _PAUSE_MS
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
        return _LOOK_MS

    def close(self) -> None:
        """Ends the page with the core."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(1.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
