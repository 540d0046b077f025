"""A sensor gone mad: `python -m tests.journeys.flooder PORT PASSWORD TOPIC RATE SECONDS [PAYLOAD]`.

Publishes RATE messages a second at QoS 0, each with another value where no payload is given; prints how many a second
it really was.
"""

import socket
import struct
import sys
import time


def text(said: str) -> bytes:
    return struct.pack("!H", len(said.encode())) + said.encode()


def packet(kind: int, body: bytes) -> bytes:
    assert len(body) < 128, "one byte holds the length"
    return bytes([kind, len(body)]) + body


def flood(port: int, password: str, topic: str, rate: int, seconds: float, payload: str = "") -> float:
    """Blocks until it is over."""
    with socket.create_connection(("127.0.0.1", port)) as broker:
        hello = text("MQTT") + b"\x04\xc2" + struct.pack("!H", 60) + text("flooder") + text("sensors") + text(password)
        broker.sendall(packet(0x10, hello))
        assert broker.recv(4)[:2] == b"\x20\x02"
        began, sent = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            due = int(passed * rate) - sent
            values = (payload.encode() or b"%d" % (sent + n) for n in range(min(due, 1000)))
            broker.sendall(b"".join(packet(0x30, text(topic) + value) for value in values))
            sent += min(due, 1000)
            time.sleep(0.005)
        broker.sendall(b"\xe0\x00")
        return sent / (time.monotonic() - began)


if __name__ == "__main__":
    port, password, topic, rate, seconds, *payload = sys.argv[1:]
    print(round(flood(int(port), password, topic, int(rate), float(seconds), *payload)))
