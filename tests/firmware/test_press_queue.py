"""The rules of the press queue, compiled with the sanitizers: needs a compiler, but neither ESPHome nor a broker."""

import shutil
import subprocess
from pathlib import Path

from .toolchain import FIRMWARE, missing


def test_no_order_of_events_loses_a_press(tmp_path: Path) -> None:
    compiler = shutil.which("g++")
    if compiler is None:
        missing("no C++ compiler (Debian package g++)")
    source = Path(__file__).with_name("press_queue_test.cpp")
    include = FIRMWARE / "components" / "numbered_press"
    program = tmp_path / "press_queue_test"
    flags = ["-std=gnu++20", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", f"-I{include}"]
    subprocess.run([compiler, *flags, str(source), "-o", str(program)], check=True, timeout=100)
    done = subprocess.run([str(program)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 7
