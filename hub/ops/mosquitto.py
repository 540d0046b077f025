"""Mosquitto's password file."""

import base64
import hashlib
import secrets
from typing import Final

_ITERATIONS: Final = 101  # Mosquitto's own; the passwords are random, not chosen by people


def password_line(user: str, password: str) -> str:
    """A line as `mosquitto_passwd` writes it: PBKDF2-SHA512. Not through that program: arguments are seen by all."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"{user}:$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}\n"
