"""The hub's own Ed25519 key, with which it signs inspection packs: made once, beside the store, readable by the hub
alone. Whoever was told the fingerprint at the installation can tell this hub's packs from everybody else's."""

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


class BadKey(ValueError):
    """The key can't be used; the message says why."""


def key_path(store: Path) -> Path:
    """Where the key of the store's hub lies."""
    return store.with_name(store.stem + "-key.pem")


def own_key(store: Path) -> Ed25519PrivateKey:
    """The hub's key; made now where there is none. Raises BadKey for a file that others can read or that holds
    something else, OSError where the disk refuses."""
    path = key_path(store)
    with contextlib.suppress(FileExistsError):
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadKey(f"{path}: others can read or write the signing key; make it yours alone: chmod 600")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{path}: not a signing key: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path}: not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    """Whole or not at all: a crash must not leave half a key behind."""
    if path.exists():
        raise FileExistsError(path)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # does not replace a key that another process has made in the meantime
    finally:
        draft.unlink()


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public half, as OpenSSL reads it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(pem: bytes) -> Ed25519PublicKey:
    """Raises BadKey for anything but an Ed25519 public key."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError) as error:
        raise BadKey(f"not a public key: {error}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey("not an Ed25519 key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key in hex: what is written down at the installation, and read out on the telephone
    in groups of four."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def grouped(digest: str) -> str:
    """A fingerprint for people."""
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def is_signed(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data` is the key's."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
