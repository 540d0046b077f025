"""docs/serial.md: its frames are frames, its example is right, its figures are the code's."""

import re
from pathlib import Path

from hub.config.load import load
from hub.ingest.serial import frames, sieve, turns, worker

DOC = (Path(__file__).parents[2] / "docs" / "serial.md").read_text()


def test_the_example_is_a_right_configuration(tmp_path: Path):
    example = re.search(r"^```yaml\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)[1]
    kinds = {"panic": "panic", "door": "door", "wc": "restroom", "light": "lighting"}
    names = ["panic-gym", "door-gym", "panic-yard", "wc-2-girls", "door-cellar", "light-gym"]
    devices = "".join(f"  - {{id: {name}, kind: {kinds[name.split('-')[0]]}, zone: a}}\n" for name in names)
    path = tmp_path / "hub.yaml"
    path.write_text(
        "site: {id: s, name: x, timezone: Asia/Almaty, hours: {weekdays: [mon], open: '07:30', close: '19:00'}}\n"
        f"zones: [{{id: a, name: x}}]\ndevices:\n{devices}{example}"
        "channels: [{name: c, kind: apprise, url: !secret url}]\n"
        "routes: [{priority: [critical, high, medium], to: [c]}]\n"
    )
    ports = load(path, {"HUB_SECRET_URL": "json://127.0.0.1"}).serial
    assert [name for port in ports for name in port.behind] == names


def test_the_frames_of_the_example_are_whole():
    lines = re.findall(r"^\$[a-z].*$", DOC, re.MULTILINE)
    found = frames.Framer().feed("".join(f"{line}\r\n" for line in lines).encode())
    assert [type(one) for one in found] == [frames.Frame, frames.Frame]


def test_the_figures_are_the_code_s():
    assert f"at most {frames.LIMIT} bytes" in DOC
    assert worker.LONGEST_RETRY == 5000
    assert (sieve.LIFE_EVERY, sieve.FIGURE_EVERY, turns.LONGEST, turns.DEAD_AFTER) == (30_000, 10_000, 30_000, 3)
