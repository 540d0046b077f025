"""A reserve on the disk: a file of zeros, let go of when the disk is full, so that alarms can still be stored."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

SIZE: Final = 8_388_608
"""Bytes: thousands of alarms with all their messages."""
_ROOM: Final = 3 * SIZE
"""As much must be free before the reserve is put by (again), or it would fill the disk itself."""


class Ballast:
    """Put by and let go of from different threads: the file is all it knows."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".ballast")

    @property
    def there(self) -> bool:
        """Whether the whole reserve is put by."""
        try:
            return self._path.stat().st_size >= SIZE
        except OSError:
            return False

    @property
    def is_needed(self) -> bool:
        """Whether less is free than the reserve holds."""
        try:
            return shutil.disk_usage(self._path.parent).free < SIZE
        except OSError:
            return False

    def put_by(self, free: int) -> bool:
        """Makes the reserve where there is room (`free`: bytes). Returns whether it is there now; never raises."""
        if not self.there and free >= _ROOM:
            try:
                descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return False
            try:
                os.posix_fallocate(descriptor, 0, SIZE)  # real blocks: a file with holes would reserve nothing
            except OSError:
                self.let_go()
            finally:
                os.close(descriptor)
        return self.there

    def let_go(self) -> bool:
        """Frees the reserve; True where there was one."""
        there = self._path.exists()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        return there and not self._path.exists()
