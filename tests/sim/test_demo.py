"""`hub demo` as its user meets it: one command, two pages, one key, and a clean end."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub.sim.ports import free_port, listens
from tests.servers import wait_until
from tests.sim.processes import is_alive


class Demo:
    """A running demonstration. Its ports are its own, so that tests may run side by side."""

    def __init__(self, *options: str, environment: dict[str, str] | None = None) -> None:
        self.page, self.console = free_port(), free_port()
        command = [sys.executable, "-m", "hub", "demo", "--port", str(self.page), "--hq-port", str(self.console)]
        self.process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )  # fmt: skip

    def read_until(self, text: str) -> str:
        """What it prints up to a line with `text`."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if text in line:
                return said
        raise AssertionError(f"it ended:\n{said}\n{self.process.stderr.read() if self.process.stderr else ''}")

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float, str, str]:
        """Exit code, seconds, output and errors."""
        began = time.monotonic()
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=20)
        return self.process.returncode, time.monotonic() - began, output, errors

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def alerts(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.console}/api/alerts", timeout=5) as answer:
            alerts: list[dict[str, Any]] = json.load(answer)["alerts"]
            return alerts


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo("--lang", "en", "--dir", str(tmp_path / "demo"))
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_one_command_gives_both_pages_a_press_reaches_headquarters_and_ctrl_c_ends_it(
    demo: Demo, tmp_path: Path
) -> None:
    said = demo.read_until("To end")
    assert f"http://127.0.0.1:{demo.page}/" in said
    assert f"http://127.0.0.1:{demo.console}/" in said
    assert "1111" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.page}/", timeout=10) as page:
        assert page.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.console}/", timeout=10) as page:
        assert page.status == 200

    with urllib.request.urlopen(f"http://127.0.0.1:{demo.page}/plan/1", timeout=10) as page:
        assert "/devices/panic-gym" in page.read().decode().partition("</svg>")[0], "it is on the plan"

    with urllib.request.urlopen(f"http://127.0.0.1:{demo.page}/posters/poster-hall", timeout=10) as page:
        assert f"127.0.0.1:{demo.console}/111" in page.read().decode()
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.console}/111", timeout=10) as page:
        assert "111" in page.read().decode()

    demo.type("p\n")
    demo.read_until("panic-gym")
    alert = wait_until(lambda: [one for one in demo.alerts() if one["alarm"] == "panic"], 10, "the alert is there")[0]
    assert (alert["device"], alert["priority"], alert["status"]) == ("panic-gym", "critical", "actual")
    wait_until(lambda: hq_receipts(tmp_path / "demo" / "hub.db"), 10, "the hub has the receipt")
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.console}/?lang=en", timeout=10) as page:
        [raised] = re.findall(r"Raised (\d\d:\d\d):", page.read().decode())
    assert raised in alert["text"]["en"], "headquarters' console shows the school's time"

    def wired() -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(f"file:{tmp_path / 'demo' / 'hub.db'}?mode=ro", uri=True)) as store:
            heard = "SELECT DISTINCT devices.id FROM readings JOIN devices ON devices.no = readings.device"
            return store.execute(f"{heard} WHERE devices.id IN ('door-boiler', 'panic-assembly')").fetchall()

    wait_until(lambda: len(wired()) == 2, 15, "the old panel is heard through its serial port")

    code, seconds, output, errors = demo.end()
    assert (code, errors) == (0, "")
    assert seconds < 3
    assert "has ended" in output
    assert not listens(demo.page)
    assert not listens(demo.console)
    assert "Traceback" not in "".join(log.read_text() for log in (tmp_path / "demo").glob("*.log"))


def hq_receipts(store: Path) -> list[Any]:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT event_id FROM outbox WHERE settled = 'delivered'").fetchall()


def test_children_end_even_when_it_is_killed(demo: Demo) -> None:
    demo.read_until("To end")
    children = demo.children()
    assert len(children) == 4
    demo.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in children), 5, "all children are gone")
    wait_until(lambda: not listens(demo.page), 5, "the page is gone")


def test_a_child_that_ends_by_itself_is_told_and_ends_all(demo: Demo) -> None:
    demo.read_until("To end")
    os.kill(demo.children()[0], signal.SIGKILL)
    output, errors = demo.process.communicate(timeout=10)
    assert demo.process.returncode == 1
    assert "'broker' has ended by itself" in errors
    assert "Traceback" not in output + errors
    assert not listens(demo.page)


def test_output_that_nobody_reads_any_more_ends_it_without_a_traceback(demo: Demo) -> None:
    demo.read_until("To end")
    assert demo.process.stdout is not None
    demo.process.stdout.close()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(10) == 1
    assert demo.process.stderr is not None
    assert demo.process.stderr.read() == ""
    assert not listens(demo.page)


def test_sigterm_ends_it_as_cleanly_as_ctrl_c(demo: Demo) -> None:
    demo.read_until("To end")
    code, seconds, _, errors = demo.end(signal.SIGTERM)
    assert (code, errors) == (0, "")
    assert seconds < 3


def test_it_can_be_ended_while_it_starts(demo: Demo) -> None:
    demo.read_until("starting")
    code, _, _, errors = demo.end()
    assert (code, errors) == (0, "")


def test_an_unknown_key_is_answered_with_those_there_are(demo: Demo) -> None:
    demo.read_until("To end")
    demo.type("hello\n")
    assert "p presses" in demo.read_until("Ctrl-C")


@pytest.mark.parametrize(("language", "sentence"), [("kk", "порт бос емес"), ("ru", "занят"), ("en", "is in use")])
def test_a_port_in_use_is_told_and_the_next_one_taken(tmp_path: Path, language: str, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        running = Demo("--lang", language, "--dir", str(tmp_path), "--port", str(taken))
        line = running.read_until(sentence)
        assert re.search(rf"{taken}.*\d+", line)
        assert running.end()[0] == 0


def test_it_speaks_the_terminals_language_and_its_temporary_folder_is_gone_afterwards(tmp_path: Path) -> None:
    running = Demo(environment={"TMPDIR": str(tmp_path), "LC_ALL": "en_US.UTF-8"})
    running.read_until("starting")
    wait_until(lambda: list(tmp_path.glob("school-hub-demo-*/hub.yaml")), 10, "the folder is there")
    assert running.end()[0] == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("options", "sentence"), [(("--speed", "0"), "--speed"), (("--dir", "/proc/x"), "/proc/x")])
def test_what_cannot_work_is_told_in_a_sentence(options: tuple[str, str], sentence: str) -> None:
    running = Demo("--lang", "en", *options)
    output, errors = running.process.communicate(timeout=10)
    assert running.process.returncode == 1
    assert sentence in errors
    assert "Traceback" not in output + errors
