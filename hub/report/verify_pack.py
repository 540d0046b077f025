"""`hub verify` of an inspection pack, offline: what was changed, missing or added, and what its journal proves."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub import __version__
from hub.domain.alarms import Alarm
from hub.domain.alerts import Head
from hub.domain.decision import Anchor
from hub.report.chain import Examined, Line, examine
from hub.report.container import BadPack, Opened, read_zip
from hub.report.key import BadKey, fingerprint, grouped, is_signed, read_public
from hub.report.model import AlarmRow, Report
from hub.report.pack import ANCHORS, FORMAT, JOURNAL, KEY, MANIFEST, REPORT, SIGNATURE, Manifest
from hub.report.proofs import weigh, wrong_proofs
from hub.report.tables import csv_files
from hub.report.told import Told
from hub.report.verdict import Verdict, proven_until

_BARE: Final = frozenset({MANIFEST, SIGNATURE})
T = TypeVar("T")


class _AlarmEntry(msgspec.Struct, frozen=True):
    alarm: Alarm


def verify_pack(path: Path, pinned: str, secrets: Mapping[str, str], log: Iterable[Anchor] = ()) -> Verdict:
    """Examines a pack. `pinned` is the fingerprint that must have signed it, empty where none is known. `secrets` are
    headquarters' webhook secrets by channel, `log` what its own log says. Raises OSError where there is no file."""
    try:
        opened = read_zip(path)
    except BadPack as error:
        return Verdict((f"it is no pack that can be trusted: {error}",), ())
    wrong = [f"{name} was changed: it can't be unpacked" for name in opened.damaged]
    manifest, key = _manifest(opened, wrong), _key(opened, wrong)
    if manifest is not None:
        _compare(opened, manifest, wrong)
    if key is not None:
        _check_signatures(opened, manifest, key, wrong)
        _check_pin(key, pinned, wrong)
    found = [_signed_by(key, pinned, wrong), *_about(manifest)]
    if manifest is not None:
        found += _journal(opened, manifest, secrets, list(log), wrong)
    return Verdict(tuple(wrong), tuple(found))


def _manifest(opened: Opened, wrong: list[str]) -> Manifest | None:
    if MANIFEST not in opened.files:
        _missing(MANIFEST, opened, wrong)
        return None
    try:
        manifest = msgspec.json.decode(opened.files[MANIFEST], type=Manifest)
    except (msgspec.DecodeError, RecursionError):
        wrong.append(f"{MANIFEST} was changed: it can't be read")
        return None
    if manifest.format != FORMAT:
        wrong.append(f"{MANIFEST} is of the format {manifest.format[:60]!r}, which this version does not know")
    return manifest


def _key(opened: Opened, wrong: list[str]) -> Ed25519PublicKey | None:
    if KEY not in opened.files:
        _missing(KEY, opened, wrong)
        return None
    try:
        return read_public(opened.files[KEY])
    except BadKey as error:
        wrong.append(f"{KEY} was changed: {error}")
        return None


def _missing(name: str, opened: Opened, wrong: list[str]) -> None:
    if name not in opened.damaged:
        wrong.append(f"{name} is missing")


def _compare(opened: Opened, manifest: Manifest, wrong: list[str]) -> None:
    for name, listed in manifest.files.items():
        data = opened.files.get(name)
        if data is None:
            if name != KEY:
                _missing(name, opened, wrong)
        elif len(data) != listed.bytes or hashlib.sha256(data).hexdigest() != listed.sha256:
            wrong.append(f"{name} was changed")
    added = opened.files.keys() - manifest.files.keys() - _BARE
    wrong += [f"{name} was added" for name in sorted(added)]


def _check_signatures(opened: Opened, manifest: Manifest | None, key: Ed25519PublicKey, wrong: list[str]) -> None:
    signature, data = opened.files.get(SIGNATURE), opened.files.get(MANIFEST)
    if signature is None:
        _missing(SIGNATURE, opened, wrong)
    elif data is not None and not is_signed(key, signature, data):
        wrong.append(f"{MANIFEST} or {SIGNATURE} was changed: the signature is not the key's")
    if manifest is not None and manifest.key != fingerprint(key):
        wrong.append(f"{KEY} is another key than that of {MANIFEST}")
    if opened.seal is None or not is_signed(key, opened.seal, opened.sealed):
        rest = "" if wrong else ", outside its files: they are as they were signed"
        wrong.append(f"the archive itself was changed{rest}")


def _check_pin(key: Ed25519PublicKey, pinned: str, wrong: list[str]) -> None:
    if pinned and pinned != fingerprint(key):
        wrong.append("it was signed by another key than the one expected")


def _signed_by(key: Ed25519PublicKey | None, pinned: str, wrong: list[str]) -> str:
    if key is None:
        return "nobody knows who signed it"
    what = "the key in it is" if wrong else "signed by the key"
    advice = "" if pinned else "; compare it with the one written down when the hub was installed, or give --key"
    return f"{what} {grouped(fingerprint(key))}{advice}"


