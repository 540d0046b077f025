"""Finds a Python for ESPHome, installs ESPHome into a cache outside the repository, and builds the host firmware.

The cache is `$SCHOOL_HUB_CACHE`, else `$XDG_CACHE_HOME/school-safety-hub`, else `~/.cache/school-safety-hub`. A lock
file lets several test processes share it. System packages of the build: `g++` and `libmosquitto-dev`.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from uv import find_uv_bin

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware_configs"
CURRENT = "2026.10"
"""Needs Python 3.12 or newer; the only one of the two that builds for the host without a download."""
OLDER = "2026.6"
"""The newest for Python 3.11, that of Debian 12; only checks the files where there is no newer Python."""

KEPT_BUILDS = 3


class Unavailable(Exception):
    """Something the machine lacks; the text says what."""


def missing(what: object) -> NoReturn:
    """A skip for a developer, a failure in CI."""
    if os.environ.get("CI"):
        pytest.fail(str(what))
    pytest.skip(str(what))


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
    command = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        major, minor = done.stdout.split()
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0, 0)
    return int(major), int(minor)


def _candidates() -> Iterator[str]:
    yield sys.executable
    for name in ("python3.12", "python3.13", "python3.14", "python3"):
        if found := shutil.which(name):
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local/share/uv/python")
    for pattern in (pyenv / "versions/3.1[2-4]*", uv / "cpython-3.1[2-4]*", cache() / "python/cpython-3.1[2-4]*"):
        yield from sorted(str(path) for path in pattern.parent.glob(f"{pattern.name}/bin/python3"))


@functools.cache
def find_python() -> str | None:
    """The first Python that is new enough for the current ESPHome; where there is none, one is fetched if it can be."""
    found = _found_python()
    if found is None:
        folder = os.environ | {"UV_PYTHON_INSTALL_DIR": str(cache() / "python")}
        with locked("python"):
            _uv("python", "install", "3.13", env=folder, check=False)
        found = _found_python()
    return found


def _found_python() -> str | None:
    return next((python for python in _candidates() if (3, 12) <= _version(python) < (3, 15)), None)


def _uv(*words: str, env: dict[str, str] | None = None, check: bool = True) -> None:
    """uv rather than pip: it installs ESPHome in a quarter of the time."""
    command = [find_uv_bin(), "--quiet", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if check and done.returncode:
        raise AssertionError(f"uv {words[0]} failed:\n{done.stderr[-2000:]}")


def release() -> str:
    """The release that checks the files: the current one wherever it can run."""
    return OLDER if find_python() is None else CURRENT


def esphome(release: str) -> Path:
    """The `esphome` command of a release, installed on the first call."""
    python = find_python() if release == CURRENT else sys.executable
    if python is None:
        raise Unavailable(f"ESPHome {CURRENT} needs Python 3.12 or newer, and none was found: no firmware was run")
    major, minor = _version(python)
    folder = cache() / f"esphome-{release}-py{major}.{minor}"
    with locked(folder.name):
        if not (folder / "installed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _uv("venv", "--no-python-downloads", "--python", python, str(folder))
            _uv("pip", "install", "--python", str(folder / "bin/python"), f"esphome=={release}.*", "ninja")
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


def program(kind: str) -> Path:
    """As `build`; without what it needs the test is skipped, or fails in CI."""
    try:
        return build(kind)
    except Unavailable as reason:
        missing(reason)


def build(kind: str) -> Path:
    """The program of `host/<kind>.yaml`, compiled unless the cache has it for these very sources."""
    command = esphome(CURRENT)
    check_compiler()
    folder = cache() / f"build-{digest()}"
    program = folder / "programs" / kind
    if program.exists():
        return program
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
