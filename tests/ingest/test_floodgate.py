from hub.config.model import Flow
from hub.domain.events import Flooded
from hub.domain.reports import Press, Report
from hub.ingest.dialect import LaneName, Message, Route
from hub.ingest.floodgate import (
    BACKLOG,
    BACKLOG_MS,
    BACKLOG_OF_ONE,
    CALM_MS,
    NEWEST_KEPT,
    NEWEST_OF_ONE,
    PRESSES,
    Floodgate,
)
from hub.ingest.lane import Received

FLOW = Flow(rate=10, burst=20)
TELEMETRY, PANIC = LaneName.TELEMETRY, LaneName.PANIC


def route(device="door", **more):
    return Route(device, TELEMETRY, lambda message: None, **more)


def received(topic="school/door", payload=b"1", *, retained=False, generation=1):
    return Received(Message(topic, payload, retained), 1, 1, generation)


def gate(known=()):
    """One whose connection is old: nothing waits at the broker any more."""
    made = Floodgate(FLOW, set(known))
    for lane in LaneName:
        made.met(lane, 1, -BACKLOG_MS)
    return made


def let_in(gate, count, mono, *, lane=TELEMETRY, route=route(), **more):  # noqa: B008
    return sum(gate.lets_in(route, lane, received(**more), mono) for _ in range(count))


def test_a_burst_is_let_in_and_then_only_the_rate():
    one = gate()
    assert let_in(one, 1000, 0) == FLOW.burst
    assert [let_in(one, 100, second * 1000) for second in (1, 2, 3)] == [FLOW.rate] * 3
    assert let_in(one, 1000, 60_000) == FLOW.burst


def test_each_device_has_a_bucket_of_its_own_and_one_for_its_panic_lane():
    one = gate()
    let_in(one, 1000, 0)
    assert let_in(one, 1, 0, route=route("lamp")) == 1
    assert let_in(one, 1, 0, lane=PANIC) == 1
    assert let_in(one, 1, 0, route=route("")) == 1
    assert let_in(one, 1, 0, route=route("", flow=" zigbee2mqtt")) == 1


def test_the_brokers_memory_is_always_let_in():
    one = gate()
    assert let_in(one, 1000, 0, retained=True) == 1000


def test_what_waited_at_the_broker_is_no_flood():
    one = Floodgate(FLOW, set())
    one.met(TELEMETRY, 1, 0)
    assert let_in(one, 5000, 1000) == 5000
    assert list(one.floods(2000)) == []
    assert let_in(one, 1000, BACKLOG_MS + 60_000) == FLOW.burst
    assert let_in(one, 5000, BACKLOG_MS + 60_000, generation=2) == 5000
    assert let_in(one, BACKLOG, BACKLOG_MS + 60_000, generation=2) == BACKLOG_OF_ONE - 5000


def test_a_flood_is_told_once_and_ends_when_it_was_calm_for_a_minute():
    one = gate()
    for second in range(3):
        for _ in range(100):
            if not one.lets_in(route(), TELEMETRY, received(), second * 1000):
                one.put_off(route(), TELEMETRY, received())
        assert [f.device for f in one.floods(second * 1000 + 999)] == (["door"] if second == 0 else [])
    assert list(one.floods(2999 + CALM_MS - 1)) == []
    assert list(one.floods(2999 + CALM_MS)) == [Flooded("door", 0)]
    assert one.dropped == 100 * 3 - FLOW.burst - 2 * FLOW.rate


def test_a_few_messages_of_strangers_too_many_are_no_alarm_but_thousands_are_the_hubs():
    one = gate()
    stranger = route("")
    for _ in range(400):
        one.put_off(stranger, TELEMETRY, received())
    assert list(one.floods(1000)) == []
    for _ in range(4000):
        one.put_off(stranger, TELEMETRY, received())
    assert [flooded.device for flooded in one.floods(2000)] == ["hub"]


def test_the_newest_message_of_a_topic_is_kept_and_an_older_one_is_not_read_after_a_newer():
    one = gate()
    one.put_off(route(), TELEMETRY, received(payload=b"open"))
    one.put_off(route(), TELEMETRY, received(payload=b"closed"))
    assert [(lane, r.message.payload, r.qos) for lane, r in one.newest()] == [(TELEMETRY, b"closed", 0)]
    assert one.newest() == []
    one.put_off(route(), TELEMETRY, received(payload=b"open"))
    assert one.lets_in(route(), TELEMETRY, received(payload=b"closed"), 0)
    assert one.newest() == []


def test_what_is_kept_is_bounded():
    one = gate()
    for number in range(100 * NEWEST_KEPT):
        one.put_off(route(f"d{number // 100}"), TELEMETRY, received(topic=f"t/{number}"))
        one.put_off(route(""), TELEMETRY, received(topic=f"u/{number}"))
    kept = one.newest()
    assert len(kept) == NEWEST_KEPT
    assert sum(r.message.topic in {f"t/{n}" for n in range(100)} for _, r in kept) == NEWEST_OF_ONE


def test_a_new_press_gets_through_its_own_devices_flood_and_repeats_of_a_known_one_cost_nothing():
    one = gate(known={("panic", 7, 1)})
    old, new = Report("panic", presses=(Press("press", 7, 1),)), Report("panic", presses=(Press("press", 7, 2),))
    assert not any(one.lets_press_in(old, 0) for _ in range(10_000))
    assert one.lets_press_in(new, 0)
    assert one.lets_press_in((Report("other"), Report("panic", held=(("press", True),))), 0)
    assert sum(one.lets_press_in(new, 0) for _ in range(1000)) == PRESSES.burst - 2
    assert sum(one.lets_press_in(new, 1000) for _ in range(1000)) == PRESSES.rate
    assert not one.lets_press_in(Report("panic", held=(("press", False),)), 60_000)
    assert not one.lets_press_in(None, 60_000)


def test_a_button_that_is_up_again_is_known_even_in_a_flood():
    one = gate()
    one.put_off(route("panic"), PANIC, received(), Report("panic", held=(("press", False),)))
    assert len(one.newest()) == 1
    one.put_off(route("panic"), PANIC, received(), Report("panic", presses=(Press("press", 7, 1),)))
    assert one.newest() == []
