"""Children of the demonstration end in order, with what they started, and with their parent whatever ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.sim import ports
from hub.sim.children import GRACE, Children
from tests.servers import wait_until
from tests.sim.processes import is_alive

SLEEPS = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]  # fmt: skip
WITH_A_CHILD = [
    sys.executable, "-c",
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    " print(p.pid, flush=True); time.sleep(60)",
]  # fmt: skip
PARENT = (
    "import sys, time; from pathlib import Path; from hub.sim.children import Children;"
    f" child = Children(Path(sys.argv[1])).start('child', {SLEEPS!r}); print(child.process.pid, flush=True);"
    " time.sleep(60)"
)


def test_they_end_in_reverse_order(tmp_path: Path) -> None:
    children = Children(tmp_path)
    started = [children.start(name, SLEEPS) for name in ("first", "second")]
    wait_until(lambda: all(child.last_words() == "up" for child in started), 5, "both are up")
    began = time.monotonic()
    children.stop()
    assert time.monotonic() - began < 1
    assert [child.process.returncode for child in started] == [-signal.SIGTERM] * 2
    assert children.all == []


def test_those_that_will_not_end_are_killed_in_time(tmp_path: Path) -> None:
    children = Children(tmp_path)
    started = [children.start(name, STUBBORN) for name in ("first", "second", "third")]
    wait_until(lambda: all(child.last_words() == "up" for child in started), 5, "all are up")
    began = time.monotonic()
    children.stop()
    assert time.monotonic() - began < GRACE + 0.9
    assert {child.process.returncode for child in started} == {-signal.SIGKILL}


def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start("parent", WITH_A_CHILD)
    grandchild = int(wait_until(child.last_words, 5, "it has a child"))
    children.stop()
    wait_until(lambda: not is_alive(grandchild), 2, "the grandchild is gone")


def test_one_that_ended_by_itself_is_found_with_its_last_words(tmp_path: Path) -> None:
    children = Children(tmp_path)
    children.start("well", SLEEPS)
    assert children.ended() is None
    children.start("broken", [sys.executable, "-c", "print('first'); print('no disk'); raise SystemExit(3)"])
    ended = wait_until(children.ended, 5, "it has ended")
    assert ended.name == "broken"
    assert ended.last_words(1) == "no disk"
    children.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
def test_they_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_alive(child), 3, "the child is gone")


def test_the_terminals_ctrl_c_does_not_reach_them(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start("child", SLEEPS)
    assert os.getpgid(child.process.pid) != os.getpgid(0)
    children.stop()


def test_a_port_in_use_gives_the_next_free_one() -> None:
    wanted = ports.free_port()
    assert ports.port_or_next(wanted) == wanted
    assert ports.port_or_next(wanted, frozenset({wanted})) > wanted
    with ports.socket.create_server(("127.0.0.1", wanted)):
        assert ports.port_or_next(wanted) > wanted
        assert ports.listens(wanted)
    with pytest.raises(OSError, match="no free port"):
        ports.port_or_next(65535, frozenset({65535}))
