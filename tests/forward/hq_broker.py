"""A real Mosquitto as headquarters' broker, with ACLs and TLS, and headquarters' application on it."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.config.model import MqttChannel, Secret
from hub.forward.channel import Channel, Outcome
from hub.forward.channels import channel_of
from tests.forward.authority import Authority
from tests.forward.contract import TcpPeer, usual
from tests.forward.faults import Fault
from tests.servers import Server, program, wait_until

SITE = "school-1"
PASSWORDS = {SITE: "the-school-s-password", "school-2": "another-password", "hq": "headquarters-password"}
ACL = """\
user hq
topic read alerts/+/alert
topic write alerts/+/receipt
topic write alerts/+/ack

pattern write alerts/%u/alert
pattern read alerts/%u/receipt
pattern read alerts/%u/ack
"""
"""As docs/channels.md gives it; a test holds the two together."""


class HqBroker(Server):
    """With an authority, TLS with client certificates is required; without one it is a plain listener."""

    name = "hq-mosquitto"

    def __init__(self, folder: Path, authority: Authority | None = None) -> None:
        super().__init__(folder)
        self._authority = authority

    def command(self) -> list[str]:
        passwords = self.folder / "passwd"
        if not passwords.exists():
            passwords.write_text("".join(f"{user}:{password}\n" for user, password in PASSWORDS.items()))
            subprocess.run([program("mosquitto_passwd", "mosquitto"), "-U", passwords], check=True)
        (self.folder / "acl").write_text(ACL)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\n{self._tls()}"
            f"allow_anonymous false\npassword_file {passwords}\nacl_file {self.folder / 'acl'}\n"
            f"persistence true\npersistence_location {self.folder}/\nautosave_interval 1\n"
            "autosave_on_changes true\nuser root\n"
        )
        return [program("mosquitto", "mosquitto"), "-c", str(config)]

    def _tls(self) -> str:
        if self._authority is None:
            return ""
        cert, key = self._authority.issue("hq-broker")
        return f"cafile {self._authority.ca}\ncertfile {cert}\nkeyfile {key}\nrequire_certificate true\n"


class Desk:
    """Headquarters' application: keeps alerts and answers each with a receipt, unless `answer` says otherwise."""

    def __init__(self, port: int, authority: Authority | None = None, user: str = "hq") -> None:
        self.alerts: list[dict[str, Any]] = []
        self.answer: Callable[[Desk, dict[str, Any]], None] = Desk.receipt
        self.published: dict[int, str] = {}
        self.subscribed = 0
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.username_pw_set(user, PASSWORDS[user])
        if authority is not None:
            cert, key = authority.issue(f"client-{user}")
            self.client.tls_set(str(authority.ca), str(cert), str(key))
        self.client.on_connect = lambda client, *_: client.subscribe("alerts/+/alert", options=SubscribeOptions(qos=1))
        self.client.on_subscribe = self._on_subscribe
        self.client.reconnect_delay_set(1, 1)
        self.client.on_message = self._take
        self.client.on_publish = lambda _c, _d, mid, code, _p: self.published.__setitem__(mid, str(code))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_until(lambda: self.subscribed, 5, "headquarters listens")

    def say(self, last: str, body: Mapping[str, Any] | bytes, *, retain: bool = False, site: str = SITE) -> str:
        """Publishes on one of the school's topics; what the broker said of it."""
        content = body if isinstance(body, bytes) else json.dumps(body)
        mid = self.client.publish(f"alerts/{site}/{last}", content, qos=1, retain=retain).mid
        return wait_until(lambda: self.published.get(mid), 5, "the broker confirms")

    def receipt(self, alert: dict[str, Any]) -> None:
        body = {"receipt": alert["event_id"], "received_at": "2026-11-24T05:00:01Z"}
        self.client.publish(f"alerts/{alert['site']}/receipt", json.dumps(body), qos=1)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _on_subscribe(self, *_: Any) -> None:
        self.subscribed += 1

    def _take(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        alert = json.loads(message.payload)
        self.alerts.append(alert)
        self.answer(self, alert)


def settings(port: int, **more: Any) -> MqttChannel:
    return MqttChannel(
        name="hq-mqtt", host="127.0.0.1", port=port, username=SITE, password=Secret(PASSWORDS[SITE]), **more
    )


class HqMqtt(TcpPeer):
    """Broker and application together."""

    kind: ClassVar[str] = "mqtt"
    secrets = (PASSWORDS[SITE],)
    trigger = b"alerts/school-1/alert"
    expected: ClassVar[Mapping[Fault, Outcome]] = usual(Outcome.DELIVERED)

    def start(self) -> None:
        self._folder = TemporaryDirectory()
        self._broker = HqBroker(Path(self._folder.name))
        self._broker.start()
        self.port = self._broker.port
        self.desk = Desk(self.port)

    def stop(self) -> None:
        self.desk.close()
        self._broker.stop()
        self._folder.cleanup()

    def channel(self, port: int) -> Channel:
        return channel_of(settings(port))

    def received(self) -> list[str]:
        return [alert["event_id"] for alert in self.desk.alerts if alert["type"] != "heartbeat"]
