"""Addresses and identifiers of the outside world: URLs, hosts, topics, numbers, keys. Checks raise ValueError."""

import base64
import binascii
import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from hub.config.fields import checked, matching, secret
from hub.config.model import Login, Secret

TOPIC_LIMIT: Final = 256
"""Bytes. MQTT itself allows 65,535, but no device of this world has more."""

_HOST: Final = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"


def split(text: str, *schemes: str) -> SplitResult:
    """The parts of a URL of one of `schemes` with a host. The message never shows the URL: it may hold a password."""
    must_be = f"must be a URL of the form {' or '.join(f'{scheme}://host' for scheme in schemes)}"
    try:
        parts = urlsplit(text)
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise ValueError(must_be) from None
    if parts.scheme not in schemes or not re.fullmatch(_HOST, parts.hostname or "") or not _plain(text):
        raise ValueError(must_be)
    return parts


def _plain(text: str) -> bool:
    return len(text) <= 2048 and text.isprintable() and " " not in text


def _without_user(parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise ValueError("has a user or password in the URL, in the clear: take it out, and use the keys for secrets")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post_url(text: str) -> str:
    parts = split(text, "https", "http")
    _without_user(parts)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("must be https: http is allowed to this machine itself only")
    return text


def _database_url(text: str) -> str:
    parts = split(text, "http", "https")
    _without_user(parts)
    if parts.query or parts.fragment:
        raise ValueError("must end before the '?' or '#': the other keys say the rest")
    return text.rstrip("/")


def camera(text: str) -> tuple[str, Login | None]:
    """The URL without user and password, and those."""
    parts = split(text, "rtsp", "rtsps")
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if parts.username is None:
        return url, None
    user, password = unquote(parts.username), unquote(parts.password or "")
    if not user or ":" in user or not (user + password).isprintable():
        raise ValueError("has a user or password that no camera can have: write signs such as @ and : as %40 and %3A")
    return url, Login(user, Secret(password))


def _machine(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError('must be the IP address of one machine, such as "127.0.0.1"') from None


def listen(text: str) -> tuple[str, int]:
    """Host and port of `host:port`; an IPv6 address stands in brackets."""
    match = re.fullmatch(rf"(?:\[([0-9A-Fa-f:.]+)\]|({_HOST.partition('|')[0]})):([0-9]{{1,5}})", text)
    if match is None or not 0 < int(match[4]) <= 65535:
        raise ValueError('must be "host:port" such as "127.0.0.1:8080" or "[::1]:8080"')
    return match[1] or match[2], int(match[4])


def _endpoint(text: str) -> str:
    listen(text)
    return text


def _topic(text: str) -> str:
    if not text or len(text.encode()) > TOPIC_LIMIT or not text.isprintable() or set(text) & set("+#"):
        raise ValueError(f"must be an MQTT topic: no + or #, nothing unprintable, at most {TOPIC_LIMIT} bytes")
    return text


def _webhook_secret(text: str) -> None:
    # Standard Webhooks, "Signature scheme": 24 to 64 random bytes, in base64 after whsec_.
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < 24:
        raise ValueError("must be base64 of at least 24 random bytes, with or without whsec_ before it")


def _must_match(form: str, must_be: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not re.fullmatch(form, text):
            raise ValueError(must_be)

    return check


post_url = checked(_post_url)
database_url = checked(_database_url)
host = matching(_HOST, "must be a host name or an IP address, without a port")
endpoint = checked(_endpoint)
listening = checked(listen)
machine = checked(_machine)
topic = checked(_topic)
phone = matching(r"\+[1-9][0-9]{6,14}", 'must be a phone number in the international form, such as "+77010000000"')
mail = matching(r"[^@\s,;<>]{1,64}@[A-Za-z0-9.-]{1,253}", "must be an e-mail address")
account = matching(r"[0-9A-Fa-f]{3,16}", "must be an account of 3 to 16 hex digits, in quotes")
cap_sender = matching(r"[^\s,<&]{1,200}", "must be a CAP sender: no spaces, commas, < or &")

webhook_secret = secret(_webhook_secret)
dc09_key = secret(
    _must_match(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})", "must be 32, 48 or 64 hex digits")
)
sim_pin = secret(_must_match(r"[0-9]{4,8}", "must be a PIN of 4 to 8 digits"))
_ARGON2ID: Final = r"\$argon2id\$v=[0-9]+\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
pin_hash = secret(
    _must_match(_ARGON2ID, "must be an argon2id hash ($argon2id$…) and not the PIN itself: make one with `hub pin`")
)
password_hash = secret(
    _must_match(
        _ARGON2ID, "must be an argon2id hash ($argon2id$…) and not the password itself: make one with `hub password`"
    )
)
totp_key = secret(
    _must_match(r"[A-Z2-7]{26,128}", "must be a key of 26 to 128 letters A-Z and digits 2-7, as `hub totp` makes them")
)
apprise_url = secret(_must_match(r"[a-z][a-z0-9+.-]*://\S+", "must be an Apprise URL such as tgram://…"))
