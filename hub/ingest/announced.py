"""The announcements of the school's own devices, kept in a file beside the store.

With a persistent session the messages that waited for the hub arrive before the broker has sent the announcements
again; a press among them must find its device known.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


class AnnouncedFile:
    """Written anew, whole, whenever an announcement changes: that is when a device is set up, not when it speaks."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".announced")

    def load(self) -> dict[str, bytes]:
        """What was kept; nothing where there is no file or none that can be read: devices announce themselves again."""
        try:
            kept = msgspec.json.decode(self.path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s can't be read, devices will announce themselves again: %s", self.path, error)
            return {}
        return {topic: payload.encode() for topic, payload in kept.items()}

    def save(self, announcements: Mapping[str, bytes]) -> None:
        """Keeps them; a disk that refuses is told in the log, since the broker has them too."""
        text = {topic: payload.decode(errors="replace") for topic, payload in announcements.items()}
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            with fresh.open("wb") as file:
                file.write(msgspec.json.encode(text))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            log.warning("announcements of devices can't be kept: %s", error)
