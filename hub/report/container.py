"""The pack's container: a ZIP whose comment seals every byte before it, read under limits.

A ZIP has many bytes that belong to no file (times, attributes, gaps). The manifest's signature covers the files; the
seal, in the archive's comment, is a signature over everything else as well.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

SEAL: Final = b"school-safety-hub pack v1\n"
_COMMENT: Final = re.compile(rb"seal:([0-9a-f]{128})")
_COMMENT_LENGTH: Final = 5 + 128
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}\.[a-z]{1,6}")

PACK_BYTES: Final = 64 * 1024 * 1024
FILE_BYTES: Final = 256 * 1024 * 1024
FILES: Final = 1000


_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
    OverflowError,
)  # fmt: skip
"""What Python's reader raises for archives that are damaged or made up."""


class BadPack(ValueError):
    """The file is not a pack, or one that is not safe to open."""


def write_zip(path: Path, files: Mapping[str, bytes], at: int) -> bytes:
    """Writes the files with a comment's room for the seal; returns what the seal is to sign."""
    moment = datetime.fromtimestamp(at / 1000, UTC).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, moment)
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
        archive.comment = b"seal:" + b"0" * 128
    whole = buffer.getvalue()
    if len(whole) > PACK_BYTES:
        raise BadPack(f"the pack would have {len(whole) >> 20} MB: choose fewer --days")
    path.write_bytes(whole)
    return _sealed(whole)


def write_seal(path: Path, signature: bytes) -> None:
    """Puts the seal's signature in its place."""
    with path.open("r+b") as file:
        file.seek(-128, io.SEEK_END)
        file.write(signature.hex().encode())


class Opened(msgspec.Struct, frozen=True):
    """What a pack holds. `damaged` are files that can't be unpacked any more; `sealed` is what the seal signs, `seal`
    its signature, None where there is none."""

    files: dict[str, bytes]
    damaged: tuple[str, ...]
    sealed: bytes
    seal: bytes | None


def read_zip(path: Path) -> Opened:
    """Opens a pack in memory; nothing is extracted to the disk. Raises BadPack for what is no pack or breaks the
    limits, OSError where it can't be read."""
    if path.stat().st_size > PACK_BYTES:
        raise BadPack(f"it is larger than {PACK_BYTES >> 20} MB")
    whole = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            files, damaged = _read(archive)
            comment = archive.comment
    except BadPack:
        raise
    except _BROKEN as error:
        raise BadPack(f"it is not a whole ZIP: {error}") from None
    seal = _COMMENT.fullmatch(comment)
    intact = seal is not None and whole.endswith(comment) and len(comment) == _COMMENT_LENGTH
    signature = bytes.fromhex(seal[1].decode()) if seal is not None and intact else None
    return Opened(files, tuple(damaged), _sealed(whole), signature)


def _sealed(whole: bytes) -> bytes:
    """Everything up to the seal itself, by its digest."""
    return SEAL + hashlib.sha256(whole[:-128]).digest()


def _read(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], list[str]]:
    entries = archive.infolist()
    if len(entries) > FILES:
        raise BadPack(f"it holds more than {FILES} files")
    files: dict[str, bytes] = {}
    damaged: list[str] = []
    room = FILE_BYTES
    for entry in entries:
        if entry.filename in files or entry.filename in damaged:
            raise BadPack(f"it holds {entry.filename!r} twice")
        if not _NAME.fullmatch(entry.filename):
            raise BadPack(f"it holds a file with the name {entry.filename[:80]!r}")
        if entry.flag_bits & 1:
            raise BadPack(f"{entry.filename} is encrypted")
        try:
            with archive.open(entry) as file:
                data = file.read(room + 1)  # what the header says of the size is not believed
        except _BROKEN:
            damaged.append(entry.filename)
            continue
        if len(data) > room:
            raise BadPack(f"unpacked it is larger than {FILE_BYTES >> 20} MB")
        room -= len(data)
        files[entry.filename] = data
    return files, damaged
