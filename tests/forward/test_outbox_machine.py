"""The outbox under any order of events: presses, attempts that end in any way, crashes between any two steps, a disk
that refuses. No alert that was stored is lost, no row ends twice, nothing is called delivered that did not arrive."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.domain.alerts import Alert
from hub.domain.decision import Decision
from hub.domain.events import Attempted
from hub.forward.channel import Outcome, Receipt, SendError
from tests.forward.alerts import alert
from tests.forward.rig import Answer, Desk, Told, accepts, delivers, dispatch, fails, high


class PowerCut(BaseException):
    """The hub ends here and now, in the middle of a step."""


def cut_before(_alert: Alert) -> Receipt:
    raise PowerCut


class Headquarters(Told):
    """Also keeps what arrived although its receipt was lost."""

    def send(self, sent: Alert, attempt: int) -> Receipt:
        if self.answer is lost:
            self.sent.append(sent)
        return super().send(sent, attempt)


def lost(_alert: Alert) -> Receipt:
    raise SendError(Outcome.TIMEOUT)


ANSWERS: list[Answer] = [
    delivers,
    accepts,
    lost,
    fails(Outcome.UNREACHABLE),
    fails(Outcome.CLIENT_ERROR, row=True),
    fails(Outcome.REFUSED, row=True, permanent=True),
]


class Outbox(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self.hq = Headquarters()
        self.desk = Desk(Path(self.folder.name) / "hub.db", self.hq)
        self.number = 0
        self.stored: set[int] = set()
        self.unstored: list[Alert] = []
        self.ended: dict[int, str] = {}

    def _new(self, critical: bool) -> Alert:
        self.number += 1
        return alert(self.number) if critical else high(self.number)

    @rule(critical=st.booleans())
    def an_alert_is_stored(self, critical: bool) -> None:
        one = self._new(critical)
        self.desk.put(one)
        self.stored.add(one.alarm_id)

    @rule(critical=st.booleans())
    def an_alert_cant_be_stored_and_is_offered_from_memory(self, critical: bool) -> None:
        one = self._new(critical)
        self.desk.worker.offer([dispatch(one)])
        self.unstored.append(one)

    @rule()
    def the_disk_works_again(self) -> None:
        """What waited in memory is written, then what the worker told: in the order in which it was decided."""
        self.desk.store.commit([Decision(dispatches=tuple(dispatch(one) for one in self.unstored))])
        self.stored |= {one.alarm_id for one in self.unstored}
        self.unstored = []
        self.desk.settle()

    @rule(answer=st.sampled_from(ANSWERS))
    def an_attempt(self, answer: Answer) -> None:
        self.hq.answer = answer
        self.desk.step()

    @rule()
    def the_core_writes_down_what_it_was_told(self) -> None:
        if not self.unstored:  # while the disk refuses, this waits as well
            self.desk.settle()

    @rule()
    def a_crash(self) -> None:
        """Memory is gone: letters that were not written, and alerts that no device was told are stored."""
        self.desk.posted.clear()
        self.unstored = []
        self.desk.store.close()
        self.desk.worker.close()
        self.desk.store.open()
        self.desk.worker = self.desk.new_worker()

    @rule(after=st.sampled_from(["sending", "before sending"]))
    def a_crash_in_the_middle_of_an_attempt(self, after: str) -> None:
        self.hq.answer = cut_before
        if after == "sending":
            self.hq.answer = self._taken_then_cut
        try:
            self.desk.step()
        except PowerCut:
            self.a_crash()

    def _taken_then_cut(self, sent: Alert) -> Receipt:
        self.hq.sent.append(sent)
        raise PowerCut

    @rule(seconds=st.sampled_from([0.1, 1, 20, 1000]))
    def time_passes(self, seconds: float) -> None:
        self.desk.after(seconds)

    @invariant()
    def every_stored_alert_has_its_row(self) -> None:
        if hasattr(self, "desk"):
            assert set(self.desk.rows()) == self.stored

    @invariant()
    def no_row_ends_twice_or_without_cause(self) -> None:
        if not hasattr(self, "desk"):
            return
        for number, settled in self.desk.rows().items():
            assert settled is not None or number not in self.ended
            assert settled == self.ended.setdefault(number, settled) if settled else True
            if settled in ("delivered", "accepted"):
                assert number in self.hq.ids

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        self.the_disk_works_again()
        self.hq.answer = delivers
        for _ in range(5 * self.number + 5):
            self.desk.after(1000)
            self.desk.step()
            self.desk.settle()
        self.no_row_ends_twice_or_without_cause()
        assert None not in self.desk.rows().values()
        refused = {number for number, settled in self.desk.rows().items() if settled == "refused"}
        assert self.stored - refused <= set(self.hq.ids)
        self._sent_at_most_once_after_its_end()
        self.desk.close()
        self.folder.cleanup()

    def _sent_at_most_once_after_its_end(self) -> None:
        before = len(self.hq.tried)
        for _ in range(10):
            self.desk.after(1000)
            self.desk.step()
        assert len(self.hq.tried) == before
        assert not [event for event in self.desk.posted if isinstance(event, Attempted)]


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
