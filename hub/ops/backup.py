"""`hub backup` and `hub restore`: all that a hub keeps and all that hub.yaml names in one file, taken while it runs.

What is restored gets a new epoch, so that event ids given out after the backup are never given out again, and
headquarters never takes a new press for one that it has.
"""

import os
import re
import secrets
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

import msgspec

from hub.config.model import Config
from hub.store.album import Album
from hub.store.beat import Heart
from hub.store.database import open_reader

STORE: Final = "hub.db"
_BESIDE_THE_CONFIG: Final = ("secrets.yaml",)
_BESIDE_THE_STORE: Final = {
    "hub-page.key": "{stem}-page.key",
    "hub-key.pem": "{stem}-key.pem",
    "hub-page-sessions.json": "{stem}-page-sessions.json",
    "hub.db.announced": "{name}.announced",
    "hub.db.new": "{name}.new",
}
"""Names in the backup and beside the store: keys of the page's sessions and of the reports' signatures, sessions that
were ended, what devices announced of themselves. A restored hub goes on as the same hub. Left out are what belongs to
one run alone: the orders that wait for the core, its pulse, wrong PINs, and the space that is held back."""
_PHOTO: Final = re.compile(r"photos/([0-9a-f]{64}\.jpg)")
_NAMED: Final = "files"
"""The folder for what hub.yaml names: plans and certificates, by their way from the folder of hub.yaml."""
_LARGEST: Final = 4 * 2**30


class NotRestored(Exception):
    """The file is no backup, is damaged, or there is something in the way; nothing was changed."""


def back_up(config: Config, to: Path) -> tuple[Path, ...]:
    """Writes the backup, readable by its owner alone: it holds secrets. An older file there is replaced at the end.
    Returns the files that hub.yaml names outside of its own folder: they are not in it.

    Raises OSError or sqlite3.Error where something can't be read or written.
    """
    store = config.store.path
    inside, outside = named_files(config)
    with tempfile.TemporaryDirectory(dir=to.absolute().parent, prefix=".hub-backup-") as folder:
        copied = Path(folder) / STORE
        with closing(open_reader(store)) as source, closing(sqlite3.connect(copied)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        draft = Path(folder) / "backup.tar.gz"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", dereference=True) as archive:
                archive.add(copied, STORE)
                archive.add(config.path, "hub.yaml")
                for name, path in {**_beside(store, config.path), **inside, **_photos(store)}.items():
                    archive.add(path, name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(to)
    return outside


def _beside(store: Path, config: Path) -> dict[str, Path]:
    found = {name: config.with_name(name) for name in _BESIDE_THE_CONFIG}
    found |= {name: _by_the_store(store, form) for name, form in _BESIDE_THE_STORE.items()}
    return {name: path for name, path in found.items() if path.is_file()}


def _by_the_store(store: Path, form: str) -> Path:
    return store.with_name(form.format(stem=store.stem, name=store.name))


def _photos(store: Path) -> dict[str, Path]:
    """After the store was copied: every photograph that it knows is there by then."""
    return {f"photos/{path.name}": path for path in sorted(Album(store).folder.glob("*.jpg"))}


def named_files(config: Config) -> tuple[dict[str, Path], tuple[Path, ...]]:
    """What hub.yaml names: that in its own folder by the names in the backup, and what is elsewhere."""
    root = config.path.absolute().parent
    inside, outside = {}, []
    parts = (config.mqtt, config.channels, config.influx, config.plans)
    for path in sorted(set(_paths(parts))):
        there = Path(os.path.normpath(path.absolute()))
        if there.is_relative_to(root):
            inside[f"{_NAMED}/{there.relative_to(root).as_posix()}"] = path
        else:
            outside.append(path)
    return {name: path for name, path in inside.items() if path.is_file()}, tuple(outside)


def _paths(value: object) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _paths(one)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _paths(getattr(value, name))


def restore(backup: Path, store: Path, config: Path) -> list[Path]:
    """Puts everything back where there is none of it; returns what was written.

    Raises NotRestored where the file is no backup or something is there already, AlreadyRunning while a hub runs.
    """
    targets = {name: _target(name, store, config) for name in _names(backup, store, config)}
    if len(set(targets.values())) < len(targets):
        raise NotRestored(f"{backup} is no backup of a hub: two of its files have the same place")
    in_the_way = [path for path in targets.values() if path.exists()]
    if in_the_way:
        raise NotRestored(f"{in_the_way[0]} is there already: move it away first")
    with _no_core(store), tarfile.open(backup, "r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                _write(targets[member.name], content, _renewed if member.name == STORE else lambda path: None)
    return list(targets.values())


def _target(name: str, store: Path, config: Path) -> Path:
    """Where a file of the backup belongs. Raises NotRestored for what no backup of a hub holds."""
    if name in (STORE, "hub.yaml"):
        return store if name == STORE else config
    if name in _BESIDE_THE_CONFIG:
        return config.with_name(name)
    if name in _BESIDE_THE_STORE:
        return _by_the_store(store, _BESIDE_THE_STORE[name])
    if photo := _PHOTO.fullmatch(name):
        return Album(store).folder / photo[1]
    parts = PurePosixPath(name).parts
    if len(parts) > 1 and parts[0] == _NAMED and ".." not in parts:
        return config.parent.joinpath(*parts[1:])
    raise NotRestored(f"it is no backup of a hub: it holds {name[:80]!r}")


@contextmanager
def _no_core(store: Path) -> Iterator[None]:
    heart = Heart(store)
    heart.start()
    try:
        yield
    finally:
        heart.stop()


def _names(backup: Path, store: Path, config: Path) -> list[str]:
    """The names in the backup, which is read to its end for them."""
    found: list[str] = []
    try:
        with tarfile.open(backup, "r:gz") as archive:
            for member in archive:
                if not member.isfile() or member.size > _LARGEST or member.name in found:
                    raise NotRestored(f"{backup} is no backup of a hub: it holds {member.name[:80]!r}")
                _target(member.name, store, config)
                found.append(member.name)
    except NotRestored:
        raise
    except (tarfile.TarError, EOFError, OSError) as error:
        raise NotRestored(f"{backup} can't be read: {error}") from None
    if not {STORE, "hub.yaml"} <= set(found):
        raise NotRestored(f"{backup} is no backup of a hub: it has no {STORE} or no hub.yaml")
    return found


def _write(target: Path, content: IO[bytes], prepare: Callable[[Path], None]) -> None:
    """Written beside its place, prepared, and put there in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.restored")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        prepare(draft)
    except BaseException:  # Ctrl-C, too, leaves no draft behind
        draft.unlink()
        raise
    draft.replace(target)


def _renewed(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise NotRestored("the store in the backup is damaged")
            connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (secrets.token_hex(4),))
    except sqlite3.Error as error:
        raise NotRestored(f"the store in the backup is damaged: {error}") from None
