"""Secrets: where they come from, and that nothing ever shows them."""

from pathlib import Path

import pytest

from hub.config.model import Login, Secret, WebhookChannel

from .files import PIN, SECRETS, SMALL, problems, read, small

GOOD = SECRETS["HUB_SECRET_HQ_SECRET"]
LEAK = "hunter2"


def secrets_file(folder: Path, text: str, mode: int = 0o600) -> None:
    path = folder / "secrets.yaml"
    path.write_text(text)
    path.chmod(mode)


def hq_secret(folder: Path, **environ: str) -> str:
    channel = read(folder, SMALL.replace("hq_secret", "own"), **environ).channels[0]
    assert isinstance(channel, WebhookChannel)
    return channel.secret.reveal()


def test_a_secret_is_read_from_the_file_beside_hub_yaml(tmp_path: Path) -> None:
    secrets_file(tmp_path, f"own: {GOOD}\n")
    assert hq_secret(tmp_path) == GOOD


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    secrets_file(tmp_path, "own: other\n")
    assert hq_secret(tmp_path, HUB_SECRET_OWN=GOOD) == GOOD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    secrets_file(tmp_path, f"own: {GOOD}\n", mode)
    found = problems(tmp_path, SMALL.replace("hq_secret", "own"))
    assert found == [f"1: others than its owner have rights on it (mode {mode:04o}): chmod 600 it"]


def test_a_stricter_mode_is_fine(tmp_path: Path) -> None:
    secrets_file(tmp_path, f"own: {GOOD}\n", 0o400)
    assert hq_secret(tmp_path) == GOOD


def test_a_missing_secret_names_both_places_and_a_near_name(tmp_path: Path) -> None:
    secrets_file(tmp_path, f"own: {GOOD}\n")
    assert problems(tmp_path, SMALL.replace("hq_secret", "owm")) == [
        f"12: secret: secret 'owm' is neither in {tmp_path / 'secrets.yaml'} nor in the environment as HUB_SECRET_OWM."
        " Did you mean 'own'?"
    ]


@pytest.mark.parametrize("text", ["own: [a]\n", "- own\n", f"own: *{LEAK}\n", f"own: !{LEAK} x\n", f"own: a: {LEAK}\n"])
def test_a_wrong_secrets_file_is_told_without_its_contents(tmp_path: Path, text: str) -> None:
    secrets_file(tmp_path, text)
    found = problems(tmp_path, SMALL)
    assert found
    assert LEAK not in "".join(found)


PLAIN = {
    "webhook": (SMALL.replace("!secret hq_secret", LEAK), "12: secret: is a secret in the clear"),
    "mqtt": (small(mqtt=f"mqtt: {{username: hub, password: {LEAK}}}"), "15: password: is a secret in the clear"),
    "pin": (small(people=f"people:\n  - {{name: A, role: admin, pin: {LEAK}}}"), "16: pin: is a secret in the clear"),
    "url": (SMALL.replace("https://hq", f"https://u:{LEAK}@hq"), "12: url: has a user or password in the URL"),
    "influx": (
        small(influx=f"influx:\n  - {{name: a, api: v1, url: 'http://u:{LEAK}@db', database: b}}"),
        "16: url: has a user or password in the URL",
    ),
    "rtsp": (
        SMALL.replace("channels:", f"  - {{id: c, kind: camera, zone: hall, rtsp: 'rtsp://u:{LEAK}@c/1'}}\nchannels:"),
        "11: rtsp: has a password in the clear",
    ),
    "name": (SMALL.replace("!secret hq_secret", f"!secret {LEAK}/{LEAK}"), "12: secret: !secret takes a name"),
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.values(), ids=PLAIN)
def test_a_secret_in_the_clear_is_refused_and_not_repeated(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(expected)
    assert LEAK not in found[0]


WRONG_VALUES = {
    "a short key": ("{name: x, kind: webhook, url: 'https://a', secret: !secret own}", LEAK, "base64 of at least 24"),
    "no base64": ("{name: x, kind: webhook, url: 'https://a', secret: !secret own}", f"{GOOD}!{LEAK}", "base64"),
    "no hex": ("{name: x, kind: dc09, host: a, port: 1, account: '1017', key: !secret own}", LEAK * 6, "hex digits"),
    "letters as PIN": (
        "{name: x, kind: sms, port: /dev/m, to: '+77010000000', pin: !secret own}",
        LEAK,
        "PIN of 4 to 8",
    ),
    "no url": ("{name: x, kind: apprise, url: !secret own}", LEAK, "must be an Apprise URL"),
    "an empty one": ("{name: x, kind: apprise, url: !secret own}", "", "is empty, or holds line breaks"),
    "line breaks": ("{name: x, kind: apprise, url: !secret own}", f"a://{LEAK}\n", "is empty, or holds line breaks"),
}


@pytest.mark.parametrize(("channel", "value", "expected"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_secret_of_the_wrong_form_is_told_and_not_repeated(
    tmp_path: Path, channel: str, value: str, expected: str
) -> None:
    text = small(channels=f"channels:\n  - {channel}\n").replace("to: hq", "to: x")
    found = problems(tmp_path, text, HUB_SECRET_OWN=value)
    assert len(found) == 1
    assert expected in found[0]
    assert LEAK not in found[0]


@pytest.mark.parametrize("value", ["1234", "$argon2i$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YQ", PIN[:30]])
def test_a_pin_is_an_argon2id_hash(tmp_path: Path, value: str) -> None:
    text = small(people="people:\n  - {name: A, role: admin, pin: !secret own}")
    assert "must be an argon2id hash" in problems(tmp_path, text, HUB_SECRET_OWN=value)[0]


def test_a_secret_is_refused_where_none_belongs(tmp_path: Path) -> None:
    assert problems(tmp_path, SMALL.replace('"School"', "!secret hq_secret")) == [
        "3: name: can't be a !secret: write the value"
    ]


CAMERA = "  - {id: c, kind: camera, zone: hall, rtsp: !secret own}\nchannels:"


def test_a_cameras_password_is_kept_apart_from_its_device(tmp_path: Path) -> None:
    url = f"rtsp://eye:{LEAK}%40@10.0.0.9:8554/1"
    config = read(tmp_path, SMALL.replace("channels:", CAMERA), HUB_SECRET_OWN=url)
    assert config.site.devices["c"].rtsp == "rtsp://10.0.0.9:8554/1"
    assert config.logins == {"c": Login("eye", Secret(f"{LEAK}@"))}
    assert LEAK not in repr(config)


@pytest.mark.parametrize("user", [f"a%0d%0aX:{LEAK}", f"a:{LEAK}%0a", f":{LEAK}", f"a%3Ab:{LEAK}"])
def test_a_user_or_password_that_no_camera_can_have_is_told_and_not_repeated(tmp_path: Path, user: str) -> None:
    [found] = problems(tmp_path, SMALL.replace("channels:", CAMERA), HUB_SECRET_OWN=f"rtsp://{user}@10.0.0.9/1")
    assert "has a user or password that no camera can have" in found
    assert LEAK not in found


def test_no_secret_shows_in_the_text_of_a_configuration(tmp_path: Path) -> None:
    shown = repr(read(tmp_path, SMALL))
    assert GOOD not in shown
    assert "Secret(•••)" in shown
