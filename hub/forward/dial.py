"""Opening TCP connections within a time limit, name lookup included.

The system's own lookup may take half a minute when the line is dead, and a school's name server is no part of the line
to headquarters: so it gets a limited time, and where it doesn't answer, the addresses that worked last are used.
"""

import queue
import socket
import threading
import time
from typing import Any, Final

LOOKUP_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 3.0
"""For one address: a line that needs longer for three packets is as good as dead."""

_Addresses = list[tuple[Any, Any, int, str, Any]]
_known: Final[dict[tuple[str, int], _Addresses]] = {}


def dial(host: str, port: int, seconds: float) -> socket.socket:
    """A connected socket, without Nagle's delay. Raises OSError (TimeoutError after `seconds`)."""
    deadline = time.monotonic() + seconds
    failure: OSError = TimeoutError("no address answered in time")
    for family, kind, protocol, _name, address in _addresses(host, port, min(LOOKUP_SECONDS, seconds)):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(min(CONNECT_SECONDS, left))
            line.connect(address)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure


def _addresses(host: str, port: int, seconds: float) -> _Addresses:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        pass  # a name
    answers: queue.SimpleQueue[_Addresses | OSError] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers), name="lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        answer = TimeoutError("the name server did not answer")
    if isinstance(answer, OSError):
        if (host, port) not in _known:
            raise answer
        return _known[host, port]
    _known[host, port] = answer
    return answer


def _look_up(host: str, port: int, answers: "queue.SimpleQueue[_Addresses | OSError]") -> None:
    try:
        answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except OSError as error:
        answers.put(error)
    except UnicodeError:
        answers.put(OSError("not a host name"))
