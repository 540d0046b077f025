"""Adopting a device: one more entry in hub.yaml, checked before the file is replaced."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from hub.adopt.candidates import Candidate
from hub.adopt.insert import NoPlace, with_entry
from hub.adopt.refusal import Code, NotAdopted
from hub.config.fields import is_slug
from hub.config.load import load
from hub.config.model import Config
from hub.config.privacy import intrudes, is_restroom
from hub.config.problems import ConfigErrors

_DENIED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


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
    before = _loaded(path, environ, "mistakes_before")
    entry = entry_of(candidate, wish, before)
    fresh = path.with_name(f".{path.name}.new")
    try:
        old = path.read_bytes()
        _prepare(fresh, with_entry(old.decode("utf-8"), entry).encode("utf-8"), path)
        after = _loaded(fresh, environ, "mistakes")
        if set(after.site.devices) != {*before.site.devices, entry["id"]}:
            raise NotAdopted("no_place", detail="hub.yaml has a form to which no device can be added: do it by hand")
        if path.read_bytes() != old:
            raise NotAdopted("changed")
        shutil.copy2(path, path.with_name(path.name + ".bak"))
        os.replace(fresh, path)
    except NoPlace as error:
        raise NotAdopted("no_place", detail=str(error)) from error
    except OSError as error:
        code: Code = "read_only" if error.errno in _DENIED else "not_writable"
        raise NotAdopted(code, str(path), error.strerror or "") from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return entry["id"]


def entry_of(candidate: Candidate, wish: Wish, config: Config) -> dict[str, str]:
    """The new entry of `devices:`. Raises NotAdopted where it can't stand beside what `config` has."""
    kind, name = wish.kind or candidate.kind or "", " ".join(wish.name.split())
    device = wish.id or candidate.id
    if not kind:
        raise NotAdopted("no_kind")
    if wish.zone not in config.site.zones:
        raise NotAdopted("unknown_zone", wish.zone, ", ".join(config.site.zones))
    if device in config.site.devices:
        raise NotAdopted("id_taken", device)
    if not is_slug(device):
        raise NotAdopted("bad_id", device)
    if kind == "restroom":
        _discreet((candidate.name, candidate.model, candidate.topic, name, device), wish.zone, config)
    for other in config.site.devices.values():
        if (other.dialect, other.topic) == (candidate.dialect, candidate.topic):
            raise NotAdopted("topic_taken", candidate.topic, other.id)
    entry = {"id": device, "kind": kind, "zone": wish.zone, "dialect": str(candidate.dialect), "topic": candidate.topic}
    return entry | ({"name": name} if name else {})


def _discreet(texts: Iterable[str], zone: str, config: Config) -> None:
    """Raises NotAdopted where something that hears, sees or identifies a person would come into a restroom."""
    telling = next((text for text in texts if intrudes(text)), "")
    if telling:
        raise NotAdopted("intrudes", telling)
    there = [device for device in config.site.devices.values() if device.zone == zone]
    camera = next((device for device in there if device.kind == "camera"), None)
    names = (zone, *config.site.zones[zone].name.values())
    if camera and is_restroom(names, [("restroom", ""), *((one.kind, one.role or "") for one in there)]):
        raise NotAdopted("camera_there", camera.id)


def _loaded(path: Path, environ: Mapping[str, str], code: Code) -> Config:
    try:
        return load(path, environ)
    except ConfigErrors as errors:
        text = "\n".join(str(problem) for problem in errors.problems[:20])
        raise NotAdopted(code, detail=text.replace(str(path), "hub.yaml")) from errors


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
