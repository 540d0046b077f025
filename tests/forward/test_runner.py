"""The thread around a worker's step: it survives faults, is woken early, and is left behind where it hangs."""

import threading
import time

from hub.domain.now import Now
from hub.forward.runner import Runner, stop_all
from tests.servers import wait_until

NOW = Now(0, 0)


def runner(step, woken: threading.Event | None = None, closed: list[int] | None = None) -> Runner:
    return Runner("worker", step, lambda: (closed if closed is not None else []).append(1), lambda: NOW, woken)


def test_a_step_that_fails_is_told_and_taken_again(caplog) -> None:
    steps: list[int] = []

    def step(_now: Now) -> int:
        steps.append(1)
        one.woken.set()
        if len(steps) == 1:
            raise RuntimeError("broken")
        return 10_000

    one = runner(step)
    one.start()
    wait_until(lambda: len(steps) > 1, 5, "the step is taken again")
    assert one.alive
    assert "worker failed; it goes on" in caplog.text
    stop_all([one])


def test_a_wake_ends_the_pause_and_a_stop_closes() -> None:
    woken, steps, closed = threading.Event(), [], []

    def step(_now: Now) -> int:
        woken.clear()
        steps.append(1)
        return 60_000

    one = runner(step, woken, closed)
    one.start()
    wait_until(lambda: steps, 5, "the first step")
    woken.set()
    wait_until(lambda: len(steps) == 2, 5, "the step after the wake")
    stop_all([one])
    assert (one.alive, closed) == (False, [1])


def test_all_are_stopped_together_and_one_that_hangs_is_left_behind() -> None:
    hangs = threading.Event()
    stuck = [runner(lambda _now: int(hangs.wait(30))) for _ in range(3)]
    for one in stuck:
        one.start()
    began = time.monotonic()
    stop_all(stuck, patience=0.3)
    assert time.monotonic() - began < 1.5
    assert all(one.alive for one in stuck)
    hangs.set()
    stop_all(stuck)
