"""Connections in limited time, with or without a name server."""

import socket
import threading
import time

import pytest

from hub.forward import dial as module
from hub.forward.dial import dial
from tests.servers import free_port


def test_a_name_that_worked_once_works_without_its_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        dial("localhost", port, 2).close()
        dead = threading.Event()
        real = socket.getaddrinfo

        def hangs(host: str, *args: object, **kwargs: object) -> object:
            if "flags" not in kwargs:  # the name server, not the reading of a plain address
                dead.wait(10)
            return real(host, *args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", hangs)
        monkeypatch.setattr(module, "LOOKUP_SECONDS", 0.1)
        dial("localhost", port, 2).close()
        with pytest.raises(TimeoutError):
            dial("localhost", free_port(), 2)
        dead.set()


def test_a_name_that_is_none_is_an_os_error() -> None:
    for name in ("nobody.invalid", "a" * 64 + ".invalid", "ә" * 300):
        with pytest.raises(OSError, match=r"not known|not a host name|No address|failure"):
            dial(name, 1, 2)


def test_nobody_there_is_told_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(ConnectionRefusedError):
        dial("127.0.0.1", free_port(), 5)
    assert time.monotonic() - began < 1
