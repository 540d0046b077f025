import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.journeys.rig import Button
from tests.servers import wait_until

PRESSES = 30


@contextmanager
def flooding(broker, topic, rate=10_000, *payload):
    arguments = (broker.port, broker.users["sensors"], topic, rate, 120, *payload)
    command = [sys.executable, "-m", "tests.journeys.flooder", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def took(button, seqs) -> list[float]:
    """ms from each press until the button is told that it is stored."""
    times = []
    for seq in seqs:
        began = time.perf_counter()
        button.press(seq)
        button.wait_for(seq, "stored")
        times.append((time.perf_counter() - began) * 1000)
    return times


def flood_alarms(hub, device):
    return hub.rows("SELECT id FROM alarms WHERE type = 'flood' AND device = ?", device)


def test_a_sensor_at_ten_thousand_messages_a_second_delays_nobodys_press_and_is_named(hub, hq, broker, button):
    hub.config.write_text(hub.config.read_text().replace("limits: {rate: 1000}", "limits: {rate: 50}"))
    hub.started()
    own = Button(broker, "panic-gym", boot=3)
    took(button, range(1, 4))
    idle, before = took(button, range(10, 10 + PRESSES)), hub.memory()
    with flooding(broker, "school/panic-gym/sensor/rssi/state") as process:
        wait_until(lambda: flood_alarms(hub, "panic-gym"), 60, "the flood is named")
        loaded = took(button, range(100, 100 + PRESSES))
        its_own = took(own, range(1, 6))
        assert process.poll() is None, "it still floods"
        assert hub.memory() - before < 20
    assert len(flood_alarms(hub, "panic-gym")) == 1
    assert hub.count("readings") < 10_000
    ratio = statistics.median(loaded) / statistics.median(idle)
    print(
        f"\npress stored, median: idle {statistics.median(idle):.1f} ms, flooded {statistics.median(loaded):.1f} ms"
        f" ({ratio:.1f} x), the flooding button's own {statistics.median(its_own):.1f} ms;"
        f" memory {before} -> {hub.memory()} MB"
    )
    assert ratio < 5
    own.close()


def test_a_button_that_repeats_madly_is_one_incident_and_another_button_is_heard(hub, hq, broker, button):
    hub.config.write_text(hub.config.read_text().replace("limits: {rate: 1000}", "limits: {rate: 50}"))
    hub.started()
    mad = Button(broker, "panic-gym", boot=3)
    with flooding(broker, "school/panic-gym/event", 2000, '{"event":"panic","boot":3,"seq":1}'):
        wait_until(lambda: flood_alarms(hub, "panic-gym"), 60, "the flood is named")
        button.press(1)
        button.wait_for(1, "hq")
        mad.wait_for(1, "hq")
        mad.press_until_stored(2)
    assert hub.rows("SELECT device, count(*) FROM alarms WHERE type = 'panic' GROUP BY device ORDER BY device") == [
        ("panic-gym", 1),
        ("panic-hall", 1),
    ]
    mad.close()
