"""File systems of their own that fill up, and that take no more writes."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import wait_until


def _mount() -> str:
    if os.geteuid():
        pytest.fail("this test mounts a small disk of its own: run it as root, as the build does")
    return shutil.which("mount", path="/bin:/usr/bin:/sbin") or "mount"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 48 MB at `folder`."""
    folder.mkdir()
    subprocess.run([_mount(), "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The disk at `folder` takes no writes, as soon as nobody has a file there open for writing."""
    remount = [_mount(), "-o", "remount,ro", folder]
    wait_until(
        lambda: subprocess.run(remount, check=False, capture_output=True).returncode == 0, 10, "the disk is idle"
    )
    try:
        yield
    finally:
        subprocess.run([_mount(), "-o", "remount,rw", folder], check=True)


def fill(folder) -> None:
    """Takes what is free, to the last byte."""
    with (folder / "filler").open("wb", buffering=0) as file:
        for size in (1_048_576, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
