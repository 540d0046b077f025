"""The demonstration's broker where Mosquitto is not installed: amqtt, in a process of its own.

`python -m hub.sim.broker_amqtt FILE`, where FILE is written by `hub.sim.broker_config.amqtt_file`. It loses queued
messages when it ends: for the demonstration only.
"""

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

from amqtt.broker import Broker


def config(content: dict[str, Any]) -> dict[str, Any]:
    """amqtt's configuration: no anonymous users, passwords by argon2, rights by topic."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": content["bind"]}},
        "plugins": {
            "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": content["passwords"]},
            "amqtt.plugins.topic_checking.TopicAccessControlListPlugin": {
                "publish_acl": content["write"],
                "acl": content["read"],
            },
        },
    }


async def serve(content: dict[str, Any]) -> None:
    """Runs the broker until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    broker = Broker(config(content))
    await broker.start()
    await stop.wait()
    await broker.shutdown()


def main(path: Path) -> int:
    """Runs the broker that the file describes."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(serve(json.loads(path.read_text(encoding="utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
