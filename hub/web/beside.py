"""A small file of the page's own beside the store, for what has to outlive the page but not to concern the core."""

import logging
import os
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)


class Beside(Generic[T]):
    """`<store>-page-<name>.json`, for its owner alone. Not forced to the disk: a power cut may cost the last word."""

    def __init__(self, store: Path, name: str, type_: type[T]) -> None:
        self._path = store.with_name(f"{store.stem}-page-{name}.json")
        self._type = type_

    def read(self) -> T:
        """What was written last; what is empty, where there is nothing or nothing that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=self._type)
        except FileNotFoundError:
            return self._type()
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s can't be read: %s", self._path, error)
            return self._type()

    def write(self, value: T) -> None:
        """Where the disk refuses, the log says so and the page goes on from memory."""
        draft = self._path.with_suffix(".new")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(value))
            draft.replace(self._path)
        except OSError as error:
            log.warning("%s can't be kept (%s): what is in it holds until the page starts again", self._path, error)
