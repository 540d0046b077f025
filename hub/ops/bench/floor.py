"""The bare floor: the least that any hub must do, without decoding, deciding, state, routing or proof.

`python -m hub.ops.bench.floor panic BROKER_PORT SINK_PORT FOLDER`: subscribe, one fsynced insert, one HTTP POST.
`python -m hub.ops.bench.floor ingest BROKER_PORT COUNT`: a manual-ack loop that stores nothing; prints messages/s.

It speaks MQTT 5 with as many messages in flight as the hub: else the ratio would compare two protocols.
"""

import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any, Final

import msgspec
import paho.mqtt.client as paho
import urllib3
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.ingest.lane import IN_FLIGHT

CLIENT_ID: Final = "floor"


def client() -> paho.Client:
    """One with manual acknowledgement."""
    made = paho.Client(CallbackAPIVersion.VERSION2, CLIENT_ID, protocol=paho.MQTTv5, manual_ack=True)
    made.username_pw_set("hub", os.environ["BENCH_PASSWORD"])
    return made


def connect(mqtt: paho.Client, port: int, *, lasting: bool) -> None:
    """A lasting session is kept by the broker, with what comes meanwhile."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = IN_FLIGHT["5"]
    if lasting:
        properties.SessionExpiryInterval = 3600
    mqtt.connect("127.0.0.1", port, clean_start=not lasting, properties=properties)


def panic(port: int, sink: int, folder: Path) -> None:
    """Serves presses until it is ended."""
    database = sqlite3.connect(folder / "floor.db", isolation_level=None, check_same_thread=False)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE presses (body TEXT)")
    pool = urllib3.PoolManager()

    def on_message(mqtt: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        device = message.topic.split("/")[1]
        database.execute("INSERT INTO presses VALUES (?)", (message.payload.decode(),))
        body = msgspec.json.encode({"type": "floor", "device": device})
        pool.request("POST", f"http://127.0.0.1:{sink}/alerts", body=body, headers={"webhook-id": device})
        mqtt.ack(message.mid, message.qos)

    mqtt = client()
    mqtt.on_message = on_message
    mqtt.on_connect = lambda mqtt, *_: mqtt.subscribe("school/+/event", 1)
    connect(mqtt, port, lasting=False)
    print("ready", flush=True)
    mqtt.loop_forever()


def ingest(port: int, count: int) -> None:
    """Takes `count` messages that wait in its session, decodes each, stores nothing."""
    taken = 0
    first = 0.0

    def on_message(mqtt: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        nonlocal taken, first
        first = first or time.perf_counter()
        taken += 1
        msgspec.json.decode(message.payload)
        mqtt.ack(message.mid, message.qos)
        if taken == count:
            print(count / (time.perf_counter() - first), flush=True)
            mqtt.disconnect()

    mqtt = client()
    mqtt.on_message = on_message
    connect(mqtt, port, lasting=True)
    mqtt.loop_forever()


def main(arguments: list[str]) -> None:
    """See the module's text."""
    if arguments[0] == "panic":
        panic(int(arguments[1]), int(arguments[2]), Path(arguments[3]))
    elif arguments[0] == "ingest":
        ingest(int(arguments[1]), int(arguments[2]))
    else:  # makes the session that messages will wait in
        mqtt = client()
        mqtt.on_connect = lambda mqtt, *_: mqtt.subscribe([("school/#", 1), ("zigbee2mqtt/#", 1)])
        mqtt.on_subscribe = lambda mqtt, *_: mqtt.disconnect()
        connect(mqtt, int(arguments[1]), lasting=True)
        mqtt.loop_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
