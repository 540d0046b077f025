"""Ports on the loopback: free ones, and the one that was asked for where it is free."""

import socket

_TRIES = 50


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_or_next(wanted: int, taken: frozenset[int] = frozenset()) -> int:
    """`wanted`, or the next above it that is free and not in `taken`. Raises OSError where there is none nearby."""
    for port in range(wanted, min(wanted + _TRIES, 65536)):
        if port not in taken and _is_free(port):
            return port
    raise OSError(f"no free port from {wanted} on")


def listens(port: int) -> bool:
    """Whether somebody answers on this port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
