"""Real servers for the tests, each in a folder of its own, on a free port of the loopback. A missing one fails."""

import json
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Missing(AssertionError):
    """A server is not installed: the run fails, and says which Debian package would help."""


def program(name: str, package: str) -> str:
    """Path of a server's program."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install {package}")
    return found


def free_port() -> int:
    """A port that nobody uses now; never one of those that are left to users."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in (1883, 8080, 8086):
            return port


def wait_until(condition: Callable[[], T], seconds: float, what: str) -> T:
    """The condition's first true value; fails after `seconds` with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


def answers(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A child process that listens on `port`. What it prints goes to a file in its folder."""

    name = "server"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """Program and arguments; written by each server."""
        return []

    def start(self) -> None:
        """Starts it, again on the same port and data, and waits until it answers."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_until(lambda: answers(self.port) or self._ended(), 20, f"{self.name} answers")

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _ended(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            log = (self.folder / f"{self.name}.log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"{self.name} ended at once:\n{log}")
        return False

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class Mosquitto(Server):
    """A broker without anonymous access, as the README sets it up. Users: hub and sensors."""

    name = "mosquitto"
    users = {"hub": "hub-password", "sensors": "sensors-password"}  # noqa: RUF012
    autosave = "autosave_interval 1\nautosave_on_changes true\n"
    """So that nothing is lost when the broker is killed; it then writes its whole memory with every message."""

    def command(self) -> list[str]:
        mosquitto = program("mosquitto", "mosquitto")
        passwords = self.folder / "passwd"
        if not passwords.exists():
            passwords.write_text("".join(f"{user}:{password}\n" for user, password in self.users.items()))
            subprocess.run([program("mosquitto_passwd", "mosquitto"), "-U", passwords], check=True)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\n"
            "allow_anonymous false\n"
            f"password_file {passwords}\n"
            "persistence true\n"
            f"persistence_location {self.folder}/\n"
            f"{self.autosave}"
            "max_inflight_messages 200\nmax_queued_messages 100000\n"
            "user root\n"
        )
        return [mosquitto, "-c", str(config)]


class Influxd(Server):
    """InfluxDB 1.x as Debian has it, with a database named school."""

    name = "influxd"

    def __init__(self, folder: Path, *, auth: bool = False) -> None:
        super().__init__(folder)
        self.auth, self.rpc_port = auth, free_port()
        self.login = ("", "")

    def command(self) -> list[str]:
        config = self.folder / "influxdb.conf"
        config.write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{self.rpc_port}"\n'
            f'[meta]\n  dir = "{self.folder}/meta"\n'
            f'[data]\n  dir = "{self.folder}/data"\n  wal-dir = "{self.folder}/wal"\n'
            f'[http]\n  bind-address = "127.0.0.1:{self.port}"\n  log-enabled = false\n'
            f"  auth-enabled = {str(self.auth).lower()}\n"
            "[monitor]\n  store-enabled = false\n"
        )
        return [program("influxd", "influxdb"), "run", "-config", str(config)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self, *statements: str) -> "Influxd":
        """Starts it, with a database, and says `statements` to it."""
        self.start()
        for statement in statements or ("CREATE DATABASE school",):
            self.query(statement)
        return self

    def write(self, line: str) -> None:
        """What somebody else writes."""
        urllib.request.urlopen(f"{self.url}/write?db=school&precision=ms", line.encode(), timeout=10).close()

    def query(self, statement: str, **parameters: str) -> list[dict]:
        """Result of an InfluxQL statement: one dict for each row, with the tags of its series."""
        asked = urllib.parse.urlencode({"q": statement, "db": "school", "epoch": "ms", **parameters})
        login = urllib.parse.urlencode({"u": self.login[0], "p": self.login[1]}) if self.login[0] else ""
        request = urllib.request.Request(f"{self.url}/query?{login}", asked.encode())
        with urllib.request.urlopen(request, timeout=10) as response:
            result = json.load(response)["results"][0]
        assert "error" not in result, f"{statement}: {result['error']}"
        return [
            {**series.get("tags", {}), **dict(zip(series["columns"], row, strict=True))}
            for series in result.get("series", [])
            for row in series["values"]
        ]


class VictoriaMetrics(Server):
    """Takes what influxdb-client writes; gives it back as samples named `measurement_field`."""

    name = "victoria-metrics"

    def command(self) -> list[str]:
        return [
            program("victoria-metrics", "victoria-metrics"), f"-httpListenAddr=127.0.0.1:{self.port}",
            f"-storageDataPath={self.folder}/data", "-retentionPeriod=10y", "-memory.allowedBytes=64MB",
        ]  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def samples(self, match: str) -> list[tuple[dict[str, str], int, float]]:
        """Labels, time in ms and value of all samples whose name matches, in the order of their time."""
        urllib.request.urlopen(f"{self.url}/internal/force_flush", timeout=10).close()
        asked = urllib.parse.urlencode({"match[]": f'{{__name__=~"{match}"}}', "start": "0"})
        with urllib.request.urlopen(f"{self.url}/api/v1/export?{asked}", timeout=10) as response:
            series = [json.loads(line) for line in response.read().splitlines()]
        found = [
            (one["metric"], at, value)
            for one in series
            for at, value in zip(one["timestamps"], one["values"], strict=True)
        ]
        return sorted(found, key=lambda sample: sample[1])
