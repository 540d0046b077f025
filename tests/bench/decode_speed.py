"""How long each dialect takes to decode its recorded messages: `python -m tests.bench.decode_speed`.

Microseconds per message, the best of five rounds: decoding alone, through the router, with all announcements learnt.
"""

import json
import time
from collections import defaultdict

from hub.ingest.dialect import LaneName, Message
from hub.ingest.dialects import DIALECTS
from hub.ingest.router import Router
from tests.ingest.test_fixtures import FOLDER, device

_TIMES = 2000


def measured(dialect: str, message: dict, said: dict) -> float:
    """Microseconds for one message."""
    router = Router([device(dialect, said)], DIALECTS)
    for one in message.get("after", ()):
        router.decode(Message(one["topic"], json.dumps(one["payload"]).encode(), True), LaneName.TELEMETRY)
    body = message["payload"]
    content = Message(message["topic"], body.encode() if isinstance(body, str) else json.dumps(body).encode())
    lane = next((lane for lane in LaneName if router.decode(content, lane) is not None), LaneName.TELEMETRY)
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(_TIMES):
            router.decode(content, lane)
        rounds.append((time.perf_counter() - began) / _TIMES * 1e6)
    return min(rounds)


def main() -> None:
    """Prints a table: median and slowest of each dialect's recorded messages."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for path in sorted(FOLDER.glob("*/*.json")):
        for number, message in enumerate(json.loads(path.read_text())["messages"]):
            if message["topic"].endswith("/config"):
                continue
            took = measured(path.parent.name, message, message["says"][0])
            found[path.parent.name].append((took, f"{path.stem} {number}"))
    print("| dialect | messages | median µs | slowest µs | which |")
    print("|---|---|---|---|---|")
    for dialect, times in found.items():
        times.sort()
        slowest, name = times[-1]
        print(f"| {dialect} | {len(times)} | {times[len(times) // 2][0]:.1f} | {slowest:.1f} | {name} |")


if __name__ == "__main__":
    main()
