"""`hub pin`, `hub password` and `hub totp`."""

import io

import pyotp
import pytest
from argon2 import PasswordHasher

from hub.cli import main


def says(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))


@pytest.mark.parametrize(("command", "text"), [("pin", "4711"), ("password", "three words of his")])
def test_a_hash_is_all_that_is_printed(monkeypatch, capsys, command, text):
    says(monkeypatch, text)
    assert main([command, "--stdin"]) == 0
    said = capsys.readouterr()
    assert text not in said.out
    assert PasswordHasher().verify(said.out.strip(), text)


@pytest.mark.parametrize(
    ("command", "text"),
    [("pin", "471"), ("pin", "४७११"), ("password", "short"), ("password", "12345678901"), ("password", "aaaaaaaaaaaa")],
)
def test_what_is_guessed_at_once_is_refused(monkeypatch, capsys, command, text):
    says(monkeypatch, text)
    assert main([command, "--stdin"]) == 2
    assert capsys.readouterr().out == ""


def test_a_key_makes_codes(capsys):
    assert main(["totp", "Дана"]) == 0
    said = capsys.readouterr()
    assert len(pyotp.TOTP(said.out.strip()).now()) == 6
    assert "otpauth://totp/" in said.err
