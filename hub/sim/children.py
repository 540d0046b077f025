"""Child processes of the demonstration: they end with it, in order, whatever ends it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

GRACE: Final = 2.0
"""Seconds for all of them to end by themselves, before they are killed."""

_LEAST: Final = 0.25  # seconds for each, even where an earlier one took all of them

_PR_SET_PDEATHSIG: Final = 1  # prctl(2): Linux


class Child:
    """One process with its own log. A group of its own keeps the terminal's Ctrl-C from it: the demonstration ends
    them itself, in order."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name, self.log = name, log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                process_group=0,
                preexec_fn=_ends_with_parent(),  # noqa: PLW1509 - it only makes one system call
            )

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.strip().splitlines()[-lines:])


class Children:
    """Started one after the other, ended in reverse."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self.all: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Child:
        """Starts a process. Raises OSError where the program is missing."""
        child = Child(name, command, self._logs / f"{name}.log", environment or {})
        self.all.append(child)
        return child

    def ended(self) -> Child | None:
        """The first that has ended by itself."""
        return next((child for child in self.all if child.has_ended), None)

    def stop(self) -> None:
        """Asks each to end, the last first, and kills what is left of it after GRACE altogether."""
        until = time.monotonic() + GRACE
        for child in reversed(self.all):
            child.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(_LEAST, until - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)  # itself, and what it has started
            child.process.wait()
        self.all.clear()


def _ends_with_parent() -> Callable[[], object] | None:
    """Linux sends SIGTERM to the child when its parent is gone, even by SIGKILL."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone before
            os._exit(1)

    return arrange
