"""Broker, store, page, databases and channels: right and wrong."""

from pathlib import Path

import pytest

from hub.config.model import Dc09Channel, EmailChannel, MqttChannel, SmsChannel, Tls

from .files import problems, read, small

WRONG = {
    "port 0": ("mqtt: {port: 0}", "15: port: must be a whole number from 1 to 65535"),
    "a port in hex": ("mqtt: {port: 0x75b}", "15: port: must be a whole number"),
    "a sexagesimal port": ("mqtt: {port: 30:15}", "15: port: must be a whole number"),
    "a url as host": ("mqtt: {host: 'mqtt://a'}", "15: host: must be a host name or an IP address"),
    "an unknown version": ("mqtt: {version: 3.1}", "15: version: must be one of 5, 3.1.1, not '3.1'"),
    "a password for nobody": ("mqtt: {password: !secret mqtt_password}", "15: 'password' needs 'username' beside it"),
    "a missing ca": ("mqtt: {tls: {ca: no.pem}}", "15: ca: no such file: '"),
    "a certificate without key": ("mqtt: {tls: {cert: hub.yaml}}", "15: 'cert' needs 'key' beside it"),
    "a key without certificate": ("mqtt: {tls: {key: hub.yaml}}", "15: 'key' needs 'cert' beside it"),
    "a folder as store": ("store: {path: .}", "15: path: is a folder"),
    "an endless store": ("store: {path: a, keep_readings: 9999d}", "15: keep_readings: must be more than nothing and"),
    "no port to listen on": ('web: {listen: "127.0.0.1"}', '15: listen: must be "host:port"'),
    "bare IPv6": ('web: {listen: "::1:80"}', '15: listen: must be "host:port"'),
    "a proxy by name": ('web: {listen: "a:80", proxy: localhost}', "15: proxy: must be the IP address of one machine"),
    "v1 without database": ("influx:\n  - {name: a, api: v1, url: 'http://a'}", "'database' is missing in influx (v1)"),
    "v1 with a bucket": (
        "influx:\n  - {name: a, api: v1, url: 'http://a', database: b, bucket: c}",
        "belongs to api v2",
    ),
    "v2 without org": (
        "influx:\n  - {name: a, api: v2, url: 'http://a', bucket: b, token: !secret influx_token}",
        "16: 'org' is missing in influx (v2)",
    ),
    "api v3": ("influx:\n  - {name: a, api: v3, url: 'http://a'}", "16: api: must be one of v1, v2, not 'v3'"),
    "a database over ftp": (
        "influx:\n  - {name: a, api: v1, database: b, url: 'ftp://a'}",
        "must be a URL of the form",
    ),
    "a database with a query": (
        "influx:\n  - {name: a, api: v1, database: b, url: 'http://a?db=b'}",
        "must end before",
    ),
    "an unknown device": (
        "serial:\n  - {port: /dev/a, devices: panic-hal}",
        "16: devices: unknown device 'panic-hal'. Did",
    ),
    "an unknown role": ("people:\n  - {name: A, role: boss, pin: !secret caretaker_pin}", "16: role: must be one of"),
}
CHANNELS = {
    "plain http": ("kind: webhook, url: 'http://hq.example', secret: !secret hq_secret", "url: must be https"),
    "no host": (
        "kind: webhook, url: 'https://', secret: !secret hq_secret",
        "url: must be a URL of the form https://host",
    ),
    "a bad port": ("kind: webhook, url: 'https://a:x', secret: !secret hq_secret", "url: must be a URL of the form"),
    "no secret": ("kind: webhook, url: 'https://a'", "'secret' is missing in channels (webhook)"),
    "another's key": (
        "kind: apprise, url: !secret caretaker_url, to: x",
        "'to' in channels (apprise): it belongs to kind",
    ),
    "an unknown kind": ("kind: telegram", "kind: must be one of webhook, dc09, sms, apprise, cap, mqtt, email, not"),
    "no kind": ("url: 'https://a'", "'kind' is missing in channels"),
    "a short account": (
        "kind: dc09, host: a, port: 1, account: '17'",
        "account: must be an account of 3 to 16 hex digits",
    ),
    "a second without port": (
        "kind: dc09, host: a, port: 1, account: '017', secondary: b",
        'secondary: must be "host:port"',
    ),
    "letters in one of several numbers": (
        "kind: sms, port: /dev/a, to: ['+77010000001', '+7701ABC0000']",
        "must be a phone number in the international form, such as \"+77010000000\", not '+7701ABC0000'",
    ),
    "a local number": ("kind: sms, port: /dev/a, to: '87010000000'", "to: must be a phone number in the international"),
    "no baud": ("kind: sms, port: /dev/a, to: '+77010000000', baud: fast", "baud: must be a whole number from 300"),
    "no numbers": ("kind: sms, port: /dev/a, to: []", "to: must name at least one"),
    "a sender with a comma": ("kind: cap, url: 'https://a', sender: 'a,b'", "sender: must be a CAP sender"),
    "no address": ("kind: email, host: a, sender: x, to: a@b.kz", "sender: must be an e-mail address"),
    "an odd security": (
        "kind: email, host: a, sender: x@y.kz, to: a@b.kz, security: ssl",
        "must be one of starttls, tls",
    ),
    "a topic for all": ("kind: mqtt, host: a, tls: {}, topic: 'alerts/+'", "topic: must be an MQTT topic"),
    "a broker without TLS": ("kind: mqtt, host: a", "'host' needs 'tls' beside it"),
    "mail over TLS on the usual port": (
        "kind: email, host: a, sender: x@y.kz, to: a@b.kz, security: tls",
        "'security: tls' needs 'port' beside it",
    ),
    "a password in the clear": (
        "kind: email, host: a, sender: x@y.kz, to: a@b.kz, security: none, username: x, password: !secret hq_secret",
        "'security: none' would send the password in the clear",
    ),
}


