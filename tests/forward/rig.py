"""A worker between a real store and a channel that does what it is told, with a clock that only the test moves."""

from collections.abc import Callable
from pathlib import Path

from hub.domain.alerts import Alert
from hub.domain.decision import Decision, Dispatch
from hub.domain.events import Attempted, Event
from hub.domain.now import Now
from hub.forward.channel import Outcome, Receipt, SendError
from hub.forward.worker import Worker
from hub.store.store import Store
from tests.domain.build import School
from tests.forward.alerts import RAISED_AT, alert

Answer = Callable[[Alert], Receipt]


def delivers(_alert: Alert) -> Receipt:
    return Receipt(proven=True)


def accepts(_alert: Alert) -> Receipt:
    return Receipt(proven=False, detail="handed over")


def fails(outcome: Outcome = Outcome.TIMEOUT, *, row: bool = False, permanent: bool = False) -> Answer:
    def answer(_alert: Alert) -> Receipt:
        raise SendError(outcome, "no luck", permanent=permanent, scope="row" if row else "channel")

    return answer


class Told:
    """A channel that answers as `answer` says. `sent` is what has reached the other side, repeats included."""

    name = "hq"
    deadline = 10.0

    def __init__(self, supervised: bool = False) -> None:
        self.supervised = supervised
        self.answer: Answer = delivers
        self.tried: list[Alert] = []
        self.sent: list[Alert] = []
        self.closed = 0

    def send(self, sent: Alert, attempt: int) -> Receipt:
        self.tried.append(sent)
        receipt = self.answer(sent)
        self.sent.append(sent)
        return receipt

    def close(self) -> None:
        self.closed += 1

    @property
    def ids(self) -> list[int]:
        return [one.alarm_id for one in self.sent]


class Desk:
    """The core, as far as a worker knows it: a store that is written here, letters that are dealt with here."""

    def __init__(self, path: Path, channel: Told | None = None) -> None:
        self.store = Store(path)
        self.store.open()
        self.school = School()
        self.channel = channel or Told()
        self.posted: list[Event] = []
        self.now = Now(RAISED_AT, 1_000_000)
        self.worker = self.new_worker()

    def new_worker(self) -> Worker:
        return Worker(self.channel, "school-1", "e0", self.store.path, self.posted.append)

    def put(self, *alerts: Alert) -> None:
        """Commits rows for the channel and wakes it."""
        self.store.commit([Decision(dispatches=tuple(dispatch(one) for one in alerts))])
        self.worker.wake()

    def step(self) -> int:
        return self.worker.step(self.now)

    def settle(self) -> None:
        """Writes down what the worker has told, in one batch."""
        events = [self.posted.pop(0) for _ in range(len(self.posted))]
        self.store.commit([self.school.happens(event) for event in events])
        for event in events:
            if isinstance(event, Attempted):
                self.worker.settled(event.event_id)

    def after(self, seconds: float) -> "Desk":
        ms = int(seconds * 1000)
        self.now = Now(self.now.wall + ms, self.now.mono + ms)
        return self

    def rows(self) -> dict[int, str | None]:
        """How each alarm's row stands."""
        return dict(self.store.connection.execute("SELECT alarm, settled FROM outbox"))

    def close(self) -> None:
        self.worker.close()
        self.store.close()


def dispatch(sent: Alert) -> Dispatch:
    return Dispatch("hq", sent, "raised", RAISED_AT, RAISED_AT)


def high(number: int) -> Alert:
    return alert(number, priority="high", alarm="intrusion", kind="door", device="door")
