import subprocess
import sys

from tests.servers import wait_until


def doctor(hub, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "hub", "doctor", "-c", str(hub.config), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_a_hub_that_does_not_run_is_told_with_what_to_do(hub):
    code, said = doctor(hub, "--offline")
    assert code == 1
    assert "the hub is not running: sudo systemctl start school-hub" in said


def test_each_thing_out_of_reach_is_named(hub, broker):
    broker.stop()
    code, said = doctor(hub)
    assert code == 1
    assert "the broker at 127.0.0.1" in said
    assert "channel hq" in said
    assert "the page does not answer" in said


def test_a_running_hub_has_nothing_to_repair_but_what_is_away(hub):
    hub.started()
    wait_until(lambda: "the page answers" in doctor(hub)[1], 20, "the page answers")
    _, said = doctor(hub)
    bad = [line for line in said.splitlines() if line.startswith(" BAD")]
    assert [line.split()[1:3] for line in bad] == [["channel", "hq:"]]
    assert "lets the hub in" in said
    assert "the store is whole" in said


def test_a_wrong_password_is_named_and_not_shown(hub):
    secrets = hub.folder / "secrets.yaml"
    secrets.write_text(secrets.read_text().replace("hub-password", "wrong-password"))
    _, said = doctor(hub)
    assert "Not authorized" in said or "Bad user name or password" in said
    assert "wrong-password" not in said


def test_a_damaged_store_is_named(hub):
    hub.started()
    hub.stop()
    content = bytearray(hub.store.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    hub.store.write_bytes(content)
    code, said = doctor(hub, "--offline")
    assert code == 1
    assert "the store is damaged" in said


def test_an_inspector_with_a_pin_alone_is_told(hub):
    hub.config.write_text(hub.config.read_text().replace("role: caretaker", "role: inspector"))
    assert "has a PIN alone" in doctor(hub, "--offline")[1]


def test_a_wrong_configuration_is_told_first(hub):
    hub.config.write_text("site: 1\n")
    assert doctor(hub)[0] == 2
