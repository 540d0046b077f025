"""Adopting a device: one more entry in hub.yaml, checked before the file is replaced."""

import contextlib
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from hub.adopt.candidates import Candidate, refused_in_restroom
from hub.adopt.insert import NoPlace, with_entry
from hub.config.load import load
from hub.config.model import Config
from hub.config.privacy import REASON
from hub.config.problems import ConfigErrors

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class NotAdopted(Exception):
    """Nothing was changed; the text says why, for the person who asked."""


class Wish(msgspec.Struct, frozen=True):
    """What a person says about a candidate: its room, and what is to be called otherwise than was proposed."""

    zone: str
    kind: str = ""
    id: str = ""
    name: str = ""


def adopt(path: Path, candidate: Candidate, wish: Wish, environ: Mapping[str, str]) -> str:
    """Writes the candidate into hub.yaml; returns the device's id. Raises NotAdopted, and then nothing was changed.

    The file keeps its mode and owner; the previous one stays beside it as `hub.yaml.bak`.
    """
    path = path.resolve()
    before = _loaded(path, environ, "hub.yaml has mistakes already; put them right first:\n")
    entry = _entry(candidate, wish, before)
    try:
        old = path.read_bytes()
        new = with_entry(old.decode("utf-8"), entry).encode("utf-8")
    except (OSError, NoPlace) as error:
        raise NotAdopted(f"hub.yaml can't be changed: {error}") from error
    fresh = path.with_name(f".{path.name}.new")
    try:
        _prepare(fresh, new, path)
        after = _loaded(fresh, environ, "")
        if set(after.site.devices) != {*before.site.devices, entry["id"]}:
            raise NotAdopted("hub.yaml has a form to which no device can be added: add it by hand")
        if path.read_bytes() != old:
            raise NotAdopted("hub.yaml was changed by somebody else just now: try again")
        shutil.copy2(path, path.with_name(path.name + ".bak"))
        os.replace(fresh, path)
    except OSError as error:
        raise NotAdopted(f"hub.yaml can't be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return entry["id"]


def _entry(candidate: Candidate, wish: Wish, config: Config) -> dict[str, str]:
    kind = wish.kind or candidate.kind or ""
    device = wish.id or candidate.id
    if not kind:
        raise NotAdopted("what it is can't be told from what it says: choose a kind (panic, door, lighting, restroom)")
    if wish.zone not in config.site.zones:
        raise NotAdopted(f"there is no zone '{wish.zone[:60]}': hub.yaml has {', '.join(config.site.zones)}")
    if device in config.site.devices or not _ID.fullmatch(device):
        known = "is there already" if device in config.site.devices else "is no id (small letters, digits, hyphens)"
        raise NotAdopted(f"'{device[:60]}' {known}: choose another id")
    if refused_in_restroom(candidate, kind):
        raise NotAdopted(f"'{candidate.name}' is {REASON}")
    entry = {"id": device, "kind": kind, "zone": wish.zone, "dialect": str(candidate.dialect), "topic": candidate.topic}
    name = " ".join(wish.name.split())
    return entry | ({"name": name} if name else {})


def _loaded(path: Path, environ: Mapping[str, str], before: str) -> Config:
    try:
        return load(path, environ)
    except ConfigErrors as errors:
        text = "\n".join(str(problem) for problem in errors.problems[:20])
        raise NotAdopted(before + text.replace(str(path), "hub.yaml")) from errors


def _prepare(fresh: Path, content: bytes, like: Path) -> None:
    """Writes the new file, with the mode and owner of the old one, onto the disk itself."""
    known = like.stat()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, known.st_mode & 0o7777)
        if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, known.st_uid, known.st_gid)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
