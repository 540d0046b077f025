"""The inspection pack: report, lists, journal extract and printed act in one ZIP, signed by the hub."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.domain.alerts import Head
from hub.domain.decision import Anchor
from hub.domain.site import Language, Site
from hub.report import container
from hub.report.build import build_report, read_store
from hub.report.chain import START, Line
from hub.report.key import fingerprint, own_key, public_pem
from hub.report.model import Report
from hub.report.printed import NoPdf, html, pdf
from hub.report.tables import csv_files, iso
from hub.report.verify import read_anchors, read_lines
from hub.store.album import Album
from hub.store.database import open_reader

FORMAT: Final = "school-safety-hub pack 1"
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "hub-key.pem"
JOURNAL, ANCHORS, REPORT = "journal.jsonl", "anchors.jsonl", "report.json"

README: Final = """\
Inspection pack of a school safety hub. All of it is signed with the hub's own Ed25519 key.

With the hub's software:
    hub verify THIS-FILE.zip --key FINGERPRINT
With OpenSSL 3 alone, then compare the `sha256sum` of each file with manifest.json:
    openssl pkeyutl -verify -pubin -inkey hub-key.pem -rawin -in manifest.json -sigfile manifest.sig
The fingerprint is the SHA-256 of the raw public key; it was written down when the hub was installed:
    openssl pkey -pubin -in hub-key.pem -outform DER | tail -c 32 | sha256sum

report.json    all figures; times are UTC in ms, shares from 0 to 1
*.csv          the same as lists
journal.jsonl  the journal's records of the period; each hash covers the record before it
anchors.jsonl  receipts of headquarters for heartbeats that carried the journal's head
finding-*.jpg  the photographs on which findings were closed, named in findings.csv
report.html    the act, printable; report.pdf the same where the hub can make PDF
"""


class Extent(msgspec.Struct, frozen=True):
    """Which part of the journal the pack holds: records `first` to `last`; `previous` is the hash before it."""

    first: int
    previous: str
    last: int
    head: str


class Listed(msgspec.Struct, frozen=True):
    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """What the signature covers."""

    format: str
    site: str
    generated_at: str
    since: str
    days: int
    language: str
    version: str
    key: str
    journal: Extent
    files: Mapping[str, Listed]


class Made(msgspec.Struct, frozen=True):
    """A pack that was written. `no_pdf` says why there is no PDF in it, empty where there is."""

    report: Report
    digest: str
    key: str
    no_pdf: str


def make_pack(site: Site, store: Path, target: Path, now: int, days: int, language: Language) -> Made:
    """Writes the pack of the last `days` to `target`, whole or not at all. Raises OSError, sqlite3.Error, BadKey or
    BadPack."""
    key = own_key(store)
    mark = fingerprint(key.public_key())
    report = build_report(site, read_store(site, store, now, days), now, days)
    extent, lines, anchors = _extract(store, report)
    page = html(report, site, language, mark)
    files = {
        "readme.txt": README.encode(),
        REPORT: msgspec.json.format(msgspec.json.encode(report)),
        **csv_files(report, language),
        JOURNAL: _json_lines(lines),
        ANCHORS: _json_lines(anchors),
        "report.html": page.encode(),
        **_photographs(store, report),
        KEY: public_pem(key),
    }
    no_pdf = ""
    try:
        files["report.pdf"] = pdf(page)
    except NoPdf as error:
        no_pdf = str(error)
    manifest = _manifest(report, language, mark, extent, files)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _write(draft, manifest, files, key, now)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return Made(report, hashlib.sha256(manifest).hexdigest(), mark, no_pdf)


def _photographs(store: Path, report: Report) -> dict[str, bytes]:
    """Those that are still what they were: `hub verify` names the others as missing."""
    album = Album(store)
    kept = {name: album.read(photo) for row in report.findings for name, photo in row.photo_files.items()}
    return {name: content for name, content in kept.items() if content is not None}


def _write(path: Path, manifest: bytes, files: Mapping[str, bytes], key: Ed25519PrivateKey, at: int) -> None:
    signed = {MANIFEST: manifest, SIGNATURE: key.sign(manifest), **files}
    container.write_seal(path, key.sign(container.write_zip(path, signed, at)))


def _manifest(report: Report, language: str, key: str, extent: Extent, files: Mapping[str, bytes]) -> bytes:
    manifest = Manifest(
        format=FORMAT,
        site=report.site,
        generated_at=iso(report.generated_at),
        since=iso(report.since),
        days=report.days,
        language=language,
        version=report.version,
        key=key,
        journal=extent,
        files={name: Listed(hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items()},
    )
    return msgspec.json.format(msgspec.json.encode(manifest))


def _extract(store: Path, report: Report) -> tuple[Extent, list[Line], list[Anchor]]:
    """The records of the period, up to the one with which the report was made."""
    last = report.proof.records
    with closing(open_reader(store)) as reader:
        first, previous = _beginning(reader, report.since)
        lines = [line for line in read_lines(reader, first) if line.no <= last]
        anchors = [anchor for anchor in read_anchors(reader, previous.no) if anchor.head.no <= last]
    return Extent(first, previous.hash, last, report.proof.head), lines, anchors


def _beginning(reader: sqlite3.Connection, since: int) -> tuple[int, Head]:
    """The first record of the period, and the head before it."""
    row = reader.execute("SELECT min(no) FROM journal WHERE at >= ?", (since,)).fetchone()
    first = int(row[0] or 1)
    before = reader.execute("SELECT no, hash FROM journal WHERE no = ?", (first - 1,)).fetchone()
    return first, Head(before[0], before[1]) if before is not None else START


def _json_lines(values: Iterable[object]) -> bytes:
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)
