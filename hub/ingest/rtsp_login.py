"""How a camera is told a user and password: Digest where it offers that, else Basic.

Sources: RFC 2326, section 14 and its appendix D (RTSP takes both from HTTP), RFC 7616 (Digest: also SHA-256, `qop`, and
the form without `qop` of RFC 2069, which cameras still speak), RFC 7617 (Basic).
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Final

from hub.config.model import Login

_CHALLENGE: Final = re.compile(rb"\r\nwww-authenticate:[ \t]*([^\r\n]*)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:^|,)[ \t]*(Basic|Digest)(?=[ \t]|$)", re.IGNORECASE)
_PARAMETER: Final = re.compile(r'([A-Za-z]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_HASHES: Final[Mapping[str, str]] = {"SHA-512-256": "sha512_256", "SHA-256": "sha256", "MD5": "md5"}
"""By the name in a challenge, the strongest first."""


class Challenge:
    """One offer of a camera: its scheme in small letters, and its parameters."""

    def __init__(self, scheme: str, parameters: str) -> None:
        self.scheme = scheme.lower()
        self._values = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
            for name, quoted, bare in _PARAMETER.findall(parameters)
        }

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    @property
    def algorithm(self) -> str:
        """Without `-sess`."""
        return (self.get("algorithm") or "MD5").upper().removesuffix("-SESS")

    @property
    def rank(self) -> int:
        """The lower, the better; -1 where it can't be answered."""
        if self.scheme == "basic":
            return len(_HASHES)
        qop = [one.strip() for one in self.get("qop").split(",")]
        known = self.algorithm in _HASHES and self.get("nonce") and ("auth" in qop or qop == [""])
        return list(_HASHES).index(self.algorithm) if known else -1


def challenges(head: bytes) -> Iterator[Challenge]:
    """All offers in the head of an answer."""
    for line in _CHALLENGE.findall(head):
        parts = _SCHEME.split(line.decode(errors="surrogateescape"))
        for scheme, parameters in zip(parts[1::2], parts[2::2], strict=True):
            yield Challenge(scheme, parameters)


def best(head: bytes) -> Challenge | None:
    """The safest offer that can be answered, None where there is none."""
    known = [offer for offer in challenges(head) if offer.rank >= 0]
    return min(known, key=lambda offer: offer.rank, default=None)


def authorization(offer: Challenge, login: Login, method: str, url: str) -> bytes:
    """The header line that answers `offer`, its line end included."""
    user, password = login.user, login.password.reveal()
    if offer.scheme == "basic":
        return b"Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()) + b"\r\n"
    fields = _digest(offer, user, password, method, url)
    line = ", ".join(
        f"{name}={value}" if name in ("algorithm", "qop", "nc") else f'{name}="{_escaped(value)}"'
        for name, value in fields.items()
        if value
    )
    return f"Authorization: Digest {line}\r\n".encode(errors="surrogateescape")


def _digest(offer: Challenge, user: str, password: str, method: str, url: str) -> dict[str, str]:
    def hashed(*parts: str) -> str:
        text = ":".join(parts).encode(errors="surrogateescape")
        return hashlib.new(_HASHES[offer.algorithm], text, usedforsecurity=False).hexdigest()

    nonce, realm, count = offer.get("nonce"), offer.get("realm"), "00000001"
    fresh = secrets.token_hex(8)
    who, what = hashed(user, realm, password), hashed(method, url)
    session = offer.get("algorithm").upper().endswith("-SESS")
    if session:
        who = hashed(who, nonce, fresh)
    asked = bool(offer.get("qop"))
    return {
        "username": user,
        "realm": realm,
        "nonce": nonce,
        "uri": url,
        "response": hashed(who, nonce, count, fresh, "auth", what) if asked else hashed(who, nonce, what),
        "algorithm": offer.get("algorithm"),
        "opaque": offer.get("opaque"),
        "qop": "auth" if asked else "",
        "nc": count if asked else "",
        "cnonce": fresh if asked or session else "",
    }


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