def _about(manifest: Manifest | None) -> Iterator[str]:
    if manifest is not None:
        yield f"school {manifest.site}, made {manifest.generated_at}, period from {manifest.since}"


def _journal(
    opened: Opened, manifest: Manifest, secrets: Mapping[str, str], log: list[Anchor], wrong: list[str]
) -> list[str]:
    lines, anchors = _lines(opened, JOURNAL, Line, wrong), _lines(opened, ANCHORS, Anchor, wrong)
    if lines is None or anchors is None:
        return []
    extent = manifest.journal
    known = [anchor for anchor in (*anchors, *log) if extent.first - 1 <= anchor.head.no <= extent.last]
    examined = examine(lines, known, Head(extent.first - 1, extent.previous))
    if examined.broken is not None:
        wrong.append(f"the journal in it is not whole: {examined.broken.text}")
    elif lines and examined.head != Head(extent.last, extent.head):
        wrong.append(f"{JOURNAL} does not end with record {extent.last} as {MANIFEST} says")
    else:
        wrong += _against_journal(opened, manifest, lines, wrong)
    wrong += wrong_proofs(anchors, secrets)
    return [f"the journal in it has records {extent.first} to {examined.head.no}", _proven(examined, secrets)]


def _proven(examined: Examined, secrets: Mapping[str, str]) -> str:
    return proven_until(examined, weigh(examined.proven, secrets) if examined.proven is not None else None)


def _lines(opened: Opened, name: str, type_: type[T], wrong: list[str]) -> list[T] | None:
    data = opened.files.get(name)
    if data is None:
        return None
    decode = msgspec.json.Decoder(type_).decode
    try:
        return [decode(line) for line in data.split(b"\n") if line]
    except (msgspec.DecodeError, RecursionError):
        wrong.append(f"{name} can't be read")
        return None


def _against_journal(opened: Opened, manifest: Manifest, lines: list[Line], wrong: list[str]) -> Iterator[str]:
    """The report against the journal's last words, and the lists against the report: a school that has the signing
    key can sign what it likes, but not change what headquarters has proof of."""
    if REPORT not in opened.files:
        return
    try:
        report = msgspec.json.decode(opened.files[REPORT], type=Report)
        last = _last_words(lines)
    except (msgspec.DecodeError, RecursionError):
        if not any(text.startswith(REPORT) for text in wrong):
            yield f"{REPORT} can't be read"
        return
    rows = {row.id: row for row in report.alarms}
    for number, row in rows.items():
        if number not in last:
            yield f"alarm {number} is in {REPORT}, but not in the journal"
        elif not _agrees(row, last[number]):
            yield f"alarm {number} in {REPORT} is not what the journal says"
    for number, alarm in last.items():
        if number not in rows and alarm.raised_at >= report.since:
            yield f"alarm {number} is in the journal, but not in {REPORT}"
    told = Told()
    for line in lines:
        told.take(line)
    yield from told.against_report(report, REPORT)
    yield from _of_photographs(opened, manifest, report)
    if manifest.version == __version__:  # another version's lists may have other columns
        yield from _of_lists(opened, report, manifest.language)


def _of_photographs(opened: Opened, manifest: Manifest, report: Report) -> Iterator[str]:
    """A finding was closed on these pictures and no others, as the journal says."""
    named = {name: photo for row in report.findings for name, photo in row.photo_files.items()}
    for name, photo in named.items():
        data = opened.files.get(name)
        if data is None and name not in manifest.files:
            yield f"{name} is missing: the hub did not have it any more"
        elif data is not None and hashlib.sha256(data).hexdigest() != photo:
            yield f"{name} is not the photograph that {REPORT} names"
    for name in sorted(manifest.files.keys() - named.keys()):
        if name.endswith(".jpg"):
            yield f"{name} is of no finding in {REPORT}"


def _of_lists(opened: Opened, report: Report, language: str) -> Iterator[str]:
    try:
        made = csv_files(report, language)
    except (ValueError, OverflowError, OSError):
        yield f"{REPORT} has times that can't be written"
        return
    yield from (
        f"{name} is not what {REPORT} says" for name in made if opened.files.get(name, made[name]) != made[name]
    )


def _last_words(lines: Iterable[Line]) -> dict[int, Alarm]:
    alarms = (msgspec.json.decode(line.body, type=_AlarmEntry).alarm for line in lines if line.kind == "alarm")
    return {alarm.id: alarm for alarm in alarms}


def _agrees(row: AlarmRow, alarm: Alarm) -> bool:
    answered = max(0, alarm.acknowledged_at - alarm.raised_at) if alarm.acknowledged_at else None
    said = (alarm.device, alarm.zone, alarm.type, alarm.priority, alarm.status, alarm.state.value, alarm.raised_at,
            alarm.cleared_at or None, alarm.count, alarm.reset_as, answered)  # fmt: skip
    return said == (row.device, row.zone, row.alarm, row.priority, row.status, row.state, row.raised_at,
                    row.cleared_at, row.count, row.reset_as, row.response_ms)  # fmt: skip
