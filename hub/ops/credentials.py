"""What people prove themselves with, made on the command line: only hashes and keys leave, never a PIN."""

import sys
from getpass import getpass
from typing import Final

from argon2 import PasswordHasher

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def make_pin(*, from_stdin: bool) -> int:
    """Prints the hash of a PIN that is typed in; 2 for one that is no PIN."""
    pin = sys.stdin.readline().strip() if from_stdin else getpass("PIN (at least four digits): ")
    if not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 12):
        return _refused("a PIN is four to twelve digits")
    print(_HASHER.hash(pin))
    return 0


def make_password(*, from_stdin: bool) -> int:
    """Prints the hash of a password that is typed in, twice where somebody sits there; 2 for a weak one."""
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass("Password (ten characters or more): ")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or not password.isprintable():
        return _refused(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if password.isdecimal() or len(set(password)) < 5:
        return _refused("a password is more than digits or a few signs repeated: take three words")
    if not from_stdin and getpass("Once more: ") != password:
        return _refused("the two are not the same")
    print(_HASHER.hash(password))
    return 0


def make_totp(name: str) -> int:
    """Prints a new key, and the address that authenticators take as a QR code or by hand."""
    import pyotp

    key = pyotp.random_base32()
    print(key)
    print(
        f"authenticator: {pyotp.TOTP(key).provisioning_uri(name=name, issuer_name='School safety hub')}",
        file=sys.stderr,
    )
    return 0


def _refused(why: str) -> int:
    print(f"hub: {why}", file=sys.stderr)
    return 2
