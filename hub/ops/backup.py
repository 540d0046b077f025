"""`hub backup` and `hub restore`: the store and the configuration in one file, taken while the hub runs.

What is restored gets a new epoch, so that event ids given out after the backup are never given out again, and
headquarters never takes a new press for one that it has.
"""

import os
import secrets
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from hub.store.beat import Heart
from hub.store.database import open_reader

STORE: Final = "hub.db"
_BESIDE_THE_CONFIG: Final = ("secrets.yaml",)
_BESIDE_THE_STORE: Final = ("-page.key", "-key.pem")
"""What follows the store's own name: keys of the page's sessions and of the reports' signatures. A restored hub goes
on as the same hub."""
_LARGEST: Final = 4 * 2**30


class NotRestored(Exception):
    """The file is no backup, is damaged, or there is something in the way; nothing was changed."""


def back_up(store: Path, config: Path, to: Path) -> None:
    """Writes the backup, readable by its owner alone: it holds secrets. An older file there is replaced at the end.

    Raises OSError or sqlite3.Error where something can't be read or written.
    """
    with tempfile.TemporaryDirectory(dir=to.absolute().parent, prefix=".hub-backup-") as folder:
        copied = Path(folder) / STORE
        with closing(open_reader(store)) as source, closing(sqlite3.connect(copied)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        draft = Path(folder) / "backup.tar.gz"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                archive.add(copied, STORE)
                for path, name in _beside(store, config):
                    archive.add(path, name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(to)


def _beside(store: Path, config: Path) -> Iterator[tuple[Path, str]]:
    yield config, "hub.yaml"
    others = {config.with_name(name): name for name in _BESIDE_THE_CONFIG}
    others |= {_with_key(store, end): _kept_as(end) for end in _BESIDE_THE_STORE}
    yield from ((path, name) for path, name in others.items() if path.is_file())


def _with_key(store: Path, end: str) -> Path:
    return store.with_name(store.stem + end)


def _kept_as(end: str) -> str:
    return f"hub{end}"


def restore(backup: Path, store: Path, config: Path) -> list[Path]:
    """Puts store, configuration and secrets back where there are none; returns what was written.

    Raises NotRestored where the file is no backup or something is there already, AlreadyRunning while a hub runs.
    """
    contents = _contents(backup)
    targets = {STORE: store, "hub.yaml": config}
    targets |= {name: config.with_name(name) for name in _BESIDE_THE_CONFIG}
    targets |= {_kept_as(end): _with_key(store, end) for end in _BESIDE_THE_STORE}
    in_the_way = [targets[name] for name in contents if targets[name].exists()]
    if in_the_way:
        raise NotRestored(f"{in_the_way[0]} is there already: move it away first")
    with _no_core(store):
        for name, content in contents.items():
            _write(targets[name], content, _renewed if name == STORE else lambda path: None)
    return [targets[name] for name in contents]


@contextmanager
def _no_core(store: Path) -> Iterator[None]:
    heart = Heart(store)
    heart.start()
    try:
        yield
    finally:
        heart.stop()


def _contents(backup: Path) -> dict[str, bytes]:
    known = {STORE, "hub.yaml", *_BESIDE_THE_CONFIG, *map(_kept_as, _BESIDE_THE_STORE)}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(backup, "r:gz") as archive:
            for member in archive:
                if member.name not in known or not member.isfile() or member.size > _LARGEST:
                    raise NotRestored(f"{backup} is no backup of a hub: it holds {member.name[:80]!r}")
                file = archive.extractfile(member)
                found[member.name] = file.read() if file else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise NotRestored(f"{backup} can't be read: {error}") from None
    if not {STORE, "hub.yaml"} <= found.keys():
        raise NotRestored(f"{backup} is no backup of a hub: it has no {STORE} or no hub.yaml")
    return found


def _write(target: Path, content: bytes, prepare: Callable[[Path], None]) -> None:
    """Written beside its place, prepared, and put there in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.restored")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
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
