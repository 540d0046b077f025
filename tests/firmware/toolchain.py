"""Finds a Python for ESPHome, installs ESPHome into a cache outside the repository, and builds the host firmware.

The cache is `$SCHOOL_HUB_CACHE`, else `$XDG_CACHE_HOME/school-safety-hub`, else `~/.cache/school-safety-hub`. A lock
file lets several test processes share it. System packages of the build: `g++` and `libmosquitto-dev`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware_configs"
CURRENT = "2026.10"
"""Needs Python 3.12 or newer; the only one of the two that builds for the host without a download."""
OLDER = "2026.6"
"""The newest for Python 3.11, that of Debian 12."""

KEPT_BUILDS = 3


class Unavailable(Exception):
    """Something the machine lacks; the text says what."""


def cache() -> Path:
    base = os.environ.get("SCHOOL_HUB_CACHE")
    if base is None:
        xdg = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        base = str(Path(xdg) / "school-safety-hub")
    folder = Path(base) / "esphome"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    with (cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version(python: str) -> tuple[int, int]:
    command = [python, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    major, minor = done.stdout.split()
    return int(major), int(minor)


def _candidates() -> Iterator[str]:
    yield sys.executable
    for name in ("python3.12", "python3.13", "python3.14", "python3"):
        if found := shutil.which(name):
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(str(path) for path in pyenv.glob("versions/3.1[2-4]*/bin/python3"))
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local/share/uv/python")
    yield from sorted(str(path) for path in uv.glob("cpython-3.1[2-4]*/bin/python3"))


def find_python(suits: Callable[[tuple[int, int]], bool]) -> str | None:
    """The first Python, with venv, whose version suits."""
    return next((python for python in _candidates() if suits(_version(python))), None)


def esphome(release: str) -> Path:
    """The `esphome` command of a release, installed on the first call."""
    if release == CURRENT:
        python = find_python(lambda version: (3, 12) <= version < (3, 15))
        if python is None:
            raise Unavailable("ESPHome 2026.10 needs Python 3.12 or newer, and none was found")
    else:
        python = sys.executable
    major, minor = _version(python)
    folder = cache() / f"esphome-{release}-py{major}.{minor}"
    with locked(folder.name):
        if not (folder / "installed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([python, "-m", "venv", str(folder)], check=True)
            pip = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, f"esphome=={release}.*", "ninja"], check=True)
            (folder / "installed").touch()
    return folder / "bin" / "esphome"


def sources() -> list[Path]:
    """Every file of firmware_configs/ that is part of the firmware, the examples of secrets included."""
    files = (path for path in FIRMWARE.rglob("*") if path.is_file() and path.suffix in {".yaml", ".h", ".cpp", ".py"})
    parts = ((path, path.relative_to(FIRMWARE).parts) for path in files)
    return sorted(path for path, names in parts if ".esphome" not in names and path.name != "secrets.yaml")


def digest() -> str:
    sha = hashlib.sha256()
    for path in sources():
        sha.update(str(path.relative_to(FIRMWARE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()[:16]


def copy_sources(folder: Path) -> None:
    """A copy to work on, with the example secrets in the place of the real ones."""
    for path in sources():
        target = folder / path.relative_to(FIRMWARE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(folder / "secrets.example.yaml", folder / "secrets.yaml")


def check_compiler() -> None:
    if not (compiler := shutil.which("g++")):
        raise Unavailable("no C++ compiler (Debian package g++)")
    command = [compiler, "-E", "-x", "c++", "-include", "mosquitto.h", os.devnull]
    probe = subprocess.run(command, capture_output=True, check=False)
    if probe.returncode:
        raise Unavailable("no mosquitto.h (Debian package libmosquitto-dev)")


def build(kind: str) -> Path:
    """The program of `host/<kind>.yaml`, compiled unless the cache has it for these very sources."""
    command = esphome(CURRENT)
    check_compiler()
    folder = cache() / f"build-{digest()}"
    program = folder / "programs" / kind
    with locked("build"):
        if not program.exists():
            if not folder.exists():
                _forget_old_builds()
                copy_sources(folder)
            run = [str(command), "compile", f"host/{kind}.yaml"]
            done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                raise AssertionError(f"{kind} doesn't compile:\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
            made = next(folder.glob(f"host/.esphome/build/{kind}-sim/.pioenvs/*/program"))
            program.parent.mkdir(exist_ok=True)
            shutil.copy2(made, program.with_suffix(".new"))
            program.with_suffix(".new").rename(program)
    return program


def _forget_old_builds() -> None:
    builds = sorted(cache().glob("build-*/"), key=lambda path: path.stat().st_mtime)
    for folder in builds[: -(KEPT_BUILDS - 1)]:
        shutil.rmtree(folder, ignore_errors=True)
