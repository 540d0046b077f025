import re
import subprocess
import sys

from tests.ingest.camera import SDP, Camera, Guarded, answer, answering
from tests.servers import free_port, wait_until


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


def test_a_channel_that_is_there_but_takes_nothing_is_to_be_repaired(hub):
    hub.config.write_text(
        re.sub(r"http://127.0.0.1:\d+/alerts", f"http://127.0.0.1:{hub.page_port}/alerts", hub.config.read_text())
    )
    hub.started()
    refused = "SELECT 1 FROM channels WHERE json_extract(body, '$.detail') LIKE 'HTTP 4%'"
    wait_until(lambda: hub.rows(refused), 30, "the page, which is no headquarters, refuses the heartbeat")
    code, said = doctor(hub)
    assert code == 1
    assert " BAD  channel hq: the running hub gets nothing through it: HTTP 4" in said


def test_a_wrong_password_is_named_and_not_shown(hub):
    secrets = hub.folder / "secrets.yaml"
    secrets.write_text(secrets.read_text().replace("hub-password", "wrong-password"))
    _, said = doctor(hub)
    assert "Not authorized" in said or "Bad user name or password" in said
    assert "wrong-password" not in said


def test_a_wrong_password_of_a_camera_is_told_from_a_dead_one(hub):
    guarded, open_ = Camera(Guarded('Digest realm="cam", nonce="1"')), Camera(answering(DESCRIBE=answer("200 OK", SDP)))
    entries = "".join(
        f"  - {{id: {name}, kind: camera, zone: hall, rtsp: {url}}}\n"
        for name, url in (
            ("cam-right", "!secret right"),
            ("cam-wrong", "!secret wrong"),
            ("cam-open", f'"{open_.url}"'),
            ("cam-dead", f'"rtsp://127.0.0.1:{free_port()}/1"'),
        )
    )
    hub.config.write_text(hub.config.read_text().replace("devices:\n", f"devices:\n{entries}", 1))
    with (hub.folder / "secrets.yaml").open("a") as secrets:
        for name, password in (("right", "s3cret"), ("wrong", "anothers")):
            secrets.write(f'{name}: "{guarded.url.replace("//", f"//eye:{password}@")}"\n')
    _, said = doctor(hub)
    guarded.close()
    open_.close()
    assert "ok  camera cam-right answers" in said
    assert "BAD  camera cam-wrong is there but refuses the user or password" in said
    assert "ok  camera cam-open answers" in said
    assert "BAD  camera cam-dead: Connection refused" in said
    assert "anothers" not in said


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