@pytest.mark.parametrize(("section", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_told(tmp_path: Path, section: str, expected: str) -> None:
    found = problems(tmp_path, small(**{section.partition(":")[0]: section}))
    assert len(found) == 1
    assert expected in found[0]


def with_channel(channel: str) -> str:
    return small(channels=f"channels:\n  - {{name: hq, {channel}}}")


@pytest.mark.parametrize(("channel", "expected"), CHANNELS.values(), ids=CHANNELS)
def test_a_wrong_channel_is_told(tmp_path: Path, channel: str, expected: str) -> None:
    found = problems(tmp_path, with_channel(channel))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost", "[::1]:8090"])
def test_a_webhook_on_this_machine_may_be_plain(tmp_path: Path, host: str) -> None:
    assert not problems(tmp_path, with_channel(f"kind: webhook, url: 'http://{host}/a', secret: !secret hq_secret"))


def test_headquarters_broker_on_this_machine_may_be_plain(tmp_path: Path) -> None:
    assert not problems(tmp_path, with_channel("kind: mqtt, host: 127.0.0.1"))


def test_headquarters_broker_may_have_a_public_certificate(tmp_path: Path) -> None:
    channel = read(tmp_path, with_channel("kind: mqtt, host: mqtt.hq.example, tls: {}")).channels[0]
    assert channel == MqttChannel(name="hq", host="mqtt.hq.example", tls=Tls())


def test_an_account_keeps_its_zeros(tmp_path: Path) -> None:
    channel = read(tmp_path, with_channel("kind: dc09, host: a, port: 12128, account: 0017")).channels[0]
    assert channel == Dc09Channel(name="hq", host="a", port=12128, account="0017")


def test_one_recipient_needs_no_brackets(tmp_path: Path) -> None:
    sms = read(tmp_path, with_channel("kind: sms, port: /dev/modem, to: '+77010000000'")).channels[0]
    assert sms == SmsChannel(name="hq", port="/dev/modem", to=("+77010000000",))
    mail = read(tmp_path, with_channel("kind: email, host: a, sender: x@y.kz, to: [a@b.kz, c@d.kz]")).channels[0]
    assert mail == EmailChannel(name="hq", host="a", sender="x@y.kz", to=("a@b.kz", "c@d.kz"))


def test_paths_are_taken_from_the_folder_of_hub_yaml(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    config = read(tmp_path, small(mqtt="mqtt: {tls: {ca: ca.pem}}", store="store: {path: data/hub.db}"))
    assert config.mqtt.tls == Tls(ca=tmp_path / "ca.pem")
    assert config.store.path == tmp_path / "data" / "hub.db"


@pytest.mark.parametrize(("listen", "host"), [("[::1]:8080", "::1"), ("0.0.0.0:8080", "0.0.0.0"), ("hub:8080", "hub")])
def test_the_page_listens_on_any_kind_of_host(tmp_path: Path, listen: str, host: str) -> None:
    web = read(tmp_path, small(web=f'web: {{listen: "{listen}"}}')).web
    assert (web.host, web.port) == (host, 8080)


def test_later_steps_of_a_route_are_sorted_by_time(tmp_path: Path) -> None:
    text = small(routes="routes:\n  - {priority: [critical, high], to: [hq], after: {5m: hq, 90s: [hq]}}")
    (route,) = read(tmp_path, text).site.routes
    assert route.priorities == {"critical", "high"}
    assert route.after == ((90_000, ("hq",)), (300_000, ("hq",)))
